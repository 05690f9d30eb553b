"""Where a worker gets editions from."""

from typing import Protocol

from feedsvc.responses.access import Readers
from feedsvc.responses.edition import Changes
from feedsvc.responses.response import Response


class Bell(Protocol):
    """What becomes readable when it was rung. It is an accelerator: a ring may go astray in silence."""

    def fileno(self) -> int:
        """The descriptor to wait for."""

    def heard(self) -> bool:
        """Be ready for the next ring; False if there will be none, and the bell is to be closed."""

    def close(self) -> None:
        """Listen no more."""


class Source(Protocol):
    """What a worker needs of the store. All of it is called in a thread and may raise ``StoreError``."""

    def newest(self) -> int:
        """The number of the newest edition; 0 while there is none."""

    def bell(self) -> Bell | None:
        """What rings when there is something new; None where nothing does, now or at all."""

    def changes(self, since: int) -> Changes:
        """All that differs between the edition numbered ``since`` and the newest, read at one moment."""

    def readers_in_force(self, seen: int) -> tuple[int, Readers] | None:
        """The readers of a private site, with a number that rises when they change; None if it is ``seen``."""

    def fetch(self, path: str) -> tuple[int, Response] | None:
        """A path's response and the number of the edition that wrote it; None where there is none now."""
