"""The selection: which files of the directory are articles, by their names, headers and ignore files.

``.feedsvcignore`` in any folder names what to leave out, in the syntax of ``.gitignore``. As with git, the last
pattern that fits decides, one in a deeper folder counts more, and nothing below a folder that is left out can be
taken back in. Patterns are matched by RE2, in time that is linear in the path whatever the pattern: one that lets
a backtracking matcher try every way there is would stop the publishing for ever.

Files with an article's suffix that are no articles, and texts of kinds that are not read, are counted by ``feedsvc
check``, and named by ``check --verbose``. Each can be included, by the setting ``reading.include`` or by a pattern
``!…``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import re2
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from feedsvc.articles.frontmatter.header import Header, hides_article
from feedsvc.articles.problems import Notes, Unreadable
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.articles.source.names import (
    COPY,
    IGNORE_FILE,
    PAGE,
    SECTION,
    article_format,
    is_unread_text,
    suffix_of,
    why_left_out,
)
from feedsvc.core.open_beneath import open_file

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


_FOLDERS = frozenset(
    {
        *("static", "public", "assets", "images", "img", "themes", "layouts", "templates", "vendor"),
        *("_includes", "_layouts", "_site", "dist", "build"),
    }
)
"""Folders of site generators and their like, where one is at work."""
NO_ARTICLES = "no articles"
FOLDER = "a file of the site in the folder {}"
BUNDLE = "a resource of a headless bundle"
_SNIFFED = 65_536
"""In bytes; how much of a file is looked at for its header."""


@dataclass(frozen=True, slots=True)
class ArticleSelection:
    """Which files of a directory are articles."""

    listing: Listing
    """The directory, with what was left out."""
    articles: tuple[str, ...]
    """In no order."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Path to why."""
    unread: tuple[str, ...] = ()
    """Texts of kinds that are not read."""

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many files were left out: ``no articles``, then by suffix."""
        none = [(NO_ARTICLES, len(self.left_out))] if self.left_out else []
        return (*none, *sorted(Counter(map(suffix_of, self.unread)).items()))

    @property
    def named(self) -> Mapping[str, str]:
        """All that is left out, in the order of the paths, each with why."""
        return dict(
            sorted({**self.left_out, **{path: f"{suffix_of(path)} is not read" for path in self.unread}}.items())
        )


def left_out_line(counts: tuple[tuple[str, int], ...]) -> str:
    """The counts in words: ``no articles: 3, not read: 2 .adoc and 1 .org``; empty where nothing was left out."""
    none = [f"{kind}: {number}" for kind, number in counts if kind == NO_ARTICLES]
    unread = [f"{number} {kind}" for kind, number in counts if kind != NO_ARTICLES]
    return ", ".join([*none, *([f"not read: {' and '.join(unread)}"] if unread else [])])


def select_articles(directory: Path, listing: Listing, include: tuple[str, ...] = ()) -> ArticleSelection:
    """Part the files of a listing into articles and what is left out.

    Args:
        directory: The articles directory.
        listing: What it holds.
        include: Patterns, as git has them, of what is an article whatever its name says.
    """
    let_in = Ignore("", list(include), None) if include else None
    articles: list[str] = []
    out: dict[str, str] = dict.fromkeys(listing.tools, "a folder that a program fills")
    unread: list[str] = []
    folders: dict[str, str | None] = {}
    for path, stat in listing.files.items():
        if article_format(path) is None:
            if is_unread_text(path):
                unread.append(path)
            continue
        why = why_left_out(path)
        if why is None and listing.projects:
            folder = path[: path.rfind("/") + 1]
            if folder not in folders:
                folders[folder] = _by_folder(folder, listing)
            why = folders[folder]
        if why and (path in listing.let_in or (let_in and let_in.leaves_out(path))):
            why = None
        if why and not _is_excused(why, directory, path, stat):
            out[path] = why
        else:
            articles.append(path)
    resources = dict.fromkeys(_resources(directory, listing, articles), BUNDLE)
    out |= resources
    kept = tuple(path for path in articles if path not in resources) if resources else tuple(articles)
    return ArticleSelection(replace(listing, left_out=frozenset(out)), kept, out, tuple(unread))


def is_plain_article(path: str, listing: Listing) -> bool:
    """Whether the file, with an article's suffix, is one by its name and folder, so that nobody looks into it."""
    return why_left_out(path) is None and _by_folder(path[: path.rfind("/") + 1], listing) is None


def _by_folder(folder: str, listing: Listing) -> str | None:
    """Why the files in a generator's folder are left out, where a project's file stands beside it or above."""
    above = ""
    found = "" in listing.projects
    for part in folder.split("/")[:-1]:
        if found and part in _FOLDERS:
            return FOLDER.format(f"{above}{part}")
        above += f"{part}/"
        found = found or above[:-1] in listing.projects
    return None


def _is_excused(why: str, directory: Path, path: str, stat: Stat) -> bool:
    """Whether the file is an article all the same: Markdown with a header, for a page of the site with a date."""
    if why in {SECTION, COPY} or article_format(path) != "markdown":
        return False
    header = _header(str(directory), path, stat)
    return header is None or bool(header.first("published") if why == PAGE else header.entries)


def _resources(directory: Path, listing: Listing, articles: list[str]) -> Iterator[str]:
    """The articles beside an ``index`` that says that it is headless (Hugo); they are its resources."""
    indexes = [path for path in articles if "/index." in path and path[path.rfind("/") :].startswith("/index.")]
    if not indexes or len(indexes) == len(articles):
        return
    folders: dict[str, list[str]] = {}
    for path in articles:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    for index in indexes:
        beside = folders[index.rpartition("/")[0]]
        if len(beside) > 1 and article_format(index) == "markdown":
            header = _header(str(directory), index, listing.files[index])
            entry = header.first("headless") if header else None
            if entry is not None and hides_article(entry):
                yield from (path for path in beside if path != index)


@lru_cache(maxsize=16_384)  # a rescan asks again for every file that may be left out
def _header(directory: str, path: str, stat: Stat) -> Header | None:
    """The header of a file, which changes with its ``stat``; None where nobody can say what it holds."""
    from feedsvc.articles.frontmatter import parser  # noqa: PLC0415 - a process that only scans needs none

    try:
        with open_file(Path(directory), path) as file:
            start = file.read(min(stat.size, _SNIFFED))
    except OSError:
        return None
    text = start.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    try:
        return parser.split(text, Notes(path), known_only=False)[0]
    except Unreadable:
        return None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a parser failed: the file counts as an article, and its reader names the error
        return None
