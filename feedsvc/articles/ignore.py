"""What the operator leaves out: ``.feedsvcignore``, in the syntax of ``.gitignore``, in any folder.

As with git, the last pattern that fits decides, one in a deeper folder counts more, and nothing below a folder
that is left out can be taken back in.
"""

import os
import stat as modes
from collections.abc import Iterator

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

IGNORE_FILE = ".feedsvcignore"

_LARGEST = 1_000_000
"""In bytes; no list that a person wrote is longer."""


class IgnoreError(Exception):
    """The patterns cannot be known; so nobody can say what may be published."""


class Ignore:
    """The patterns that hold in one folder: its own, and those of the folders above."""

    def __init__(self, folder: str, lines: list[str], above: "Ignore | None") -> None:
        """Take the folder, relative to the articles directory, the lines of its file, and what holds above it."""
        self._cut = len(folder) + 1 if folder else 0
        self._above = above
        self.faults: list[tuple[int, str]] = []
        """Lines, counted from 1, that are no pattern; as with git they have no effect."""
        self._spec = GitIgnoreSpec.from_lines(self._sound(lines))

    def leaves_out(self, path: str) -> bool:
        """Whether ``path``, relative to the articles directory, is left out; that of a folder ends with ``/``."""
        verdict = self._spec.check_file(path[self._cut :]).include
        if verdict is not None:
            return verdict
        return self._above is not None and self._above.leaves_out(path)

    def _sound(self, lines: list[str]) -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            try:
                GitIgnoreSpec.from_lines([line])
            except GitIgnorePatternError:
                self.faults.append((number, line))
            else:
                yield line


def read_ignore(file: str, folder: str, above: Ignore | None) -> Ignore:
    """The patterns of ``file`` in ``folder``, with those ``above``. No pipe or device is ever waited for.

    Raises:
        IgnoreError: It is no regular file, far too large, or no UTF-8.
        OSError: It cannot be read.
    """
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not modes.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise IgnoreError("this is no regular file")
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise IgnoreError(f"the file is larger than {_LARGEST} bytes")
    try:
        return Ignore(folder, content.decode("utf-8-sig").splitlines(), above)
    except UnicodeDecodeError as error:
        raise IgnoreError("the file is no UTF-8") from error
