"""Ignore files: ``.feedsvcignore`` in any folder names what to leave out, in the syntax of ``.gitignore``.

As with git, the last pattern that fits decides, one in a deeper folder counts more, and nothing below a folder
that is left out can be taken back in. Patterns are matched by RE2, in time that is linear in the path whatever
the pattern: one that lets a backtracking matcher try every way there is would stop the publishing for ever.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import re2
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from feedsvc.core.open_beneath import open_file

_SWAP = tuple(f".sw{letter}" for letter in "abcdefghijklmnop")
_ENDINGS = ("~", ".tmp", "___jb_tmp___", "___jb_old___", *_SWAP)
"""How the names end that editors write beside a file."""
TOOLS = frozenset({"__pycache__", "node_modules"})
"""Folders that programs fill."""
_CONFIGS = re.compile(
    r"_config\.(?:ya?ml|toml)|hugo\.(?:toml|ya?ml|json)|config\.(?:toml|ya?ml)|(?:eleventy|astro|next|nuxt|vite|svelte"
    r"|docusaurus|tailwind|postcss|webpack|rollup)\.config\.[cm]?[jt]s|gatsby-config\.[cm]?[jt]s|mkdocs\.ya?ml"
    r"|pelicanconf\.py|conf\.py|book\.toml|package\.json|composer\.json|Gemfile|Makefile|go\.mod|Cargo\.toml|pyproject\.toml"
    r"|readme(?:\.\w+)?|licen[cs]e(?:\.\w+)?|\.eleventy\.js|\.git|\.github|\.gitignore|\.gitlab-ci\.yml|\.gitmodules",
    re.IGNORECASE,
)
"""The configuration of a site generator, or what else stands at the top of a project."""


def is_ignored_name(name: str) -> bool:
    """Whether the name is nobody's article: a hidden one, one that an editor writes, or that a tool leaves."""
    if name.startswith((".", "#", "~$")):
        return name[0] != "#" or name.endswith("#")
    folded = name.lower()
    return folded.endswith(_ENDINGS) or folded in TOOLS


@lru_cache(maxsize=4096)
def marks_project(name: str) -> bool:
    """Whether a file of that name stands where a site generator or another program is at work."""
    return _CONFIGS.fullmatch(name) is not None


IGNORE_FILE = ".feedsvcignore"

_LARGEST = 100_000
"""In bytes; no list that a person wrote is longer."""
_MOST = 1_000
"""Patterns of one file. All of them are matched at once, with each path, and each makes that slower."""
_MOST_WILDCARDS = 500
"""Of all patterns of one file together; with each the matcher has more to keep in mind."""
_ITSELF = f"/{IGNORE_FILE}"
"""A pattern of our own behind those of each file. It leaves out what is left out anyway."""
_SHORTER = "write fewer or shorter patterns, or put the articles where fewer are needed"


class IgnoreError(Exception):
    """The patterns cannot be known; so feedsvc cannot know what may be published."""

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.line = line
        """Counted from 1; None where no line is to blame."""


class Ignore:
    """The patterns that hold in one folder: its own, and those of the folders above."""

    def __init__(self, folder: str, lines: Sequence[str], above: "Ignore | None") -> None:
        """Take the folder, relative to the articles directory, the lines of its file, and what holds above it.

        Raises:
            IgnoreError: There are more patterns, or larger ones, than can be matched.
        """
        self._cut = len(folder) + 1 if folder else 0
        self._above = above
        self.faults: list[tuple[int, str]] = []
        """Lines, counted from 1, that are no pattern; as with git they have no effect."""
        self._spec = _compiled(self._sound(lines))

    def leaves_out(self, path: str) -> bool:
        """Whether ``path``, relative to the articles directory, is left out; that of a folder ends with ``/``."""
        return self.verdict(path) is True

    def verdict(self, path: str) -> bool | None:
        """Whether a pattern leaves ``path`` out, or lets it in (``!``); None where none fits."""
        verdict = self._spec.check_file(path[self._cut :]).include
        if verdict is not None or self._above is None:
            return verdict
        return self._above.verdict(path)

    def _sound(self, lines: Sequence[str]) -> list[str]:
        """The lines that are patterns, each of which can be matched by itself."""
        sound: list[str] = []
        wildcards = 0
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            if len(sound) == _MOST:
                raise IgnoreError(f"from here on there are more than {_MOST} patterns", _SHORTER, number)
            wildcards += sum(map(line.count, "*?["))
            if wildcards > _MOST_WILDCARDS:
                raise IgnoreError(f"up to here are more than {_MOST_WILDCARDS} wildcards", _SHORTER, number)
            try:
                _compiled([line])
            except GitIgnorePatternError:
                self.faults.append((number, line))
            except IgnoreError as error:
                raise IgnoreError("this pattern is too long to be matched", _SHORTER, number) from error
            else:
                sound.append(line)
        return sound


def read_ignore(directory: Path, folder: str, above: Ignore | None) -> Ignore:
    """The patterns of the file in ``folder``, with those ``above``. No pipe or device is ever waited for.

    Args:
        directory: The articles directory; the file is not looked for outside of it.
        folder: Relative to it; empty for its top.
        above: What holds in the folder above.

    Raises:
        IgnoreError: It is far too large, or no UTF-8, or its patterns are too many.
        OSError: It cannot be read, or is no regular file.
    """
    with open_file(directory, f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE) as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise IgnoreError(f"the file is larger than {_LARGEST} bytes", _SHORTER)
    try:
        return Ignore(folder, content.decode("utf-8-sig").splitlines(), above)
    except UnicodeDecodeError as error:
        raise IgnoreError("the file is no UTF-8", "write it anew as a text file in UTF-8") from error


def _compiled(patterns: Sequence[str]) -> GitIgnoreSpec:
    """The patterns, ready to match.

    Raises:
        GitIgnorePatternError: One of them is none.
        IgnoreError: RE2 has not the memory to match them all. One too few to match is told at once, and one that
            shows only in matching looks as if nothing fitted, so the pattern of our own is tried.
    """
    try:
        spec = GitIgnoreSpec.from_lines([*patterns, _ITSELF], backend="re2")
    except re2.error as error:
        raise IgnoreError("the patterns together are too long to be matched", _SHORTER) from error
    if not spec.check_file(IGNORE_FILE).include:
        raise IgnoreError("the patterns together are too long to be matched", _SHORTER)
    return spec
