"""What is asked of the C library."""

import subprocess
import sys
from pathlib import Path

from feedsvc.core.libc import function

WITHOUT = """
import sys
sys.modules["ctypes"] = None
from feedsvc.operations.serve import publisher, worker
from feedsvc.store.store import open_store
from feedsvc.web.follower import give_back
give_back()
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
