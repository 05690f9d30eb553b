"""Fingerprints: by which a file, and the files that its article depends on, are seen to be unchanged.

A *stamp* holds sizes and times, so that an unchanged file need not be opened. A *source digest* is of the bytes,
so that a file that was only written again, or copied, need not be parsed.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Listing, Stat

Marks = tuple[tuple[str, Stat | None], ...]
"""Paths, each with its size and times; None where there was no file."""

_IN_JSON = json.JSONEncoder(ensure_ascii=False)


class Known(Protocol):
    """A file as the round that read it remembers it; a record of the ledger is one."""

    @property
    def stamp(self) -> str:
        """The stamp by which the file is seen to be unchanged, see :attr:`.collection.ReadArticle.stamp`."""

    @property
    def source(self) -> str:
        """The digest of the file's bytes, see :attr:`.collection.ReadArticle.source`."""

    @property
    def article(self) -> Article:
        """The article as it was read."""

    @property
    def settled(self) -> bool:
        """Whether the article's date is settled, so that git is not asked for one."""


def stamp(listing: Listing, paths: Iterable[str]) -> str:
    """The stamp of ``paths``: JSON of path to ``size:mtime:ctime``, null where there is no file.

    A path that ends with a slash stands for all that surrounds the article at it
    (:meth:`.listing.Listing.surroundings`).
    It is equal as long as all of them are; :func:`marks` reads it back.
    """
    return _IN_JSON.encode({path: _mark(listing, path) for path in sorted(set(paths))})


def marks(stamp: str) -> Marks:
    """The paths that ``stamp`` watches, each with what was seen of it; none where the stamp is empty."""
    seen: dict[str, str | None] = json.loads(stamp or "{}")
    return tuple((path, None if mark is None else Stat(*map(int, mark.split(":")))) for path, mark in seen.items())


def fits(marks: Marks, listing: Listing) -> bool:
    """Whether the :func:`marks` of a stamp are still true: nothing was changed, removed, or has appeared."""
    files = listing.files
    for path, mark in marks:
        seen = listing.surroundings(path[:-1]) if path[-1] == "/" else files.get(path)
        if seen != mark:
            return False
    return True


def _mark(listing: Listing, path: str) -> str | None:
    stat = listing.surroundings(path[:-1]) if path.endswith("/") else listing.files.get(path)
    return None if stat is None else f"{stat.size}:{stat.mtime_ns}:{stat.ctime_ns}"


@lru_cache(maxsize=1024)  # a round asks several times for each file that it checks
def split(stamp: str) -> tuple[str, Marks]:
    """The two parts of a stamp: the start of the digest of the options, and the files with size and times."""
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
