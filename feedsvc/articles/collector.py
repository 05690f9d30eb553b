"""The collector: finds every article of the directory, and reads only the files that have changed.

A file that cannot be read becomes a problem and never stops the others. The id and dates of an article are decided
later, in :mod:`feedsvc.articles.identity.resolver`.
"""

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from feedsvc.articles.frontmatter.inherited import SectionText, section_texts
from feedsvc.articles.model import Problem, ReadArticle, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.session import (
    NOTHING,
    Keep,
    Progress,
    Readers,
    ReadingSession,
    Remembered,
    is_unchanged,
    options_start,
)
from feedsvc.articles.source.git_dates import with_first_commits
from feedsvc.articles.source.last_scan import LastScan, PathsWhere, selection_after, stable_scan
from feedsvc.articles.source.listing import Known, Listing
from feedsvc.articles.source.scanner import scan
from feedsvc.articles.source.selection import ArticleSelection, select_articles


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
    """The paths of data files, which add to the headers of articles (:mod:`.names`)."""
    sections: tuple[SectionText, ...] = ()
    """The titles and descriptions of sections, by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """How many files are no articles, and how many of each kind feedsvc does not read."""
    selection: ArticleSelection | None = field(default=None, compare=False)
    """The contents of the directory; None if files were not read."""

    @property
    def unread(self) -> Container[str]:
        """The paths of the files that are as the last round read them; what was wrong with them still is."""
        return PathsWhere(lambda path: path in self.unchanged or path in self.touched)


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


def collect(  # noqa: PLR0913 - what to read, what is known of it, and what receives the results
    directory: Path,
    known: Mapping[str, Known],
    rules: ReadOptions,
    keep: Keep,
    progress: Progress,
    *,
    readers: Readers,
    remembered: Remembered = NOTHING,
    last: LastScan | None = None,
    touched: AbstractSet[str] | None = None,
) -> Collection:
    """Read the files of ``directory`` that are new or have changed.

    Args:
        directory: The articles directory.
        known: What the last round read, by path.
        rules: The options to read by; when they changed, every file is read again.
        keep: Receives each body as soon as it is read, so that only one is ever in memory.
        progress: Called after each file that is read, a few times a second while one takes long, and with zeros
            before each folder that is listed. It may raise, to end the collecting.
        readers: The processes that read the files.
        remembered: The files that the last round set aside.
        last: What the last round saw; None where every article is to be checked.
        touched: The only paths that may have changed since, as file events say; None where the directory is to be
            scanned.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
        ReadingError: No file can be read at all.
    """
    last = last if last is not None and last.rules == rules else None
    selection = selection_after(directory, last.selection, touched) if last and touched is not None else None
    if selection is None:
        touched = None
        selection = _scan(directory, known, rules, progress, last)
    listing, kept = selection.listing, _kept(selection, known)
    sections, failures = section_texts(directory, listing)
    to_check = last.to_check(listing, touched) if last else None
    there = _there(selection, known, kept, rules, to_check, is_told=touched is not None)
    session = ReadingSession(directory, known, rules, readers, remembered)
    readings = _read(session, sorted(there.changed), listing, keep, progress)
    session.forget_changed()
    return Collection(
        readings=readings,
        unchanged=there.unchanged,
        failed=there.changed.difference((each.article.path for each in readings), session.touched),
        missing=there.missing,
        touched=session.touched,
        set_aside=session.set_aside,
        problems=_sorted((*listing.problems, *failures, *kept.values(), *session.all_problems)),
        present=there.present,
        data=listing.data_files,
        sections=sections,
        left_out=selection.counts,
        selection=selection,
    )


def _scan(
    directory: Path, known: Mapping[str, Known], rules: ReadOptions, progress: Progress, last: LastScan | None
) -> ArticleSelection:
    """The article files of the whole directory; what the last scan selected, if it saw the same files."""
    listing = stable_scan(directory, known.keys(), lambda: progress(0, 0))
    seen = last.selection_of(listing) if last else None
    return seen or select_articles(directory, listing, rules.include)


class _There(NamedTuple):
    """Which article files are there, as far as nobody has opened one."""

    present: Container[str]
    unchanged: Container[str]
    changed: frozenset[str]
    """New, or not as the last round read them."""
    missing: frozenset[str]
    """Known, and not there any more."""


def _there(  # noqa: PLR0913 - what is there, what is known, and how it was found out
    selection: ArticleSelection,
    known: Mapping[str, Known],
    kept: Mapping[str, Problem],
    rules: ReadOptions,
    to_check: AbstractSet[str] | None,
    *,
    is_told: bool,
) -> _There:
    """Tell which files have changed; of those that are not ``to_check`` it is known that they have not."""
    listing = selection.listing
    if to_check is None:
        paths = frozenset([*selection.articles, *kept])
        unchanged = _unchanged(paths, known, rules, listing)
        present = paths.union(filter(listing.holds, known)) if listing.held else paths
        return _There(present, unchanged, paths - unchanged, frozenset(known.keys() - present))
    there = PathsWhere(
        lambda path: (
            (path in kept or listing.is_article(path))
            if path in listing.files
            else path in known and listing.holds(path)
        )
    )
    missing = frozenset[str]()
    if not is_told:  # events that tell of a removal lead to a scan
        gone = {*(known.keys() - listing.files.keys()), *(known.keys() & selection.left_out.keys())}
        missing = frozenset(path for path in gone if path not in there)
    checked = [path for path in to_check if path in listing.files and path in there]
    changed = frozenset(checked) - _unchanged(checked, known, rules, listing)
    outdated = changed | missing
    return _There(there, PathsWhere(lambda path: path not in outdated), changed, missing)


def _unchanged(
    paths: Iterable[str], known: Mapping[str, Known], rules: ReadOptions, listing: Listing
) -> frozenset[str]:
    """The paths of files that are as the last round read them, by the same options."""
    start = options_start(rules)
    return frozenset(path for path in paths if is_unchanged(known.get(path), start, listing))


def _read(
    session: ReadingSession, paths: Iterable[str], listing: Listing, keep: Keep, progress: Progress
) -> tuple[ReadArticle, ...]:
    """Read files and return their articles, sorted by path; new ones without a date get that of git."""
    read = [session.handed_on(path, reading, keep) for path, reading in session.read(paths, listing, progress)]
    dated = with_first_commits(session.directory, read, session.known, session.problems)
    return tuple(sorted(dated, key=lambda each: each.article.path))


def _kept(selection: ArticleSelection, known: Mapping[str, Known]) -> dict[str, Problem]:
    """Published files that no longer count as articles: they stay published, each with a warning."""
    remedy = "list it in .feedsvcignore to withdraw it, or include it by the setting [reading] include"
    return {
        path: Problem(
            path, None, f"this is {why}; it stays, since it is published", remedy, "warning", of_site=True
        )
        for path, why in selection.left_out.items()
        if path in known and known[path].settled
    }


def lint(directory: Path, rules: ReadOptions, progress: Progress, *, readers: Readers) -> LintResult:
    """Read every article of ``directory`` for its problems, and keep none of them in memory.

    Args:
        directory: The articles directory.
        rules: The options to read by.
        progress: Called after each file, and a few times a second while one takes long.
        readers: The processes that read the files.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
        ReadingError: No file can be read at all.
    """
    selection = select_articles(directory, scan(directory), rules.include)
    listing, paths = selection.listing, sorted(selection.articles)
    session = ReadingSession(directory, {}, rules, readers)
    count = sum(1 for _ in session.read(paths, listing, progress))
    problems = _sorted((*listing.problems, *session.all_problems))
    return LintResult(count, problems, selection.counts, selection.named)


def check_unchanged(directory: Path, known: Mapping[str, Known], rules: ReadOptions) -> Collection:
    """Find the files of ``directory`` that are as the last round read them, without reading any.

    Every other known file counts as present and unread, and not as new, edited, renamed or removed.

    Args:
        directory: The articles directory.
        known: What the last round read, by path.
        rules: The options by which the last round read.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    listing = scan(directory)
    unchanged = _unchanged(known.keys() & listing.files, known, rules, listing)
    return Collection(
        unchanged=unchanged,
        failed=frozenset(known.keys() - unchanged),
        present=frozenset(known),
        data=listing.data_files,
        sections=section_texts(directory, listing)[0],
    )


def read_one(  # noqa: PLR0913 - as of collect
    directory: Path, path: str, known: Mapping[str, Known], rules: ReadOptions, keep: Keep, *, readers: Readers
) -> Collection:
    """Read the file at ``path``, changed or not; every other file counts as in :func:`check_unchanged`."""
    selection = select_articles(directory, scan(directory), rules.include)
    listing = selection.listing
    if path not in selection.articles and not (path in selection.left_out and path in known):
        why = selection.left_out.get(path, "hidden, ignored, or of another kind")
        remedy = (
            "include it by the setting [reading] include" if path in selection.left_out else "name one that is"
        )
        what = f"this is no article: {why}"
        return Collection(problems=(Problem(path, None, what, remedy),), present=frozenset(known))
    session = ReadingSession(directory, {}, rules, readers)
    readings = _read(session, [path], listing, keep, lambda *_: None)
    return Collection(
        readings,
        problems=_sorted(session.all_problems),
        present=frozenset((*known, path)),
        data=listing.data_files,
        sections=section_texts(directory, listing)[0],
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.path, each.line or 0, each.severity, each.what)))
