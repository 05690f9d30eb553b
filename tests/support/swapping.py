"""Another program that swaps a folder with a symbolic link, there and back, after moments of chance."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SWAP = """
import os, random, shutil, sys, time
folder, link, aside = sys.argv[1:]
os.set_blocking(0, False)
def pause():
    until = time.perf_counter() + random.random() * 0.0005
    while time.perf_counter() < until:
        pass
def put(what, place):
    # While nothing stood there, the program under test may have made a folder.
    while True:
        try:
            return os.rename(what, place)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
print("begun", flush=True)
while os.getppid() == int(os.environ["PARENT"]):
    for _ in range(20):
        os.rename(folder, aside)
        put(link, folder)
        pause()
        os.rename(folder, link)
        put(aside, folder)
        pause()
    try:
        if not os.read(0, 1):
            break
    except BlockingIOError:
        pass
"""


@contextmanager
def swapping(folder: Path, target: str) -> Iterator[None]:
    """Swap ``folder`` with a link to ``target`` while the block runs; in the end it is the folder again."""
    link, aside = folder.with_name(f".{folder.name}-link"), folder.with_name(f".{folder.name}-aside")
    link.symlink_to(target)
    command = (sys.executable, "-c", _SWAP, str(folder), str(link), str(aside))
    environment = {**os.environ, "PARENT": str(os.getpid())}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as swapper:
        assert swapper.stdin is not None
        assert swapper.stdout is not None
        swapper.stdout.readline()
        try:
            yield
        finally:
            swapper.stdin.close()
            assert swapper.wait() == 0
    link.unlink()
