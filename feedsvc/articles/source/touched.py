"""Touched paths: what file events say has changed, taken into what the last scan saw without another scan.

That is possible for plain articles and media files that were written in folders which the last scan listed.
Anything else may change more than its own path says (a folder, a link, what describes other articles, a file that
is gone and may have another name now); then the directory has to be scanned.
"""

import os
import stat as modes
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

from feedsvc.articles.source.file_kinds import article_format, is_data_file
from feedsvc.articles.source.ignore import IGNORE_FILE, is_ignored_name, marks_project
from feedsvc.articles.source.left_out import Selection, is_plain_article, is_unread_text
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.core.open_beneath import open_directory, open_folder

MOST = 100
"""How many paths are looked at one by one; of more, a scan of the directory says the same in less time."""


class _ScanNeededError(Exception):
    """The paths alone do not tell what has changed."""


def selection_after(directory: Path, last: Selection, paths: AbstractSet[str]) -> Selection | None:
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
            was_folder = path in listing.folders or f"{path}/" in listing.tools
            if folder not in listing.folders or was_folder or _describes_others(name):
                raise _ScanNeededError(path)
            if is_ignored_name(name):
                continue
            ignore = listing.folders[folder]
            verdict = None if ignore is None else ignore.verdict(path)
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


def _describes_others(name: str) -> bool:
    return name == IGNORE_FILE or marks_project(name) or is_data_file(name)


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
    return normalize("NFC", path).casefold()


def _check_kind(last: Selection, path: str, *, is_new: bool) -> None:
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
    marks = {(stat.size, stat.mtime_ns) for stat in arriving.values()}
    names = {_folded(path) for path in arriving}
    for path, stat in listing.files.items() if arriving else ():
        if (stat.size, stat.mtime_ns) in marks or _folded(path) in names:
            raise _ScanNeededError(path)
    for path in filter(article_format, seen):
        folder, _, name = path.rpartition("/")
        is_index, prefix = name.startswith("index."), f"{folder}/" if folder else ""
        if not folder or not (is_index or path in new):
            continue
        for other in listing.files:
            if other != path and other.startswith(prefix) and "/" not in other[len(prefix) :]:
                is_beside = article_format(other) is not None
                if is_beside and (is_index or other.startswith(f"{prefix}index.")):
                    raise _ScanNeededError(path)
