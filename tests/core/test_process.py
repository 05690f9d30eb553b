"""Memory that is given back to the system, and which process goes first."""

import ctypes
import os
import platform
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from feedsvc.core import process
from feedsvc.core.process import function, run_as_soon_as_awake

WITHOUT = """
import sys
sys.modules["ctypes"] = None
from feedsvc.operations.serve import publisher, worker
from feedsvc.store.store import open_store
from feedsvc.core.process import give_back_memory
give_back_memory()
store = open_store(sys.argv[1])
print(store.editions.newest().number)
store.close()
"""


def test_what_there_is_can_be_called_and_what_there_is_not_is_none() -> None:
    """Systems differ."""
    absolute = function("abs")
    assert absolute is not None
    assert absolute(-5) == 5
    assert function("no_such_function") is None


def test_a_python_without_ctypes_publishes_and_serves(tmp_path: Path) -> None:
    """One that was built where libffi was not: no memory is given back."""
    command = [sys.executable, "-c", WITHOUT, f"sqlite:///{tmp_path}/store.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


BLOCK = 64_000
"""Bytes; small enough that glibc takes them from its heap."""


def own() -> int:
    """Bytes of memory that only this process has."""
    return int(psutil.Process().memory_full_info().uss)


@pytest.mark.skipif(process._malloc_trim is None, reason="the C library has no malloc_trim")
def test_what_is_free_between_what_is_in_use_goes_back() -> None:
    """As the feeds of the former edition are between those of the newest."""
    blocks = [bytes([number % 256]) * BLOCK for number in range(600)]
    kept = blocks[::2]
    del blocks
    before = own()
    process.give_back_memory()
    assert before - own() > len(kept) * BLOCK / 2
    assert all(block == block[:1] * BLOCK for block in kept)


def test_where_the_c_library_cannot_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on musl, and on other systems than Linux."""
    monkeypatch.setattr(process, "_malloc_trim", None)
    process.give_back_memory()


COUNTS = """
from pathlib import Path
from feedsvc.core.process import let_workers_go_first
let_workers_go_first()
print(Path("/proc/self/autogroup").read_text("ascii").split()[-1])
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares no time among sessions")
def test_a_process_with_a_session_of_its_own_counts_less_too() -> None:
    """Its niceness alone would hold within its session only."""
    told = subprocess.run([sys.executable, "-c", COUNTS], capture_output=True, check=True, start_new_session=True)
    assert told.stdout == b"10\n"


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares no time among sessions")
def test_the_others_of_a_session_count_as_before() -> None:
    """Such as all that somebody does in the terminal from which a sender was started."""
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {COUNTS!r}])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, start_new_session=True)
    assert told.stdout == b"0\n"


def _slice() -> int:
    """The nanoseconds of this thread's time slice, by sched_getattr(2); 0 for the usual."""
    found = ctypes.create_string_buffer(48)
    number = {"x86_64": 315, "aarch64": 275}[os.uname().machine]
    assert ctypes.CDLL(None).syscall(number, 0, found, len(found), 0) == 0
    return int(struct.unpack("=IIQiIQQQ", found.raw)[5])


@pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 12)
    or os.uname().machine not in {"x86_64", "aarch64"},
    reason="Linux has time slices of one's own since 6.12",
)
def test_a_request_need_not_wait_for_the_time_slice_of_another_program() -> None:
    """The shorter slice is the worker's alone: what it starts has the usual one again."""
    with ThreadPoolExecutor(1) as of_worker:
        usual = of_worker.submit(_slice).result()
        of_worker.submit(run_as_soon_as_awake).result()
        assert of_worker.submit(_slice).result() < usual

        def of_another() -> int:
            with ThreadPoolExecutor(1) as started:
                return started.submit(_slice).result()

        assert of_worker.submit(of_another).result() == usual
