"""Which files are articles, by their suffix, and in which format each is written."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Literal

Format = Literal["text", "markdown", "html"]

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
    }
)
"""Suffix, in lower case and with its dot, to format."""


def article_format(path: str) -> Format | None:
    """The format of the article at ``path``; None when the file is no article.

    The suffix counts in upper case too: cameras and old systems write ``STORY.TXT``.
    """
    return ARTICLE_SUFFIXES.get(PurePosixPath(path).suffix.lower())
