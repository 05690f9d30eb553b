"""Processes that take this machine for another: with a host name and process ids of their own."""

import shutil
import subprocess
from collections.abc import Sequence


def can_be_another_host() -> bool:
    """Whether a process may get a host name and process ids of its own here."""
    tool = shutil.which("unshare")
    return bool(tool) and subprocess.run(
        ["unshare", "--uts", "--pid", "--fork", "true"], check=False, stderr=subprocess.DEVNULL
    ).returncode == 0  # fmt: skip


def on_host(name: str, line: Sequence[str]) -> list[str]:
    """The command line that runs another one on a host of this name, and ends it when it is killed itself."""
    inside = ["sh", "-c", 'hostname "$0"; exec "$@"', name, *line]
    return ["unshare", "--uts", "--pid", "--fork", "--kill-child", *inside]
