"""Which files are articles, by their suffix, and in which format each is written."""

from collections.abc import Mapping
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


def article_format(path: str) -> Format | None:
    """The format of the article at ``path``; None when the file is no article.

    The suffix counts in upper case too: cameras and old systems write ``STORY.TXT``.
    """
    dot = path.rfind(".")
    # Not by pathlib, which would take longer over a scan's names than the scan.
    return ARTICLE_SUFFIXES.get(path[dot:].lower()) if dot > path.rfind("/") + 1 else None
