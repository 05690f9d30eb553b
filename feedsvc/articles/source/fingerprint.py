"""What is known of a file from the round that read it, and by what it is seen to be unchanged."""

import hashlib
from functools import lru_cache
from typing import Protocol

from feedsvc.articles.body.media import Marks, marks
from feedsvc.articles.options import ReadOptions


class Known(Protocol):
    """What is remembered of a file from the round that read it; a record is one."""

    @property
    def stamp(self) -> str:
        """By which it is seen to be unchanged, see :class:`.collector.ReadArticle`."""

    @property
    def source(self) -> str:
        """Of its bytes, see :class:`.collector.ReadArticle`."""

    @property
    def settled(self) -> bool:
        """Whether its date is settled, so that no other is asked for."""


@lru_cache(maxsize=131_072)  # a rescan asks for every article, and parsing took longer than looking at the disk
def split(stamp: str) -> tuple[str, Marks]:
    """The start of the rules' digest in a stamp, and what is watched."""
    start, _, files = stamp.partition(" ")
    return start, marks(files)


def source_digest(content: bytes, rules: ReadOptions) -> str:
    """SHA-256, in hex, of a file's bytes and the rules they are read by (:attr:`Reading.source`)."""
    digest = hashlib.sha256(content)
    digest.update(_end(rules))
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _end(rules: ReadOptions) -> bytes:
    return b"\0" + rules.key.encode()
