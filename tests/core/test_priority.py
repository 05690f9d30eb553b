"""Which process goes first where all want the same core."""

import ctypes
import os
import platform
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feedsvc.core.priority import run_as_soon_as_awake

COUNTS = """
from pathlib import Path
from feedsvc.core.priority import let_workers_go_first
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
