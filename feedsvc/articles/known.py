"""What is known of a file from the round that read it, and by what it is seen to be unchanged."""

from functools import lru_cache
from typing import Protocol

from feedsvc.articles.media import Marks, marks


class Known(Protocol):
    """What is remembered of a file from the round that read it; a record is one."""

    @property
    def stamp(self) -> str:
        """By which it is seen to be unchanged, see :class:`.gather.Taken`."""

    @property
    def source(self) -> str:
        """Of its bytes, see :class:`.gather.Taken`."""

    @property
    def settled(self) -> bool:
        """Whether its date is settled, so that no other is asked for."""


@lru_cache(maxsize=131_072)  # a rescan asks for every article, and parsing took longer than looking at the disk
def split(stamp: str) -> tuple[str, Marks]:
    """The start of the rules' digest in a stamp, and what is watched."""
    start, _, files = stamp.partition(" ")
    return start, marks(files)
