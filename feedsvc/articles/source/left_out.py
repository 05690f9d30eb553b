"""Left out: files that have an article's suffix and are no articles, and files of kinds that are not read.

``feedsvc check`` counts these files, and ``check --verbose`` names them. Each can be included, by the
setting ``reading.include`` or by a pattern ``!…`` in a ``.feedsvcignore``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from feedsvc.articles.frontmatter import parser
from feedsvc.articles.frontmatter.header import Header, hides_article
from feedsvc.articles.problems import Notes, Unreadable
from feedsvc.articles.source.file_kinds import article_format, is_section_page
from feedsvc.articles.source.ignore import Ignore
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.core.open_beneath import open_file

_UNREAD = frozenset(
    [
        ".adoc",
        ".asciidoc",
        ".asc",
        ".org",
        ".docx",
        ".doc",
        ".odt",
        ".fodt",
        ".rtf",
        ".ipynb",
        ".textile",
        ".tex",
        ".wiki",
        ".mediawiki",
        ".creole",
        ".rmd",
        ".qmd",
        ".typ",
        ".pages",
        ".njk",
        ".liquid",
        ".hbs",
        ".haml",
        ".pug",
        ".ejs",
    ]
)
"""Suffixes of texts that feedsvc does not read."""
_FOLDERS = frozenset(
    [
        "static",
        "public",
        "assets",
        "images",
        "img",
        "themes",
        "layouts",
        "templates",
        "vendor",
        "_includes",
        "_layouts",
        "_site",
        "dist",
        "build",
    ]
)
"""Folders of site generators and their like, where one is at work."""
_LANGUAGE = r"(?:[._-][A-Za-z]{2}(?:[._-](?:[A-Za-z]{2}|han[st]))?)?"
_PROJECT = re.compile(
    rf"(?:readme|licen[cs]e|changelog|contributing|code[_-]of[_-]conduct){_LANGUAGE}", re.IGNORECASE
)
_PROJECT_UPPER = re.compile(
    r"(?:LICEN[CS]E|COPYING)[._-][A-Z0-9.-]+|COPYING|AUTHORS|CONTRIBUTORS|NOTICE|TODO|INSTALL|SECURITY|SUPPORT"
    r"|GOVERNANCE|MAINTAINERS|CLAUDE|AGENTS"
)
"""Names that mean something to a project only in capitals."""
_MACHINES = re.compile(
    r"(?:robots|humans|ads|app-ads|security|llms|llms-full|cmakelists)\.txt"
    r"|(?:[\w.-]+-)?requirements(?:-[\w.-]+)?\.txt"
    r"|google[0-9a-f]{16}\.html|yandex_[0-9a-f]{16}\.html",
    re.IGNORECASE,
)
"""Files that crawlers and installers read."""
_PAGES = frozenset({"404", "search"})
_COPY = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}|_conflict-\d{8}-\d{6}|_\d{6}-\d{4}_Conflict$|\.Conflict$|[\[(][Cc]onflict[\])]$"
    r"|\([^()]*(?:[Cc]onflicted copy|[Cc]onflict copy|[Cc]ase [Cc]onflict|SFConflict|conflict #\d+ on"
    r"|[Ii]n Konflikt stehende Kopie|[Cc]opie en conflit|[Cc]opia en conflicto|[Cc]opia in conflitto)[^()]*\)"
    r"|[._](?:BASE|LOCAL|REMOTE|BACKUP)_\d+$"
)
"""What Dropbox, Nextcloud, Seafile, Syncthing, Synology, Unison, Google Drive and git write into names."""
NO_ARTICLES = "no articles"
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
        return (*none, *sorted(Counter(map(_suffix, self.unread)).items()))

    @property
    def named(self) -> Mapping[str, str]:
        """All that is left out, in the order of the paths, each with why."""
        return dict(
            sorted({**self.left_out, **{path: f"{_suffix(path)} is not read" for path in self.unread}}.items())
        )


def left_out_line(counts: tuple[tuple[str, int], ...]) -> str:
    """The counts in words: ``no articles: 3, not read: 2 .adoc and 1 .org``; empty where nothing was left out."""
    none = [f"{kind}: {number}" for kind, number in counts if kind == NO_ARTICLES]
    unread = [f"{number} {kind}" for kind, number in counts if kind != NO_ARTICLES]
    return ", ".join([*none, *([f"not read: {' and '.join(unread)}"] if unread else [])])


def _suffix(path: str) -> str:
    return path[path.rfind(".") :].lower()


def select_articles(directory: Path, listing: Listing, include: tuple[str, ...] = ()) -> ArticleSelection:
    """Part the files of a listing into articles and what is left out.

    Args:
        directory: The articles directory.
        listing: What it holds.
        include: Patterns, as git has them, of what is an article whatever its name says.
    """
    let_in = Ignore("", list(include), None) if include else None
    articles: list[str] = []
    out: dict[str, str] = dict.fromkeys(listing.tools, "a folder of another program")
    unread: list[str] = []
    folders: dict[str, str | None] = {}
    for path, stat in listing.files.items():
        why = _by_name(path)
        if why is _NO_TEXT:
            continue
        if why is _UNREAD_TEXT:
            unread.append(path)
            continue
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


SECTION = "the page of a section, which only describes it"
COPY = "a copy that a program made of two versions in conflict"
PAGE = "a page of the site and no article"
PROJECT = "a file about the project"
MACHINE = "a file for crawlers or programs"
FOLDER = "a file of the site in the folder {}"
BUNDLE = "a resource of a headless bundle"
_UNREAD_TEXT = "a text of a kind that is not read"
_NO_TEXT = "no text"


def _by_name(path: str) -> str | None:
    """Why the file is left out, as far as its name tells; None where it may be an article."""
    if article_format(path) is None:
        return _UNREAD_TEXT if _suffix(path) in _UNREAD else _NO_TEXT
    folder, _, name = path.rpartition("/")
    stem = name[: name.rfind(".")]
    if is_section_page(name):
        return SECTION
    if _COPY.search(stem):
        return COPY
    if (folder.rpartition("/")[2] if stem.lower() == "index" else stem).lower() in _PAGES:
        return PAGE
    if _MACHINES.fullmatch(name):
        return MACHINE
    return PROJECT if _PROJECT.fullmatch(stem) or _PROJECT_UPPER.fullmatch(stem) else None


def is_plain_article(path: str, listing: Listing) -> bool:
    """Whether the file is an article by its name and its folder, so that nobody has to look into it."""
    return _by_name(path) is None and _by_folder(path[: path.rfind("/") + 1], listing) is None


def is_unread_text(path: str) -> bool:
    """Whether the file is a text of a kind that is not read."""
    return _by_name(path) is _UNREAD_TEXT


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
