"""Collecting: every article of the directory, reading only what has changed.

A file that cannot be read becomes a problem and never stops the others. Which id and dates an article has
is decided downstream, in :mod:`feedsvc.articles.identity.resolver`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feedsvc.articles.body.media import Marks, fits, stamp
from feedsvc.articles.frontmatter.inherited import SectionText, section_texts
from feedsvc.articles.model import Article, Problem, Reading, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.set_aside import Readers, Remembered, SetAsideFiles
from feedsvc.articles.source.fingerprint import Known, source_digest, split
from feedsvc.articles.source.git_dates import history_of
from feedsvc.articles.source.left_out import Selection, select_articles
from feedsvc.articles.source.scanner import Listing, scan
from feedsvc.articles.source.stable_scan import stable_scan
from feedsvc.core.open_beneath import open_file

Keep = Callable[[str, str], None]
"""Takes the digest of a body (:attr:`Article.body`) and the body."""
Progress = Callable[[int, int], None]
"""Takes how many files have been read, and how many are to be."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
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
class Collection:
    """What has become of the directory since it was last gathered.

    Every article file is in ``present``, and in one of ``readings``, ``unchanged``, ``touched`` or ``problems``.
    """

    readings: tuple[ReadArticle, ...] = ()
    """New and changed articles, sorted by path."""
    unchanged: frozenset[str] = frozenset()
    """Paths of files that were not even opened."""
    touched: Mapping[str, str] = field(default_factory=dict)
    """Path to new stamp, of files that were written again with the same bytes."""
    set_aside: Mapping[str, SetAside] = field(default_factory=dict)
    """What is to be remembered of the files that were set aside, by path."""
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
class LintResult:
    """What is wrong in a directory."""

    read: int
    """How many articles could be read."""
    problems: tuple[Problem, ...]
    """Files set aside and warnings, sorted by path."""
    left_out: tuple[tuple[str, int], ...] = ()
    """What is no article, or not read, and how many files of each."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Files and folders that are no articles, each with why, by path."""


NOTHING = Remembered()


def collect(  # noqa: PLR0913 - what there is, what was, who reads it, and who hears of it
    directory: Path,
    known: Mapping[str, Known],
    rules: ReadOptions,
    keep: Keep,
    progress: Progress,
    *,
    readers: Readers,
    remembered: Remembered = NOTHING,
) -> Collection:
    """Read what is new or changed in ``directory``.

    Args:
        directory: The articles directory.
        known: What the last round read, by path.
        rules: The settings to read by; when they changed, every file is read again.
        keep: Takes each body as soon as it is read, so that no more than one is ever held.
        progress: Called after each file that had to be read, now and then while one takes long, and with zeros
            before each folder that is listed; what it raises ends the gathering.
        readers: Who reads them.
        remembered: Which files the last round set aside.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
        ReadingError: No file can be read at all.
    """
    selection = select_articles(directory, stable_scan(directory, known, lambda: progress(0, 0)), rules.include)
    listing, kept = selection.listing, _kept(selection, known)
    sections, failures = section_texts(directory, listing)
    paths = [*selection.articles, *kept]
    start = _start_of(rules)
    unchanged = frozenset(path for path in paths if _is_unchanged(known.get(path), start, listing))
    changed = sorted(path for path in paths if path not in unchanged)
    round_ = _Round(directory, known, rules, readers, remembered)
    found = [round_.taken(reading, keep) for reading in round_.read(changed, listing, progress)]
    readings = _with_history(directory, found, known, round_.problems)
    round_.set_aside.settle()
    return Collection(
        readings=tuple(sorted(readings, key=lambda taken: taken.article.path)),
        unchanged=unchanged,
        touched=round_.touched,
        set_aside=round_.set_aside.found,
        problems=_sorted((*listing.problems, *failures, *kept.values(), *round_.all_problems)),
        present=frozenset(paths).union(filter(listing.holds, known) if listing.held else ()),
        data=listing.data_files,
        sections=sections,
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


def lint(directory: Path, rules: ReadOptions, progress: Progress, *, readers: Readers) -> LintResult:
    """Read every article of ``directory`` and keep none, so that memory does not grow with their number.

    Args:
        directory: The articles directory.
        rules: The settings to read by.
        progress: Called after each file, and now and then while one takes long.
        readers: Who reads them.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
        ReadingError: No file can be read at all.
    """
    selection = select_articles(directory, scan(directory), rules.include)
    listing, paths = selection.listing, sorted(selection.articles)
    round_ = _Round(directory, {}, rules, readers)
    count = sum(1 for _ in round_.read(paths, listing, progress))
    problems = _sorted((*listing.problems, *round_.all_problems))
    return LintResult(count, problems, selection.counts, selection.named)


def check_unchanged(directory: Path, known: Mapping[str, Known], rules: ReadOptions) -> Collection:
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
    start = _start_of(rules)
    return Collection(
        unchanged=frozenset(
            path for path in known.keys() & listing.files if _is_unchanged(known.get(path), start, listing)
        ),
        present=frozenset(known),
        data=listing.data_files,
        sections=section_texts(directory, listing)[0],
    )


def read_one(  # noqa: PLR0913 - as of gather
    directory: Path, path: str, known: Mapping[str, Known], rules: ReadOptions, keep: Keep, *, readers: Readers
) -> Collection:
    """Read the file at ``path``, whether it has changed or not; all else counts as in :func:`check_unchanged`."""
    selection = select_articles(directory, scan(directory), rules.include)
    listing = selection.listing
    if path not in selection.articles and not (path in selection.left_out and path in known):
        why = selection.left_out.get(path, "hidden, ignored, or of another kind")
        remedy = "let it in by the setting include" if path in selection.left_out else "name one that is"
        what = f"this is no article: {why}"
        return Collection(problems=(Problem(path, None, what, remedy),), present=frozenset(known))
    round_ = _Round(directory, {}, rules, readers)
    found = [round_.taken(reading, keep) for reading in round_.read([path], listing, lambda *_: None)]
    readings = _with_history(directory, found, {}, round_.problems)
    return Collection(
        tuple(readings),
        problems=_sorted(round_.all_problems),
        present=frozenset((*known, path)),
        data=listing.data_files,
        sections=section_texts(directory, listing)[0],
    )


class _Round:
    """The work of one gathering, and what has come of it so far."""

    def __init__(
        self,
        directory: Path,
        known: Mapping[str, Known],
        rules: ReadOptions,
        readers: Readers,
        remembered: Remembered = NOTHING,
    ) -> None:
        self.directory = directory
        self.known = known
        self.rules = rules
        self.readers = readers
        self.rules_start = _start_of(rules)
        self.set_aside = SetAsideFiles(directory, rules, self.rules_start, remembered)
        self.touched: dict[str, str] = {}
        self.problems: list[Problem] = []
        """What does not keep an article from being read, or is gone with the next round."""

    @property
    def all_problems(self) -> Iterator[Problem]:
        """Those, and why files are set aside."""
        yield from self.problems
        yield from (aside.problem for aside in self.set_aside.found.values())

    def read(self, paths: Iterable[str], listing: Listing, progress: Progress) -> Iterator[Reading]:
        """Read files; what moved meanwhile is read once more, and if it moves again waits for the next round."""
        moved: list[str] = []
        yield from self._read(paths, listing, progress, moved)
        if not moved:
            return
        listing = select_articles(self.directory, scan(self.directory), self.rules.include).listing
        again = moved
        moved = [path for path in again if path not in listing.files]
        yield from self._read([path for path in again if path in listing.files], listing, progress, moved)
        what, remedy = "the file changed or vanished while it was read", "nothing; it will be read again"
        self.problems.extend(Problem(path, None, what, remedy) for path in moved)

    def _read(
        self, paths: Iterable[str], listing: Listing, progress: Progress, moved: list[str]
    ) -> Iterator[Reading]:
        to_read = [path for path in paths if not self._is_known(path, listing)]
        done = 0

        def tick() -> None:
            progress(done, len(to_read))

        for path, result in self.readers.read(self.directory, listing, self.rules, to_read, tick):
            done += 1
            if result is None:
                moved.append(path)
            elif isinstance(result, SetAside):
                self.set_aside.add(path, result)
            else:
                self.problems.extend(result.warnings)
                yield result
            tick()

    def taken(self, reading: Reading, keep: Keep) -> ReadArticle:
        """Hand the body of a reading on, and keep the rest."""
        article = reading.article
        keep(article.body, reading.body)
        for digest, text in reading.inline:
            keep(digest, text)
        if article.markdown is not None and reading.markdown is not None:
            keep(article.markdown, reading.markdown)
        return ReadArticle(article, self._stamped(reading.stamp), reading.source, reading.modified)

    def _is_known(self, path: str, listing: Listing) -> bool:
        """Whether the file has the bytes that it had, or is one that was set aside for them."""
        if self._is_touched(path, listing):
            self.touched[path] = self._stamped(stamp(listing, [watched for watched, _ in self._watched(path)]))
            return True
        return self.set_aside.recall(path, listing)

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


def _with_history(
    directory: Path, found: Sequence[ReadArticle], known: Mapping[str, Known], problems: list[Problem]
) -> Sequence[ReadArticle]:
    """The articles, with the dates that git has for new ones that have none of their own."""
    undated = [taken.article.path for taken in found if _is_undated(taken.article, known)]
    if not undated:
        return found
    history = history_of(directory)
    commits = {path: history.first_commits[path] for path in undated if path in history.first_commits}
    if history.problem is not None:
        problems.append(history.problem)
    return [
        replace(taken, committed=commits[taken.article.path]) if taken.article.path in commits else taken
        for taken in found
    ]


def _is_undated(article: Article, known: Mapping[str, Known]) -> bool:
    before = known.get(article.path)
    return article.published is None and not (before and before.settled)


def _start_of(rules: ReadOptions) -> str:
    """The start of the rules' digest, which stands in stamps."""
    return hashlib.sha256(rules.key.encode()).hexdigest()[:16]


def _is_unchanged(known: Known | None, rules_start: str, listing: Listing) -> bool:
    """Whether the file, all it refers to, and the rules are those of the last reading."""
    if known is None:
        return False
    start, before = split(known.stamp)
    return start == rules_start and bool(before) and fits(before, listing)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.path, each.line or 0, each.severity, each.what)))
