"""One attempt to read a file: whatever is wrong with it costs this file alone."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from feedsvc.articles.body.media import Digest, MovedError, file_digest, stamp
from feedsvc.articles.model import Problem, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.reading.set_aside import Result
from feedsvc.articles.source.scanner import Listing, Stat
from feedsvc.core.open_beneath import OutsideError


def attempt(
    directory: Path, path: str, listing: Listing, rules: ReadOptions, digest: Digest = file_digest
) -> Result:
    """Read the file at ``path``, or say why it cannot be read; arguments as of :func:`~.reader.read`.

    Whoever reads many files hands in the :class:`AskedFiles` of the listing, which are then used again.

    Raises:
        MemoryError: It takes more memory than there is; nothing else is raised.
    """
    if isinstance(listing.files, AskedFiles):
        files = listing.files
        files.asked.clear()
    else:
        files = AskedFiles(listing.files)
        listing = replace(listing, files=files)
    found: Result
    try:
        found = read(directory, path, listing, rules, digest)
    except Unreadable as unreadable:
        found = SetAside(unreadable.problem, stamp(listing, [path, f"{path}/", *files.asked]))
    except (MovedError, FileNotFoundError, OutsideError):
        return None
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        found = SetAside(Problem(path, None, what, "allow it to be read"))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of a parser must cost one article, not the whole feed
        what = f"feedsvc failed to read it, which is a fault of feedsvc ({error!r:.200})"
        found = SetAside(
            Problem(path, None, what, "please report it"), stamp(listing, [path, f"{path}/", *files.asked])
        )
    return found if is_still(directory, path, listing.files[path]) else None


def is_still(directory: Path, path: str, stat: Stat) -> bool:
    """Whether the file is the one that was listed."""
    try:
        return Stat.of(os.stat(f"{directory}/{path}")) == stat  # noqa: PTH116 - a Path costs as much as the call
    except OSError:
        return False


class ReadHere:
    """Reads files in this process: for tests and measurements, since nothing guards it from what it reads."""

    @staticmethod
    def read(
        directory: Path, listing: Listing, rules: ReadOptions, paths: Iterable[str], _tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files one after another; see :meth:`.set_aside.Readers.read`."""
        listing = replace(listing, files=AskedFiles(listing.files))
        for path in paths:
            yield path, attempt(directory, path, listing, rules)

    @staticmethod
    def rest() -> None:
        """Nothing is kept ready."""


class AskedFiles(Mapping[str, Stat]):
    """The files of a listing, and which of them the last reading asked for: on those it depends."""

    def __init__(self, files: Mapping[str, Stat]) -> None:
        self.asked: set[str] = set()
        self._files = files

    def __getitem__(self, path: str) -> Stat:
        self.asked.add(path)
        return self._files[path]

    def __contains__(self, path: object) -> bool:
        if isinstance(path, str):
            self.asked.add(path)
        return path in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
