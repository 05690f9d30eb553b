"""Gather: the station's main verb. Every article of the directory, reading only what has changed.

A file that cannot be read becomes a problem and never stops the others. Which id and dates an article has
is decided downstream, in :mod:`feedsvc.articles.identity`.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feedsvc.articles.article import Article, Problem, Reading
from feedsvc.articles.history import history_of
from feedsvc.articles.known import Known, split
from feedsvc.articles.leftout import Selection, select_articles
from feedsvc.articles.look import look
from feedsvc.articles.media import Marks, MovedError, fits, stamp
from feedsvc.articles.read import read
from feedsvc.articles.rules import Rules
from feedsvc.articles.scan import Listing, Stat, scan
from feedsvc.articles.sections import SectionText, section_texts
from feedsvc.articles.source import source_digest
from feedsvc.articles.unreadable import Unreadable
from feedsvc.beneath import OutsideError, open_file

Keep = Callable[[str, str], None]
"""Takes the digest of a body (:attr:`Article.body`) and the body."""
Progress = Callable[[int, int], None]
"""Takes how many files have been read, and how many are to be."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An article as it was just read; its body has been handed on."""

    article: Article
    stamp: str
    """What to compare next time: the start of a digest of the rules, then the files (:func:`~.media.stamp`)."""
    source: str
    """SHA-256 of the file's bytes and of the rules it was read by."""
    modified: datetime
    """The file's modification time."""
    committed: datetime | None = None
    """When it was first committed, where that is known and nothing else dates it."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """What has become of the directory since it was last gathered.

    Every article file is in ``present``, and in one of ``readings``, ``unchanged``, ``touched`` or ``problems``.
    """

    readings: tuple[Taken, ...] = ()
    """New and changed articles, sorted by path."""
    unchanged: frozenset[str] = frozenset()
    """Paths of files that were not even opened."""
    touched: Mapping[str, str] = field(default_factory=dict)
    """Path to new stamp, of files that were written again with the same bytes."""
    problems: tuple[Problem, ...] = ()
    """Files set aside and warnings, sorted by path."""
    present: frozenset[str] = frozenset()
    """Every article file there is, readable or not, and every known one that may be where nobody can look."""
    data: frozenset[str] = frozenset()
    """The files that are there and may speak of articles in place of their headers."""
    sections: tuple[SectionText, ...] = ()
    """What sections say of themselves, by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """What is no article, or not read, and how many files of each."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is wrong in a directory."""

    read: int
    """How many articles could be read."""
    problems: tuple[Problem, ...]
    """Files set aside and warnings, sorted by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """What is no article, or not read, and how many files of each."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Files and folders that are no articles, each with why, by path."""


def gather(directory: Path, known: Mapping[str, Known], rules: Rules, keep: Keep, progress: Progress) -> Gathering:
    """Read what is new or changed in ``directory``.

    Args:
        directory: The articles directory.
        known: What the last round read, by path.
        rules: The settings to read by; when they changed, every file is read again.
        keep: Takes each body as soon as it is read, so that no more than one is ever held.
        progress: Called after each file that had to be read, and with zeros before each folder that is listed;
            what it raises ends the gathering.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    selection = select_articles(directory, look(directory, known, lambda: progress(0, 0)), rules.include)
    listing, kept = selection.listing, _kept(selection, known)
    paths = [*selection.articles, *kept]
    round_ = _Round(directory, known, rules, keep)
    unchanged = frozenset(path for path in paths if round_.is_unchanged(path, listing))
    changed = sorted(path for path in paths if path not in unchanged)
    for number, path in enumerate(changed, 1):
        round_.take(path, listing)
        progress(number, len(changed))
    if round_.moved:
        round_.take_again(select_articles(directory, scan(directory), rules.include).listing)
    round_.look_into_history()
    return Gathering(
        readings=tuple(sorted(round_.readings, key=lambda taken: taken.article.path)),
        unchanged=unchanged,
        touched=round_.touched,
        problems=tuple(sorted((*listing.problems, *kept.values(), *round_.problems), key=_by_place)),
        present=frozenset(paths).union(filter(listing.holds, known) if listing.held else ()),
        data=listing.data_files,
        sections=section_texts(directory, listing),
        left_out=selection.counts,
    )


def _kept(selection: Selection, known: Mapping[str, Known]) -> dict[str, Problem]:
    """What was published under a version that took it for an article: it stays, with a warning."""
    remedy = "list it in .feedsvcignore to take it back, or let it in by the setting include"
    return {
        path: Problem(
            path, None, f"this is {why}; it stays, since it is published", remedy, "warning", of_site=True
        )
        for path, why in selection.left_out.items()
        if path in known and known[path].settled
    }


def survey(directory: Path, rules: Rules, progress: Progress) -> Survey:
    """Read every article of ``directory`` and keep none, so that memory does not grow with their number.

    Args:
        directory: The articles directory.
        rules: The settings to read by.
        progress: Called after each file.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    selection = select_articles(directory, scan(directory), rules.include)
    listing, paths = selection.listing, sorted(selection.articles)
    round_ = _Round(directory, {}, rules, lambda _digest, _body: None)
    count = 0
    for number, path in enumerate(paths, 1):
        round_.take(path, listing)
        count += len(round_.readings)
        round_.readings.clear()
        progress(number, len(paths))
    if round_.moved:
        round_.take_again(select_articles(directory, scan(directory), rules.include).listing)
    problems = sorted((*listing.problems, *round_.problems), key=_by_place)
    return Survey(count + len(round_.readings), tuple(problems), selection.counts, selection.named)


def glance(directory: Path, known: Mapping[str, Known], rules: Rules) -> Gathering:
    """See which files of ``directory`` are still as they were known, without reading any.

    All else counts as present and not understood: nothing is new, edited, renamed or gone by a glance.

    Args:
        directory: The articles directory.
        known: What the last round read, by path.
        rules: The settings it was read by.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    listing = scan(directory)
    round_ = _Round(directory, known, rules, lambda _digest, _body: None)
    return Gathering(
        unchanged=frozenset(path for path in known.keys() & listing.files if round_.is_unchanged(path, listing)),
        present=frozenset(known),
        data=listing.data_files,
        sections=section_texts(directory, listing),
    )


def single(directory: Path, path: str, known: Mapping[str, Known], rules: Rules, keep: Keep) -> Gathering:
    """Read the file at ``path``, whether it has changed or not; all else counts as in :func:`glance`."""
    selection = select_articles(directory, scan(directory), rules.include)
    listing = selection.listing
    if path not in selection.articles and not (path in selection.left_out and path in known):
        why = selection.left_out.get(path, "hidden, ignored, or of another kind")
        remedy = "let it in by the setting include" if path in selection.left_out else "name one that is"
        what = f"this is no article: {why}"
        return Gathering(problems=(Problem(path, None, what, remedy),), present=frozenset(known))
    round_ = _Round(directory, {}, rules, keep)
    round_.take(path, listing)
    if round_.moved:
        round_.take_again(select_articles(directory, scan(directory), rules.include).listing)
    round_.look_into_history()
    return Gathering(
        tuple(round_.readings),
        problems=tuple(round_.problems),
        present=frozenset((*known, path)),
        data=listing.data_files,
        sections=section_texts(directory, listing),
    )


class _Round:
    """The work of one gathering, and what has come of it so far."""

    def __init__(self, directory: Path, known: Mapping[str, Known], rules: Rules, keep: Keep) -> None:
        self.directory = directory
        self.known = known
        self.rules = rules
        self.rules_start = hashlib.sha256(rules.key.encode()).hexdigest()[:16]
        self.keep = keep
        self.readings: list[Taken] = []
        self.touched: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.moved: list[str] = []

    def is_unchanged(self, path: str, listing: Listing) -> bool:
        """Whether the file, all it refers to, and the rules are those of the last reading."""
        known = self.known.get(path)
        if known is None:
            return False
        start, before = split(known.stamp)
        return start == self.rules_start and bool(before) and fits(before, listing)

    def take(self, path: str, listing: Listing) -> None:
        """Read one file; what moved meanwhile is noted in ``moved`` and has no other effect."""
        if self._is_touched(path, listing):
            self.touched[path] = self._stamped(stamp(listing, [watched for watched, _ in self._watched(path)]))
            return
        found = self._attempt(path, listing)
        if found is None:
            self.moved.append(path)
        elif isinstance(found, Problem):
            self.problems.append(found)
        else:
            self.keep(found.article.body, found.body)
            for digest, text in found.inline:
                self.keep(digest, text)
            if found.article.markdown is not None and found.markdown is not None:
                self.keep(found.article.markdown, found.markdown)
            self.readings.append(Taken(found.article, self._stamped(found.stamp), found.source, found.modified))
            self.problems.extend(found.warnings)

    def take_again(self, listing: Listing) -> None:
        """Read what moved once more; what moves again has to wait for the next round."""
        moved, self.moved = self.moved, []
        for path in moved:
            if path in listing.files:
                self.take(path, listing)
            else:
                self.moved.append(path)
        self.problems.extend(
            Problem(path, None, "the file changed or vanished while it was read", "nothing; it will be read again")
            for path in self.moved
        )

    def look_into_history(self) -> None:
        """Ask git for the dates of new articles that have none of their own."""
        undated = [taken.article.path for taken in self.readings if self._is_undated(taken.article)]
        if not undated:
            return
        history = history_of(self.directory)
        commits = {path: history.first_commits[path] for path in undated if path in history.first_commits}
        self.readings = [
            replace(taken, committed=commits[taken.article.path]) if taken.article.path in commits else taken
            for taken in self.readings
        ]
        if history.problem is not None:
            self.problems.append(history.problem)

    def _is_undated(self, article: Article) -> bool:
        known = self.known.get(article.path)
        return article.published is None and not (known and known.settled)

    def _attempt(self, path: str, listing: Listing) -> Reading | Problem | None:
        """The reading, or why there is none; None when the file was no longer the one that was listed."""
        found: Reading | Problem
        try:
            found = read(self.directory, path, listing, self.rules)
        except Unreadable as unreadable:
            found = unreadable.problem
        except (MovedError, FileNotFoundError, OutsideError):
            return None
        except OSError as error:
            found = Problem(path, None, f"the file cannot be read ({error.strerror})", "allow it to be read")
        except Exception as error:  # noqa: BLE001  a fault of a reader must cost one article, not the whole feed
            what = f"feedsvc failed to read it, which is a fault of feedsvc ({error!r:.200})"
            found = Problem(path, None, what, "please report it")
        return found if self._is_still(path, listing.files[path]) else None

    def _is_still(self, path: str, stat: Stat) -> bool:
        try:
            return Stat.of(os.stat(f"{self.directory}/{path}")) == stat  # noqa: PTH116 - a Path costs as much as the call
        except OSError:
            return False

    def _is_touched(self, path: str, listing: Listing) -> bool:
        """Whether only the file's own times moved, its bytes being those of the last reading."""
        before = self._watched(path)
        own = dict(before).get(path)
        others = tuple(each for each in before if each[0] != path)
        if own is None or own.size != listing.files[path].size or not fits(others, listing):
            return False
        try:
            with open_file(self.directory, path) as file:
                content = file.read(own.size + 1)
        except OSError:
            return False  # the reader meets the same error and says so
        return source_digest(content, self.rules) == self.known[path].source

    def _stamped(self, files: str) -> str:
        """The stamp of the files with that of the rules before it."""
        return f"{self.rules_start} {files}"

    def _watched(self, path: str) -> Marks:
        """What is watched for the file; nothing when it is not known by these rules."""
        known = self.known.get(path)
        start, before = split(known.stamp) if known else ("", ())
        return before if start == self.rules_start else ()


def _by_place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.path, problem.line or 0, problem.severity, problem.what
