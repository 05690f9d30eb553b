"""The last scan: what it saw, which articles the next round has to check, and what file events change of it.

A round checks the articles whose files have other sizes or times than in the last scan, those that depend on such
a file, and those that the last round left undone. All others are as they were.

File events name paths that were touched. Another scan can be spared where they are plain articles and media files
in folders which the last scan listed. Anything else may change more than its own path says (a folder, a link, what
describes other articles, a file that is gone and may have another name now); then the directory has to be scanned.
"""

import os
import stat as modes
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Known, Listing, Stat, split
from feedsvc.articles.source.names import (
    IGNORE_FILE,
    article_format,
    is_data_file,
    is_ignored_name,
    is_unread_text,
    marks_project,
)
from feedsvc.articles.source.scanner import scan
from feedsvc.articles.source.selection import ArticleSelection, is_plain_article
from feedsvc.core.open_beneath import open_directory, open_folder

MOST = 100
"""How many paths are looked at one by one; of more, a scan of the directory says the same in less time."""
_LOOKS = 4
"""How often at the most a directory is listed that goes on changing; the next round sees the rest."""


def stable_scan(directory: Path, known: AbstractSet[str], pulse: Callable[[], None]) -> Listing:
    """List ``directory``, again if a file may have been on its way.

    Args:
        directory: The articles directory.
        known: The paths of the articles that the last round knew.
        pulse: Called before each folder; what it raises ends the look.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    listing = scan(directory, pulse)
    for _ in range(_LOOKS - 1):
        if not _may_be_on_its_way(listing, known):
            break
        before, listing = listing, scan(directory, pulse)
        if listing.files.keys() == before.files.keys():
            break
    return listing


def _may_be_on_its_way(listing: Listing, known: AbstractSet[str]) -> bool:
    """Whether a known article is gone, or a new one has the size and time of a known one; a rename keeps both."""
    files = listing.files
    if any(not listing.holds(path) for path in known - files.keys()):
        return True
    new = {(files[path].size, files[path].mtime_ns) for path in files.keys() - known if article_format(path)}
    return bool(new) and any((stat.size, stat.mtime_ns) in new for path in known if (stat := files.get(path)))


class LastScan:
    """The directory as the last round saw it. It holds as long as nobody else changes the ledger.

    Args:
        selection: The selection that the round went by.
        rules: The options by which it read.
        known: What it left, by path: the article files that exist, as they were read.
        undone: The paths of articles that are not as they were read, and are to be checked again.
    """

    def __init__(
        self, selection: ArticleSelection, rules: ReadOptions, known: Mapping[str, Known], undone: AbstractSet[str]
    ) -> None:
        self.selection = selection
        self.rules = rules
        self._undone = undone
        self._dependents: defaultdict[str, set[str]] = defaultdict(set)
        """By the path of a file: the articles that depend on it beside their own files."""
        for path, each in known.items():
            self._note(path, each)

    def _note(self, path: str, known: Known) -> None:
        for watched, _ in split(known.stamp, path)[1]:
            if watched != path and not watched.endswith("/"):
                self._dependents[watched].add(path)

    def selection_of(self, listing: Listing) -> ArticleSelection | None:
        """The selection of the last round with this scan's listing, if the scan has seen the same; else None."""
        before = self.selection.listing
        listing = replace(listing, left_out=before.left_out)
        return replace(self.selection, listing=listing) if listing == before else None

    def to_check(self, listing: Listing, touched: AbstractSet[str] | None = None) -> AbstractSet[str] | None:
        """The paths that may not be as the last round left them; None for all of them.

        Args:
            listing: What the directory holds now.
            touched: The only paths at which it may hold something else than in the last scan; None for all.
        """
        before = self.selection.listing
        if (listing.data, listing.sidecars, listing.left_out) != (before.data, before.sidecars, before.left_out):
            return None
        files, known = listing.files, before.files
        if touched is not None:
            changed = {path for path in touched if files.get(path) != known.get(path)}
        elif files == known:
            changed = set()
        else:
            changed = {path for path, stat in files.items() if known.get(path) != stat} | (
                known.keys() - files.keys()
            )
        if not changed.isdisjoint(listing.data_files):
            return None
        return changed.union(self._undone, *(self._dependents.get(path, ()) for path in changed))

    def advance(
        self,
        selection: ArticleSelection,
        changed: Iterable[str],
        undone: AbstractSet[str],
        known: Mapping[str, Known],
    ) -> None:
        """Take what a round saw in place of what the last one saw.

        Args:
            selection: The selection that the round went by.
            changed: The paths of articles that it read, or whose stamps it renewed.
            undone: The paths of articles that are not as they were read, and are to be checked again.
            known: What the round left, by path.
        """
        self.selection = selection
        self._undone = undone
        for path in changed:
            if (each := known.get(path)) is not None:
                self._note(path, each)


class PathsWhere:
    """The paths of which a function says that they count."""

    def __init__(self, count: Callable[[str], bool]) -> None:
        self._count = count

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._count(path)


class _ScanNeededError(Exception):
    """The paths alone do not tell what has changed."""


def selection_after(directory: Path, last: ArticleSelection, paths: AbstractSet[str]) -> ArticleSelection | None:
    """The selection that a scan would give now, if nothing but ``paths`` has changed since the last one.

    Args:
        directory: The articles directory.
        last: The selection that the last scan gave.
        paths: Relative to the directory, with ``/``.

    Returns:
        The selection; None where only a scan can tell.
    """
    if len(paths) > MOST or last.listing.links or last.listing.held:
        return None
    try:
        seen = _seen(directory, last.listing, paths)
        new = [path for path in seen if path not in last.listing.files]
        for path in seen:
            _check_kind(last, path, is_new=path in new)
        _check_names(last.listing, seen, new)
    except (OSError, _ScanNeededError):
        return None
    files = {**last.listing.files, **seen}
    listing = replace(last.listing, files=files, _digests={}, _composed={})
    articles = tuple(path for path in new if article_format(path))
    return replace(last, listing=listing, articles=(*last.articles, *articles))


def _seen(directory: Path, listing: Listing, paths: Iterable[str]) -> dict[str, Stat]:
    """The sizes and times of the paths that a scan would see."""
    seen: dict[str, Stat] = {}
    with _opened(directory) as top:
        for path in sorted(paths):
            folder, _, name = path.rpartition("/")
            describes_others = name == IGNORE_FILE or marks_project(name) or is_data_file(name)
            was_folder = path in listing.folders or f"{path}/" in listing.tools
            if folder not in listing.folders or was_folder or describes_others:
                raise _ScanNeededError(path)
            if is_ignored_name(name):
                continue
            verdict_of = listing.folders[folder]
            verdict = None if verdict_of is None else verdict_of(path)
            if verdict and path not in listing.files:
                continue
            status = _status(top, folder, name)
            if status is None and path not in listing.files:
                continue  # it came and went
            if (
                status is None
                or not modes.S_ISREG(status.st_mode)
                or not name.isprintable()
                or verdict is not None
            ):
                raise _ScanNeededError(path)
            seen[path] = Stat.of(status)
    return seen


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    top = open_directory(directory)
    try:
        yield top
    finally:
        os.close(top)


def _status(top: int, folder: str, name: str) -> os.stat_result | None:
    """The status of a file, no link followed; None where there is none."""
    descriptor = open_folder(top, folder)
    try:
        return os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    finally:
        os.close(descriptor)


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else normalize("NFC", path).casefold()


def _check_kind(last: ArticleSelection, path: str, *, is_new: bool) -> None:
    """Make sure that the file counts as a scan would count it."""
    if article_format(path) is None:
        if is_new and is_unread_text(path):
            raise _ScanNeededError(path)
        return
    if path in last.left_out or not is_plain_article(path, last.listing):
        raise _ScanNeededError(path)  # what it holds may decide whether it is an article


def _check_names(listing: Listing, seen: Mapping[str, Stat], new: Iterable[str]) -> None:
    """Make sure that no file decides over others beside it, and that none may be a known one, on its way.

    An ``index`` may say that the articles beside it are its resources. A rename keeps size and time. On a file
    system that finds a file by its name in other letters, both names of a renamed file are there.
    """
    arriving = {path: seen[path] for path in new if article_format(path)}
    marks = {stat[:2] for stat in arriving.values()}  # size and time; slices, since all files are looked at
    names = {_folded(path) for path in arriving}
    for path, stat in listing.files.items() if arriving else ():
        if stat[:2] in marks or _folded(path) in names:
            raise _ScanNeededError(path)
    for path in filter(article_format, seen):
        folder, _, name = path.rpartition("/")
        is_index, prefix = name.startswith("index."), f"{folder}/"
        if not folder or not (is_index or path in new):
            continue
        beginning = prefix if is_index else f"{prefix}index."
        for other in listing.files:
            is_beside = other.startswith(beginning) and "/" not in other[len(prefix) :]
            if is_beside and other != path and article_format(other):
                raise _ScanNeededError(path)
