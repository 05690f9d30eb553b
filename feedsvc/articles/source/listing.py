"""Listing: what the articles directory held when it was scanned, and by what a change of a file is noticed."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from feedsvc.articles.frontmatter.data_files import sidecars
from feedsvc.articles.model import Problem
from feedsvc.articles.source.formats import article_format

if TYPE_CHECKING:  # a reader process matches no patterns
    from feedsvc.articles.source.ignore import Ignore


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
    """By folder, its files that say something of the articles below it (:mod:`.data_files`)."""
    projects: frozenset[str] = frozenset()
    """Folders with the configuration of a site generator, or another file that stands at the top of a project."""
    let_in: frozenset[str] = frozenset()
    """Files that a ``.feedsvcignore`` includes (``!``)."""
    tools: tuple[str, ...] = ()
    """Folders of other programs, each with a slash at its end, which were not entered."""
    left_out: frozenset[str] = frozenset()
    """Files that are no articles in spite of their names (:mod:`feedsvc.articles.source.left_out`)."""
    sidecars: frozenset[str] = frozenset()
    """Files that may say something of an article beside them."""
    folders: "Mapping[str, Ignore | None]" = field(default_factory=dict, compare=False)
    """The folders that were listed, each with the patterns that hold in it."""
    links: frozenset[str] = frozenset()
    """The files that are links."""
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

    def surroundings(self, path: str) -> Stat | None:
        """The state of all files that say something of the article at ``path``; None where there are none."""
        if not (self.data or self.sidecars):
            return None
        folder = path.rpartition("/")[0]
        if folder not in self._digests:
            self._digests[folder] = self._digest(self.folder_data(path))
        own = [file for file in sidecars(path) if file in self.sidecars] if self.sidecars else ()
        return self._digest((*self.folder_data(path), *own)) if own else self._digests[folder]

    def _digest(self, files: tuple[str, ...]) -> Stat | None:
        if not files:
            return None
        seen = json.dumps([(file, self.files[file]) for file in files])
        return Stat(len(files), int.from_bytes(hashlib.sha256(seen.encode()).digest()[:7]))

    def holds(self, path: str) -> bool:
        """Whether ``path`` lies where it could not be looked for."""
        return any(path == place or path.startswith(f"{place}/") for place in self.held)
