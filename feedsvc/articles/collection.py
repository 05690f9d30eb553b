"""The collection: the articles of the directory as one round finds them, read or seen to be unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.articles.frontmatter.inherited import SectionText
from feedsvc.articles.model import Article, Problem, SetAside


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as it was just read, without its body, which was handed on."""

    article: Article
    stamp: str
    """By which the next round sees that nothing changed: the start of a digest of the options, then the stamp of
    the files (:func:`~.fingerprint.stamp`)."""
    source: str
    """SHA-256, in hex, of the file's bytes and the options by which it was read."""
    modified: datetime
    """The file's modification time."""
    committed: datetime | None = None
    """When it was first committed, where that is known and nothing else dates it."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The articles of the directory, and what has changed since the round before.

    Every article file is in ``present``, and in one of ``readings``, ``unchanged``, ``touched`` or ``problems``.
    """

    readings: tuple[ReadArticle, ...] = ()
    """New and changed articles, sorted by path."""
    unchanged: frozenset[str] = frozenset()
    """Paths of files that were not even opened."""
    touched: Mapping[str, str] = field(default_factory=dict)
    """Path to new stamp, of files that were written again with the same bytes."""
    set_aside: Mapping[str, SetAside] = field(default_factory=dict)
    """The files that were set aside, by path, to be remembered for the next round."""
    problems: tuple[Problem, ...] = ()
    """Files set aside and warnings, sorted by path."""
    present: frozenset[str] = frozenset()
    """Every article file, readable or not, and every known one that may lie in a folder that cannot be read."""
    data: frozenset[str] = frozenset()
    """The data files, which may add to the headers of articles (:mod:`.data_files`)."""
    sections: tuple[SectionText, ...] = ()
    """The titles and descriptions of sections, by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """How many files are no articles, and how many of each kind feedsvc does not read."""


@dataclass(frozen=True, slots=True)
class LintResult:
    """What a reading of every article of a directory found, with no article kept."""

    read: int
    """How many articles could be read."""
    problems: tuple[Problem, ...]
    """Files set aside and warnings, sorted by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """How many files are no articles, and how many of each kind feedsvc does not read."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Files and folders that are no articles, each with the reason, by path."""
