"""The collection: the articles that one round found in the directory, read or unchanged."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.articles.frontmatter.inherited import SectionText
from feedsvc.articles.model import Article, Problem, SetAside
from feedsvc.articles.source.left_out import ArticleSelection


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that this round has read, without its body, which was passed on."""

    article: Article
    stamp: str
    """By it the next round sees whether the file has changed: the start of a digest of the options, then the stamp
    of the files (:func:`~.listing.stamp`)."""
    source: str
    """SHA-256, in hex, of the file's bytes and the options by which it was read."""
    modified: datetime
    """The file's modification time."""
    committed: datetime | None = None
    """The date of its first commit in git, if it has no other date."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The articles of the directory, and what has changed since the round before.

    Every article file is in ``present``, and in one of ``readings``, ``unchanged``, ``touched`` or ``problems``.
    """

    readings: tuple[ReadArticle, ...] = ()
    """New and changed articles, sorted by path."""
    unchanged: Container[str] = frozenset()
    """The paths of files that have not changed, and were not opened."""
    failed: frozenset[str] = frozenset()
    """The paths of files that are there, are not as the last round read them, and could not be read."""
    missing: frozenset[str] = frozenset()
    """The paths of known files that are not there any more."""
    touched: Mapping[str, str] = field(default_factory=dict)
    """The new stamps of files that were written again with the same bytes, by path."""
    set_aside: Mapping[str, SetAside] = field(default_factory=dict)
    """The files that were set aside, by path, for the next round."""
    problems: tuple[Problem, ...] = ()
    """Files set aside and warnings, sorted by path."""
    present: Container[str] = frozenset()
    """The paths of all article files, and of known ones that may lie in a folder which cannot be read."""
    data: frozenset[str] = frozenset()
    """The paths of data files, which add to the headers of articles (:mod:`.file_kinds`)."""
    sections: tuple[SectionText, ...] = ()
    """The titles and descriptions of sections, by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """How many files are no articles, and how many of each kind feedsvc does not read."""
    selection: ArticleSelection | None = field(default=None, compare=False)
    """The contents of the directory; None if files were not read."""

    @property
    def unread(self) -> Container[str]:
        """The paths of the files that are as the last round read them; what was wrong with them still is."""
        return _Unread(self.unchanged, self.touched)


class _Unread:
    """Paths that are in one of two containers."""

    def __init__(self, unchanged: Container[str], touched: Container[str]) -> None:
        self._unchanged = unchanged
        self._touched = touched

    def __contains__(self, path: object) -> bool:
        return path in self._unchanged or path in self._touched


@dataclass(frozen=True, slots=True)
class LintResult:
    """The result of reading every article of a directory for its problems."""

    read: int
    """How many articles could be read."""
    problems: tuple[Problem, ...]
    """Files set aside and warnings, sorted by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """How many files are no articles, and how many of each kind feedsvc does not read."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Files and folders that are no articles, each with the reason, by path."""
