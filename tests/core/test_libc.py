"""What is asked of the C library."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from feedsvc.core import libc
from feedsvc.core.libc import function

WITHOUT = """
import sys
sys.modules["ctypes"] = None
from feedsvc.operations.serve import publisher, worker
from feedsvc.store.store import open_store
from feedsvc.core.libc import give_back_memory
give_back_memory()
store = open_store(sys.argv[1])
print(store.editions.listen(), store.editions.newest().number)
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
    assert done.stdout == "None 0\n"


BLOCK = 64_000
"""Bytes; small enough that glibc takes them from its heap."""


def own() -> int:
    """Bytes of memory that only this process has."""
    return int(psutil.Process().memory_full_info().uss)


@pytest.mark.skipif(libc._malloc_trim is None, reason="the C library has no malloc_trim")
def test_what_is_free_between_what_is_in_use_goes_back() -> None:
    """As the feeds of the former edition are between those of the newest."""
    blocks = [bytes([number % 256]) * BLOCK for number in range(600)]
    kept = blocks[::2]
    del blocks
    before = own()
    libc.give_back_memory()
    assert before - own() > len(kept) * BLOCK / 2
    assert all(block == block[:1] * BLOCK for block in kept)


def test_where_the_c_library_cannot_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on musl, and on other systems than Linux."""
    monkeypatch.setattr(libc, "_malloc_trim", None)
    libc.give_back_memory()
