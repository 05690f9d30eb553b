"""Reading one article: bytes, text, header, words, clean body, article. The entry point of reading."""

import os
import re
import stat as modes
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feedsvc.articles.body.images import with_dimensions
from feedsvc.articles.body.losses import Losses
from feedsvc.articles.body.media import Digest, file_digest
from feedsvc.articles.body.sanitizer import clean, is_tangled
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter import media_fields, parser
from feedsvc.articles.frontmatter.author_profiles import with_profiles
from feedsvc.articles.frontmatter.fields import Fields, read_fields
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.inherited import with_sidecar, with_surroundings
from feedsvc.articles.frontmatter.line_header import opens_restructured
from feedsvc.articles.frontmatter.media_fields import read_episode
from feedsvc.articles.frontmatter.related_links import absolute_links, declared_links
from feedsvc.articles.frontmatter.visibility import keeps_from_feeds
from feedsvc.articles.identity.content_digest import content_digest, text_digest
from feedsvc.articles.identity.paths import PathInfo, alias_paths, read_path, short_slug
from feedsvc.articles.markup.excerpt import (
    excerpt,
    first_sentence,
    one_line,
    plain_text,
    read_extent,
    shorten,
    with_mark,
)
from feedsvc.articles.markup.html import read_html
from feedsvc.articles.markup.markdown import read_markdown
from feedsvc.articles.markup.plain_text import read_text
from feedsvc.articles.markup.rendering import Rendering
from feedsvc.articles.markup.shortcodes.resolver import resolve
from feedsvc.articles.model import Article, Reading
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.decoding import decode
from feedsvc.articles.source.fingerprint import source_digest, stamp
from feedsvc.articles.source.formats import Format, article_format
from feedsvc.articles.source.listing import Listing
from feedsvc.core.open_beneath import open_beneath

_MORE = re.compile(
    r"<!--\s*(?:(?:(?:read[ -]?)?more|truncate|teaser_end|pelican_end_summary"
    r"|end[ _-]?(?:excerpt|summary|preview))\b[^<>]*"
    r"|(?:(?:excerpt|summary|preview)[ _-]?(?:end|separator)?|break|jump|cut|fold|end)\s*)-->"
    r"|<(a|span)\s(?:id|name)=\"more(?:-\d+)?\"[^<>]*>\s*</\1>",
    re.IGNORECASE,
)
"""The mark by which authors end what stands for the article, in all its spellings."""
_BEGINNING = re.compile(
    r"<!--\s*(?:pelican_begin_summary|(?:begin|start)[ _-]?excerpt|excerpt[ _-]?start)\s*-->", re.IGNORECASE
)
"""The mark by which they begin it, where that is not at the top."""
_LONGEST_LEAD = 1_000
"""In characters; how much of what stands above the mark is taken."""
_LONGEST_NOTICE = 500
"""In characters; what a page says that only sends its readers elsewhere."""
_SHOWS = re.compile(r"<(?:img|audio|video|iframe|svg|math|hr)\b")
_OPENS_WITH_WORDS = re.compile(r"\s*(?:<(?:p|h[1-6]|ul|ol|li|blockquote|em|strong)(?: id=\"[^\"<>]*\")?>\s*)*\w")
"""How nearly all bodies begin: with words, which is seen without a look at the rest."""
_LAST_SECOND = 253_402_300_799
"""Of the year 9999; some file systems hold later ones."""


def read(
    directory: Path, path: str, listing: Listing, rules: ReadOptions, digest: Digest = file_digest
) -> Reading:
    """Read the file at ``path``.

    Args:
        directory: The articles directory.
        path: The file, relative to it, with ``/``.
        listing: What the directory holds; references to files beside the article are looked up in it.
        rules: The settings to read by.
        digest: Gives the digests of files beside the article.

    Raises:
        Unreadable: The file has to be set aside; the exception says why and what to do.
        MovedError: A file it refers to is no longer what the listing says.
        OSError: The file cannot be opened, or vanished.
    """
    notes = Notes(path)
    content, modified = _content(directory, path, rules.size_limit, notes)
    text = decode(content, notes)
    kind, header, words = _opened(path, text, notes)
    said = words
    beside = with_sidecar(header, directory, path, listing, notes)
    header = beside.header
    markdown = (words.strip("\n") or None) if rules.keep_markdown and kind == "markdown" else None
    if kind in {"markdown", "html"}:
        words = with_mark(words, header)
        above = text.count("\n", 0, len(text) - len(words))
        words = resolve(words, notes, above, markdown=kind == "markdown")
    rendering = _render(kind, words, header, notes, text)
    headed = bool(header.entries or (kind == "restructuredtext" and rendering.header.entries))
    above_it = with_surroundings(rendering.header, directory, path, listing, notes)
    if above_it.header is not rendering.header:
        rendering = replace(rendering, header=above_it.header)
    references = References(directory, listing, path, rules.base_url, digest=digest, most_files=rules.limits.media)
    calendar = rules.calendar
    fields = _capped(read_fields(rendering.header, calendar, notes), rendering.header, rules.limits, notes)
    authors = with_profiles(fields.authors, rendering.header, references, notes)
    if authors is not fields.authors:
        fields = replace(fields, authors=authors)
    losses = Losses()
    body = with_dimensions(clean(rendering.html, references.absolute, rules.iframe_hosts, losses), references)
    held_by = tuple(dict.fromkeys((*beside.held_by, *above_it.held_by)))
    place = read_path(path, calendar)
    parts = _Parts(said, path, kind, fields, rendering, body, references, place, headed, markdown, held_by)
    article = _article(parts, notes)
    losses.report(text, notes)
    references.report(text, notes)
    return Reading(
        article=article,
        body=body,
        stamp=stamp(listing, [path, f"{path}/", *references.files, *references.missing, *references.sought]),
        source=source_digest(content, rules),
        modified=modified,
        markdown=markdown,
        inline=tuple((each.file.kept or "", each.text) for _, each in sorted(references.inline.items())),
        warnings=tuple(notes.warnings),
    )


def _capped(fields: Fields, header: Header, limits: ReadingLimits, notes: Notes) -> Fields:
    """The fields with the first of too many tags, authors and aliases: each has feeds and pages of its own."""
    capped = False
    for name, several, most in (
        ("tags", fields.tags, limits.tags),
        ("authors", fields.authors, limits.authors),
        ("aliases", fields.aliases, limits.aliases),
    ):
        if len(several) > most:
            entry = header.first(name)
            what = f"it has {len(several):,} {name}; the first {most:,} count"
            notes.warn(entry.line if entry else None, what, f"write fewer, or raise max_{name}")
            capped = True
    if not capped:
        return fields
    return replace(
        fields,
        tags=fields.tags[: limits.tags],
        authors=fields.authors[: limits.authors],
        aliases=fields.aliases[: limits.aliases],
    )


def header_of(directory: Path, path: str, rules: ReadOptions) -> Header:
    """What the file at ``path`` says of itself, key by key, for who wants to know where a value is from.

    Raises:
        Unreadable: As :func:`read`.
        OSError: The file cannot be opened, or vanished.
    """
    notes = Notes(path)
    text = decode(_content(directory, path, rules.size_limit, notes)[0], notes)
    kind, header, words = _opened(path, text, notes)
    return _render(kind, words, header, notes, text).header


def _opened(path: str, text: str, notes: Notes) -> tuple[Format, Header, str]:
    """The format, the header that stands above the text, and the text.

    Plain text with a header of Nikola's or Pelican's in reStructuredText is written in it. The fields below its
    title are left to docutils, unless they hide the article: then nothing is left to chance.
    """
    kind = article_format(path) or "text"
    if kind == "text" and opens_restructured(text):
        kind = "restructuredtext"
    header, words = parser.split(text, notes, known_only=kind in {"text", "restructuredtext"})
    if (
        kind == "restructuredtext"
        and header.dialect == "lines"
        and not any(map(keeps_from_feeds, header.entries.values()))
    ):
        return kind, Header(), text
    if kind == "text" and header.dialect == "comment" and not text.lstrip().startswith("<"):
        kind = "restructuredtext"
    return kind, header, words


class _Parts(NamedTuple):
    """What an article is put together from."""

    words: str
    """What stands below the header."""

    path: str
    format: Format
    fields: Fields
    rendering: Rendering
    body: str
    references: References
    place: PathInfo
    headed: bool
    markdown: str | None
    held_by: tuple[str, ...]


def _article(parts: _Parts, notes: Notes) -> Article:
    fields, place, references = parts.fields, parts.place, parts.references
    title = fields.title or parts.rendering.title or first_sentence(plain_text(parts.body)) or None
    image = media_fields.lead_image(fields.image, parts.body, references)
    enclosures = media_fields.enclosures(fields.attachments, parts.body, references, notes)
    episode = read_episode(parts.rendering.header, references, notes)
    links = declared_links(parts.rendering.header, notes)
    meant = content_digest(
        title, parts.rendering.html, fields, references.files.values(), episode=episode, links=links
    )
    if fields.published is None and place.fault is not None:
        notes.warn(None, f"the name: {place.fault.what}", "mend it, or write a date into the header")
    leads_to = _leads_to(parts)
    hollow = not (image or enclosures or links.external or leads_to) and _is_hollow(parts, title)
    if hollow:
        remedy = "write words, or name a picture or a link in the header"
        notes.warn(None, "nothing of it is left to be told, so it is not published", remedy)
    return Article(
        path=parts.path,
        format=parts.format,
        title=title or place.name,
        summary=_summary(parts),
        section=place.section,
        slug=short_slug(fields.slug or "") or place.slug or f"article{meant[:8]}",
        id=fields.id,
        published=fields.published or place.published,
        updated=fields.updated,
        draft=fields.draft or place.draft,
        tags=fields.tags,
        authors=media_fields.authors(fields.authors, references),
        language=fields.language or place.language,
        image=image,
        enclosures=enclosures,
        media=references.media(),
        meaning=meant,
        body=text_digest(parts.body),
        expires=fields.expires,
        unlisted=fields.unlisted,
        aliases=alias_paths(fields.aliases, place.folder, references.base_url, notes),
        headed=parts.headed,
        placed=fields.slug is not None,
        episode=episode,
        hollow=hollow,
        leads_to=leads_to,
        extent=read_extent(parts.rendering.header, notes),
        links=absolute_links(links, references),
        utc_offset=fields.utc_offset,
        original=place.original,
        section_key=place.section_key,
        updated_line=fields.updated_line,
        markdown=parts.markdown and text_digest(parts.markdown),
        held_by=parts.held_by,
    )


def _leads_to(parts: _Parts) -> str | None:
    """The address to which a file only sends its readers (jekyll-redirect-from, pages that generators write)."""
    entry = parts.rendering.header.first("redirect")
    if entry is None or not isinstance(entry.value, str):
        return None
    if len(plain_text(parts.body)) > _LONGEST_NOTICE:
        return None  # a page in its own right, which moves on by itself
    return parts.references.absolute(entry.value)


def _is_hollow(parts: _Parts, title: str | None) -> bool:
    """Whether the file said something, and neither words nor a picture or player are left of it."""
    if _OPENS_WITH_WORDS.match(parts.body):
        return False
    words = parts.words.strip()
    if not words or parts.rendering.title is not None or one_line(words) == title:
        return False
    return not (_SHOWS.search(parts.body) or plain_text(parts.body))


def _summary(parts: _Parts) -> str:
    """The header's words, else those before ``<!--more-->``, else the first paragraph."""
    if parts.fields.summary is not None:
        return parts.fields.summary
    more = _MORE.search(parts.rendering.html)
    above = plain_text(clean(_lead(parts.rendering.html, more), parts.references.absolute)) if more else ""
    return shorten(above, _LONGEST_LEAD) if above else excerpt(parts.body)


def _lead(html: str, more: re.Match[str]) -> str:
    """What stands above the mark ``more``, from the mark of its beginning on where there is one."""
    begin = _BEGINNING.search(html, 0, more.start())
    return html[begin.end() if begin else 0 : more.start()]


def _render(kind: Format, words: str, header: Header, notes: Notes, text: str) -> Rendering:
    """Render the ``words`` of the file that holds ``text``."""
    if kind == "restructuredtext":
        from feedsvc.articles.markup.restructured_text import read_restructured  # noqa: PLC0415 - few sites need docutils

        return read_restructured(words, header, text.count("\n", 0, len(text) - len(words)), notes)
    if kind == "text":
        return read_text(words, header)
    if kind == "html":
        _check_tags(words, notes)
        return read_html(words, header, notes)
    rendering = read_markdown(words, header, notes)
    _check_tags(rendering.html, notes)
    return rendering


def _check_tags(html: str, notes: Notes) -> None:
    if is_tangled(html):
        raise notes.unreadable(None, "the tags nest too deep", "close them, or write it flatter")


def _content(directory: Path, path: str, limit: int, notes: Notes) -> tuple[bytes, datetime]:
    """The file's bytes and modification time. No pipe or device is ever waited for."""
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
    """The first ``size`` bytes; what was written since belongs to a file that has moved, and is seen to have."""
    content = os.read(descriptor, size)
    while len(content) < size and (more := os.read(descriptor, size - len(content))):
        content += more
    return content
