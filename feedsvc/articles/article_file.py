"""The file of an article: opened, decoded, split into header and body, and rendered as HTML."""

import os
import stat as modes
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feedsvc.articles.body.sanitizer import is_tangled
from feedsvc.articles.frontmatter import parser
from feedsvc.articles.frontmatter.header import Header, keeps_from_feeds
from feedsvc.articles.frontmatter.loose_header import opens_restructured
from feedsvc.articles.markup.html import Rendering, read_html
from feedsvc.articles.markup.text import read_markdown, read_text
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.decoding import decode
from feedsvc.articles.source.names import Format, article_format
from feedsvc.core.open_beneath import open_beneath

_LAST_SECOND = 253_402_300_799
"""Of the year 9999; some file systems hold later ones."""


class ArticleFile(NamedTuple):
    """The file of an article, with the header that stands in it."""

    content: bytes
    modified: datetime
    """The modification time, in UTC."""
    text: str
    """The content, decoded."""
    format: Format
    header: Header
    body: str
    """The text below the header."""

    def line_of(self, rest: str) -> int:
        """The number of lines above ``rest``, which is the end of the text."""
        return self.text.count("\n", 0, len(self.text) - len(rest))


def open_article(directory: Path, path: str, size_limit: int, notes: Notes) -> ArticleFile:
    """Open the file at ``path`` of the articles directory; one of more than ``size_limit`` bytes is set aside.

    Raises:
        Unreadable: The file has to be set aside.
        OSError: The file cannot be opened, or vanished.
    """
    content, modified = _content(directory, path, size_limit, notes)
    text = decode(content, notes)
    return ArticleFile(content, modified, text, *_split(path, text, notes))


def header_of(directory: Path, path: str, options: ReadOptions) -> Header:
    """The header of the file at ``path``, with the fields that its format holds elsewhere.

    Raises:
        Unreadable: As :func:`read`.
        OSError: The file cannot be opened, or vanished.
    """
    notes = Notes(path)
    file = open_article(directory, path, options.size_limit, notes)
    return render(file, file.body, file.header, notes).header


def render(file: ArticleFile, body: str, header: Header, notes: Notes) -> Rendering:
    """Render an article as HTML.

    Args:
        file: The article's file.
        body: Its text below the header, in which shortcodes may have been resolved.
        header: Its header, to which other files may have added.
        notes: Collects warnings.

    Raises:
        Unreadable: It cannot be rendered.
    """
    if file.format == "restructuredtext":
        from feedsvc.articles.markup.restructured_text import read_restructured  # noqa: PLC0415 - few sites need docutils

        return read_restructured(body, header, file.line_of(body), notes)
    if file.format == "text":
        return read_text(body, header)
    if file.format == "html":
        _check_tags(body, notes)
        return read_html(body, header, notes)
    rendering = read_markdown(body, header, notes)
    _check_tags(rendering.html, notes)
    return rendering


def _check_tags(html: str, notes: Notes) -> None:
    if is_tangled(html):
        raise notes.unreadable(None, "the tags nest too deep", "close them, or write it flatter")


def _split(path: str, text: str, notes: Notes) -> tuple[Format, Header, str]:
    """The format, the header that stands above the text, and the text.

    Plain text with a header of Nikola's or Pelican's in reStructuredText is written in it. The fields below its
    title are left to docutils, unless they hide the article: then nothing is left to chance.
    """
    kind = article_format(path) or "text"
    if kind == "text" and opens_restructured(text):
        kind = "restructuredtext"
    header, body = parser.split(text, notes, known_only=kind in {"text", "restructuredtext"})
    if (
        kind == "restructuredtext"
        and header.dialect == "lines"
        and not any(map(keeps_from_feeds, header.entries.values()))
    ):
        return kind, Header(), text
    if kind == "text" and header.dialect == "comment" and not text.lstrip().startswith("<"):
        kind = "restructuredtext"
    return kind, header, body


def _content(directory: Path, path: str, limit: int, notes: Notes) -> tuple[bytes, datetime]:
    """The bytes of the file and its modification time, without ever waiting for a pipe or a device."""
    descriptor = open_beneath(directory, path)
    try:
        status = os.fstat(descriptor)
        if not modes.S_ISREG(status.st_mode):
            raise notes.unreadable(None, "this is no regular file", "put a file in its place")
        if status.st_size > limit:
            remedy = "shorten it, or raise the size limit"
            raise notes.unreadable(None, f"the file is larger than {limit} bytes", remedy)
        content = _read_all(descriptor, status.st_size)
    finally:
        os.close(descriptor)
    seconds = min(max(status.st_mtime_ns // 10**9, 0), _LAST_SECOND)
    return content, datetime.fromtimestamp(seconds, UTC)


def _read_all(descriptor: int, size: int) -> bytes:
    """The first ``size`` bytes of the file; what was written since is seen by the next scan."""
    content = os.read(descriptor, size)
    while len(content) < size and (more := os.read(descriptor, size - len(content))):
        content += more
    return content
