"""Kinds of files by their names: which are articles, in which format, and which describe articles.

A sidecar belongs to one article: Nikola's ``tide.meta``, Eleventy's ``tide.11tydata.json``. A folder's data files
hold for everything below it: ``_index.md`` of Hugo and Zola, Eleventy's ``posts/posts.json``, Jekyll's
``_config.yml``.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal

Format = Literal["text", "markdown", "html", "restructuredtext"]

ARTICLE_SUFFIXES: Mapping[str, Format] = MappingProxyType(
    {
        ".txt": "text",
        ".text": "text",
        ".md": "markdown",
        ".markdown": "markdown",
        ".mdown": "markdown",
        ".mkd": "markdown",
        ".mdx": "markdown",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".rst": "restructuredtext",
        ".rest": "restructuredtext",
    }
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
