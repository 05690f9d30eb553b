"""The listing of the articles directory, and the stamps by which a file is seen to be unchanged since.

A *stamp* holds sizes and times, so that an unchanged file need not be opened. A *source digest* is of the bytes,
so that a file that was only written again, or copied, need not be parsed.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol
from unicodedata import normalize

from feedsvc.articles.model import Article, Problem
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.names import article_format, sidecars

_IN_JSON = json.JSONEncoder(ensure_ascii=False)


class Stat(NamedTuple):
    """By what a file is seen to be unchanged. A tuple, because a scan makes and compares one a file."""

    size: int
    """In bytes."""
    mtime_ns: int
    """When the content was written, as the file says; copying tools set it freely."""
    ctime_ns: int = 0
    """When anything about the file was last changed, as the system says; nobody can set it back."""

    @classmethod
    def of(cls, status: os.stat_result) -> "Stat":
        """The parts of the system's answer that count."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


Verdict = Callable[[str], bool | None]
"""Whether patterns leave the file at a path out, or let it in; None where none fits."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The contents of the articles directory when it was scanned. Paths are relative to it, with ``/``."""

    files: Mapping[str, Stat]
    """Regular files, in no order."""
    problems: tuple[Problem, ...] = ()
    """Names that cannot be used, and places that could not be looked into."""
    held: frozenset[str] = frozenset()
    """Folders and links behind which something may be that could not be seen: what was known there
    counts as present."""

    data: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By folder, its files that say something of the articles below it (:mod:`.names`)."""
    projects: frozenset[str] = frozenset()
    """Folders with the configuration of a site generator, or another file that stands at the top of a project."""
    let_in: frozenset[str] = frozenset()
    """Files that a ``.feedsvcignore`` includes (``!``)."""
    tools: tuple[str, ...] = ()
    """Folders of other programs, each with a slash at its end, which were not entered."""
    left_out: frozenset[str] = frozenset()
    """Files that are no articles in spite of their names (:mod:`feedsvc.articles.source.selection`)."""
    sidecars: frozenset[str] = frozenset()
    """Files that may say something of an article beside them."""
    folders: Mapping[str, Verdict | None] = field(default_factory=dict, compare=False)
    """The folders that were listed, each with the verdict of the patterns that hold in it, if there are any."""
    links: frozenset[str] = frozenset()
    """The files that are links."""
    spelling: Callable[[str], str | None] | None = field(default=None, compare=False)
    """What :meth:`find` says of a path that is not in ``files`` as it stands; None where ``files`` are to tell."""
    _digests: dict[str, Stat | None] = field(default_factory=dict, compare=False, repr=False)
    _composed: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def find(self, path: str) -> str | None:
        """The path of the file at ``path`` as the disk spells it; None where there is none.

        A letter with an accent can be one character or two (Unicode's normal forms NFC and NFD). A Mac names files
        with two, keyboards write one, and people see no difference.
        """
        if path in self.files:
            return path
        if path.isascii():
            return None
        if self.spelling is not None:
            return self.spelling(path)
        if not self._composed:
            self._composed.update((normalize("NFC", each), each) for each in self.files if not each.isascii())
        return self._composed.get(normalize("NFC", path))

    def is_article(self, path: str) -> bool:
        """Whether the path is that of an article, which may be there or not."""
        return article_format(path) is not None and path not in self.left_out

    @property
    def data_files(self) -> frozenset[str]:
        """All files that may say something of articles."""
        return self.sidecars.union(*self.data.values())

    def folder_data(self, path: str) -> tuple[str, ...]:
        """The data files that hold for ``path``, those of the innermost folder first."""
        found: list[str] = []
        while self.data and path:
            path = path.rpartition("/")[0]
            found += self.data.get(path, ())
        return tuple(found)

    def own_data(self, path: str) -> tuple[str, ...]:
        """The sidecars of the article at ``path``, the one that counts most first."""
        return tuple(file for file in sidecars(path) if file in self.sidecars) if self.sidecars else ()

    def surroundings(self, path: str) -> Stat | None:
        """The state of all files that say something of the article at ``path``; None where there are none."""
        if not (self.data or self.sidecars):
            return None
        folder = path.rpartition("/")[0]
        if folder not in self._digests:
            self._digests[folder] = self._digest(self.folder_data(path))
        own = self.own_data(path)
        return self._digest((*self.folder_data(path), *own)) if own else self._digests[folder]

    def _digest(self, files: tuple[str, ...]) -> Stat | None:
        if not files:
            return None
        seen = json.dumps([(file, self.files[file]) for file in files])
        return Stat(len(files), int.from_bytes(hashlib.sha256(seen.encode()).digest()[:7]))

    def holds(self, path: str) -> bool:
        """Whether ``path`` lies where it could not be looked for."""
        return any(path == place or path.startswith(f"{place}/") for place in self.held)


Marks = tuple[tuple[str, Stat | None], ...]
"""Paths, each with its size and times; None where there was no file."""


class Known(Protocol):
    """A file as the round that read it remembers it; a record of the ledger is one."""

    @property
    def stamp(self) -> str:
        """The stamp by which the file is seen to be unchanged, see :attr:`.model.ReadArticle.stamp`."""

    @property
    def source(self) -> str:
        """The digest of the file's bytes, see :attr:`.model.ReadArticle.source`."""

    @property
    def article(self) -> Article:
        """The article as it was read."""

    @property
    def settled(self) -> bool:
        """Whether the article's date is settled, so that git is not asked for one."""


def stamp(listing: Listing, own: str, others: Iterable[str] = ()) -> str:
    """The stamp of the file at ``own`` and of ``others``, on which its article depends, too.

    It is JSON of path to ``size:mtime:ctime``, ``size:mtime`` where these times are equal, or null where there is
    no file. The file's own path is left out, since a large site has many stamps in memory. A path that ends with a
    slash stands for all that surrounds the article at it (:meth:`.listing.Listing.surroundings`). The stamp is
    equal as long as all of them are; :func:`marks` reads it back.
    """
    paths = sorted({own, *others})
    shortened = {own: "", f"{own}/": "/"}
    return _IN_JSON.encode({shortened.get(path, path): _mark(listing, path) for path in paths})


def marks(stamp: str, own: str) -> Marks:
    """The paths that the stamp of the file at ``own`` watches, and what was seen of each; none if it is empty."""
    seen: dict[str, str | None] = json.loads(stamp or "{}")
    return tuple((own + path if path in _OWN else path, _stat_of(mark)) for path, mark in seen.items())


_OWN = ("", "/")
"""What a stamp has in place of a file's own path, and of that with a slash."""


def _stat_of(mark: str | None) -> Stat | None:
    if mark is None:
        return None
    size, written, *changed = map(int, mark.split(":"))
    return Stat(size, written, *(changed or [written]))


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
    if stat is None:
        return None
    mark = f"{stat.size}:{stat.mtime_ns}"
    return mark if stat.ctime_ns == stat.mtime_ns else f"{mark}:{stat.ctime_ns}"


@lru_cache(maxsize=1024)  # a round asks several times for each file that it checks
def split(stamp: str, own: str) -> tuple[str, Marks]:
    """The two parts of the stamp of the file at ``own``.

    These are the start of the digest of the options, and the files with sizes and times.
    """
    start, _, files = stamp.partition(" ")
    return start, marks(files, own)


def source_digest(content: bytes, rules: ReadOptions) -> str:
    """SHA-256, in hex, of a file's bytes and the rules they are read by (:attr:`Reading.source`)."""
    digest = hashlib.sha256(content)
    digest.update(_end(rules))
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _end(rules: ReadOptions) -> bytes:
    return b"\0" + rules.key.encode()


def fatal_key(content: bytes, path: str, rules: ReadOptions) -> str:
    """The key of a fatal file: its format, and a digest of its bytes and the options by which it was read."""
    return f"{article_format(path)}:{source_digest(content, rules)}"
