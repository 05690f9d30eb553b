"""A holder: which process has the lease, and whether it can still be alive."""

import hashlib
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_MACHINE = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
"""Where a process id counts: this system since its start, and in it the space of ids that a container has."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that publishes, or wants to."""

    host: str
    pid: int
    token: str
    """``<where the pid counts>-<random>``, so that no two processes are ever the same holder."""

    @classmethod
    def this(cls) -> Self:
        """A new name for this process."""
        return cls(socket.gethostname(), os.getpid(), f"{_machine()}-{secrets.token_hex(4)}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The holder that was written as :meth:`__str__` does."""
        host, pid, token = text.rsplit(":", 2)
        return cls(host, int(pid), token)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.token}"

    def is_dead(self) -> bool:
        """Whether its process is certainly gone. On another machine that is not seen: its lease has to lapse."""
        machine = self.token.partition("-")[0]
        if not machine or machine != _machine():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # it lives, under another user
        return False


def _machine() -> str:
    """What is the same for all processes that see each other's ids; empty where the system does not tell."""
    try:
        boot = _MACHINE[0].read_text("ascii")
        space = str(_MACHINE[1].readlink())
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:8]
