"""Names of files: which are articles, in which format, which describe articles, and which are no articles.

A sidecar belongs to one article: Nikola's ``tide.meta``, Eleventy's ``tide.11tydata.json``. A folder's data files
hold for everything below it: ``_index.md`` of Hugo and Zola, Eleventy's ``posts/posts.json``, Jekyll's
``_config.yml``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Format = Literal["text", "markdown", "html", "restructuredtext"]

_SUFFIXES: Mapping[Format, str] = {
    "text": ".txt .text",
    "markdown": ".md .markdown .mdown .mkd .mdx",
    "html": ".html .htm .xhtml",
    "restructuredtext": ".rst .rest",
}
ARTICLE_SUFFIXES: Mapping[str, Format] = MappingProxyType(
    {suffix: format_ for format_, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
)
"""Suffix, in lower case and with its dot, to format."""
SCRIPTS = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs", ".11tydata.ts")
"""Data files that are program code, which feedsvc never runs."""
SITE_FILES = frozenset(
    f"{name}.{suffix}"
    for name, suffixes in (
        ("_config", "yml yaml toml"),
        ("hugo", "toml yaml yml json"),
        ("config", "toml yaml yml"),
    )
    for suffix in suffixes.split()
)
"""Jekyll's and Hugo's configuration."""
_DIRECTORY_DATA = frozenset({".json", ".11tydata.json", *SCRIPTS})
_SIDECARS = (".meta", ".11tydata.json", ".json", *SCRIPTS)


def article_format(path: str) -> Format | None:
    """The format of the article at ``path``; None when the file is no article.

    The suffix counts in upper case too: cameras and old systems write ``STORY.TXT``.
    """
    dot = path.rfind(".")
    # Not by pathlib, which would take longer over a scan's names than the scan.
    return ARTICLE_SUFFIXES.get(path[dot:].lower()) if dot > path.rfind("/") + 1 else None


def is_section_page(name: str) -> bool:
    """Whether the file name is that of the page by which Hugo and Zola describe a folder: ``_index.md``."""
    return name.startswith("_index.") and article_format(name) is not None


def folder_data(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names in a folder called ``folder`` that describe all below it, sorted."""
    return tuple(
        sorted(
            name
            for name in names
            if name in SITE_FILES
            or is_section_page(name)
            or (name.startswith(folder) and name[len(folder) :] in _DIRECTORY_DATA)
        )
    )


def is_data_file(name: str) -> bool:
    """Whether a file of that name may describe articles."""
    return name in SITE_FILES or is_section_page(name) or is_sidecar(name)


def is_sidecar(name: str) -> bool:
    """Whether a file of that name may describe an article beside it."""
    return name.endswith(_SIDECARS)


def sidecars(path: str) -> Iterator[str]:
    """The paths that sidecars of the article at ``path`` may have, the one that counts most first.

    A translation (``tide.de.md``) without a sidecar has that of the article it translates.
    """
    folder, slash, file = path.rpartition("/")
    stem = file.rpartition(".")[0]
    for suffix in _SIDECARS:
        yield f"{folder}{slash}{stem}{suffix}"
    base, dot, language = stem.rpartition(".")
    if dot and base and len(language) <= len("pt-br"):
        yield f"{folder}{slash}{base}.meta"


IGNORE_FILE = ".feedsvcignore"
_SWAP = tuple(f".sw{letter}" for letter in "abcdefghijklmnop")
_ENDINGS = ("~", ".tmp", "___jb_tmp___", "___jb_old___", *_SWAP)
"""How the names end that editors write beside a file."""
TOOLS = frozenset({"__pycache__", "node_modules"})
"""Folders that programs fill."""
EXPORT_STATE, EXPORTED = ".feedsvc", "site"
"""In the folder of an export, what it keeps of itself, and the site that it writes (``feedsvc export``)."""
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


_UNREAD = frozenset(
    """
    .adoc .asciidoc .asc .org .docx .doc .odt .fodt .rtf .ipynb .textile .tex .wiki .mediawiki .creole .rmd .qmd
    .typ .pages .njk .liquid .hbs .haml .pug .ejs
    """.split()  # noqa: SIM905 - a list would take a page
)
"""Suffixes of texts that feedsvc does not read."""
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

SECTION = "the page of a section, which only describes it"
COPY = "a copy that a program made of two versions in conflict"
PAGE = "a page of the site and no article"
PROJECT = "a file about the project"
MACHINE = "a file for crawlers or programs"


def suffix_of(path: str) -> str:
    """The ending of the file's name from its last dot on, in lower case."""
    return path[path.rfind(".") :].lower()


def is_unread_text(path: str) -> bool:
    """Whether the file is a text of a kind that is not read."""
    return suffix_of(path) in _UNREAD


def why_left_out(path: str) -> str | None:
    """Why the file with an article's suffix is none, as far as its name tells; None where it may be an article."""
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
