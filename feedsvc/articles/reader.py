"""The reader: makes an article of one file, by reading its header, rendering its text and cleaning the HTML."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from feedsvc.articles.article_file import ArticleFile, open_article, render
from feedsvc.articles.body.media import Digest, file_digest, with_dimensions
from feedsvc.articles.body.sanitizer import clean
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter import media_fields
from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.frontmatter.fields import Fields, read_fields
from feedsvc.articles.frontmatter.header import Header, pick
from feedsvc.articles.frontmatter.inherited import inherit
from feedsvc.articles.frontmatter.linked_fields import (
    absolute_authors,
    absolute_links,
    declared_links,
    with_profiles,
)
from feedsvc.articles.frontmatter.media_fields import read_episode
from feedsvc.articles.identity.paths import PathInfo, read_path, short_slug
from feedsvc.articles.identity.wanted_address import alias_paths
from feedsvc.articles.markup.dialects.inline import with_brackets
from feedsvc.articles.markup.html import Rendering
from feedsvc.articles.markup.plain_words import (
    LONGEST_LEAD,
    excerpt,
    first_sentence,
    marked_lead,
    one_line,
    plain_text,
    shorten,
    with_mark,
)
from feedsvc.articles.markup.shortcodes.notations import public_source, resolve
from feedsvc.articles.model import NO_LINKS, Article, Enclosure, Episode, Links, MediaFile, Picture, Reading
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.problems import Losses, Notes
from feedsvc.articles.source.listing import Listing, source_digest, stamp

_LONGEST_NOTICE = 500
"""In characters; what a page says that only sends its readers elsewhere."""
_SHOWS = re.compile(r"<(?:img|audio|video|iframe|svg|math|hr)\b")
_OPENS_WITH_WORDS = re.compile(r"\s*(?:<(?:p|h[1-6]|ul|ol|li|blockquote|em|strong)(?: id=\"[^\"<>]*\")?>\s*)*\w")
"""How nearly all bodies begin: with words, which is seen without a look at the rest."""


def read(
    directory: Path, path: str, listing: Listing, options: ReadOptions, digest: Digest = file_digest
) -> Reading:
    """Read the file at ``path``.

    Args:
        directory: The articles directory.
        path: The file, relative to it, with ``/``.
        listing: What the directory holds; references to files beside the article are looked up in it.
        options: The settings to read by.
        digest: Gives the digests of files beside the article.

    Raises:
        Unreadable: The file has to be set aside; the exception says why and what to do.
        FileChangedError: A file it refers to is no longer what the listing says.
        OSError: The file cannot be opened, or vanished.
    """
    notes, losses, calendar = Notes(path), Losses(), options.calendar
    file = open_article(directory, path, options.size_limit, notes)
    rendering, headed, held_by = _rendered(file, directory, listing, notes)
    references = References(directory, listing, path, options, digest)
    fields = _fields(rendering.header, calendar, options.limits, references, notes)
    html = with_brackets(rendering.html, references.absolute)
    cleaned = clean(html, references.absolute, options.iframe_hosts, losses)
    body = with_dimensions(cleaned, references.published(), references.picture_size)
    is_kept = options.keep_markdown and file.format == "markdown"
    markdown = (public_source(file.body, path).strip("\n") or None) if is_kept else None
    place = read_path(path, calendar)
    draft = (fields.draft or place.draft) and not options.drafts
    parts = _Parts(file, rendering, headed, held_by, fields, body, references, place, markdown, draft)
    article = _article(parts, notes)
    losses.report(file.text, notes)
    references.report(file.text, notes)
    return Reading(
        article=article,
        body=body,
        stamp=stamp(listing, path, [f"{path}/", *references.files, *references.missing, *references.sought]),
        source=source_digest(file.content, options),
        modified=file.modified,
        markdown=markdown,
        inline=tuple((each.file.kept or "", each.text) for _, each in sorted(references.inline.items())),
        warnings=tuple(notes.warnings),
    )


def _rendered(
    file: ArticleFile, directory: Path, listing: Listing, notes: Notes
) -> tuple[Rendering, bool, tuple[str, ...]]:
    """The text as HTML, whether it has a header of its own, and the other files that may hide the article."""
    header, held_beside = inherit(file.header, listing.own_data(notes.path), directory, listing, notes)
    body = file.body
    if file.format in {"markdown", "html"}:
        body = with_mark(body, header)
        body = resolve(body, notes, file.line_of(body), markdown=file.format == "markdown")
    rendering = render(file, body, header, notes)
    headed = bool(header.entries or (file.format == "restructuredtext" and rendering.header.entries))
    whole, held_above = inherit(rendering.header, listing.folder_data(notes.path), directory, listing, notes)
    if whole is not rendering.header:
        rendering = replace(rendering, header=whole)
    return rendering, headed, tuple(dict.fromkeys((*held_beside, *held_above)))


def _fields(
    header: Header, calendar: Calendar, limits: ReadingLimits, references: References, notes: Notes
) -> Fields:
    """The fields of the header, with the profiles of its authors.

    Of too many tags, authors and aliases the first are taken: each has feeds and pages of its own.
    """
    fields = read_fields(header, calendar, notes)
    numbers = {"tags": len(fields.tags), "authors": len(fields.authors), "aliases": len(fields.aliases)}
    most = {"tags": limits.tags, "authors": limits.authors, "aliases": limits.aliases}
    beyond = [name for name, number in numbers.items() if number > most[name]]
    for name in beyond:
        what = f"it has {numbers[name]:,} {name}; the first {most[name]:,} count"
        notes.warn(header.line_of(name), what, f"write fewer, or raise max_{name}")
    if beyond:
        fields = replace(fields, **{name: getattr(fields, name)[: most[name]] for name in beyond})
    authors = with_profiles(fields.authors, header, references, notes)
    return fields if authors is fields.authors else replace(fields, authors=authors)


class _Parts(NamedTuple):
    """The parts from which an article is put together."""

    file: ArticleFile
    rendering: Rendering
    """The text as HTML before it was cleaned, with all headers."""
    headed: bool
    held_by: tuple[str, ...]
    fields: Fields
    body: str
    """The body as clean HTML."""
    references: References
    place: PathInfo
    markdown: str | None
    """The body as Markdown, where it is kept."""
    draft: bool


class _Derived(NamedTuple):
    """Values that follow from several parts of an article."""

    title: str | None
    image: Picture | None
    enclosures: tuple[Enclosure, ...]
    episode: Episode | None
    links: Links
    digest: str
    """The digest of all that the article says (:func:`content_digest`)."""
    leads_to: str | None
    hollow: bool


def _derived(parts: _Parts, notes: Notes) -> _Derived:
    fields, references, rendering = parts.fields, parts.references, parts.rendering
    title = fields.title or rendering.title or first_sentence(plain_text(parts.body)) or None
    image = media_fields.lead_image(fields.image, parts.body, references)
    enclosures = media_fields.enclosures(fields.attachments, parts.body, references, notes)
    episode = read_episode(rendering.header, references, notes)
    links = declared_links(rendering.header, notes)
    digest = content_digest(title, rendering.html, fields, references.files.values(), episode=episode, links=links)
    if fields.published is None and parts.place.date_error is not None:
        notes.warn(None, f"the name: {parts.place.date_error.what}", "mend it, or write a date into the header")
    leads_to = _leads_to(parts)
    hollow = not (image or enclosures or links.external or leads_to) and _is_hollow(parts, title)
    if hollow:
        remedy = "write words, or name a picture or a link in the header"
        notes.warn(None, "nothing remains of it that a feed could carry, so it is not published", remedy)
    return _Derived(title, image, enclosures, episode, links, digest, leads_to, hollow)


def _article(parts: _Parts, notes: Notes) -> Article:
    fields, place, references, derived = parts.fields, parts.place, parts.references, _derived(parts, notes)
    return Article(
        path=notes.path,
        format=parts.file.format,
        title=derived.title or place.name,
        summary=_summary(parts),
        section=place.section,
        slug=short_slug(fields.slug or "") or place.slug or f"article{derived.digest[:8]}",
        id=fields.id,
        published=fields.published or place.published,
        updated=fields.updated,
        draft=parts.draft,
        tags=fields.tags,
        authors=absolute_authors(fields.authors, references),
        language=fields.language or place.language,
        image=derived.image,
        enclosures=derived.enclosures,
        media=references.media(),
        meaning=derived.digest,
        body=text_digest(parts.body),
        expires=fields.expires,
        unlisted=fields.unlisted,
        aliases=alias_paths(fields.aliases, place.folder, references.base_url, notes),
        headed=parts.headed,
        placed=fields.slug is not None,
        episode=derived.episode,
        hollow=derived.hollow,
        leads_to=derived.leads_to,
        extent=fields.extent,
        links=absolute_links(derived.links, references),
        utc_offset=fields.utc_offset,
        original=place.original,
        section_key=place.section_key,
        updated_line=fields.updated_line,
        markdown=parts.markdown and text_digest(parts.markdown),
        held_by=parts.held_by,
        declared_addresses=fields.addresses,
        linked_articles=tuple(sorted(references.linked.items())),
        categories=fields.categories,
    )


def _leads_to(parts: _Parts) -> str | None:
    """The address to which a file only sends its readers (jekyll-redirect-from, pages that generators write).

    Of several the first counts, as in Jekyll. A page that says much is one in its own right, which moves on later.
    """
    entry = parts.rendering.header.first("redirect")
    value = entry.value if entry else ""
    address = pick(value[0] if isinstance(value, list) else value)
    if address is None or len(plain_text(parts.body)) > _LONGEST_NOTICE:
        return None
    return parts.references.absolute(address)


def _is_hollow(parts: _Parts, title: str | None) -> bool:
    """Whether the file said something, and neither words nor a picture or player are left of it."""
    if _OPENS_WITH_WORDS.match(parts.body):
        return False
    words = parts.file.body.strip()
    if not words or parts.rendering.title is not None or one_line(words) == title:
        return False
    return not (_SHOWS.search(parts.body) or plain_text(parts.body))


def _summary(parts: _Parts) -> str:
    """The header's words, else those before ``<!--more-->``, else the first paragraph."""
    if parts.fields.summary is not None:
        return parts.fields.summary
    lead = marked_lead(parts.rendering.html)
    above = plain_text(clean(lead, parts.references.absolute)) if lead else ""
    return shorten(above, LONGEST_LEAD) if above else excerpt(parts.body)


def content_digest(  # noqa: PLR0913 - all that a subscriber reads
    title: str | None,
    html: str,
    fields: Fields,
    files: Iterable[MediaFile],
    *,
    episode: Episode | None = None,
    links: Links = NO_LINKS,
) -> str:
    """SHA-256, in hex (see :attr:`feedsvc.articles.model.Article.meaning`).

    Args:
        title: None where the title was made of the file's name, which may change.
        html: The body before it was sanitised: its URLs are as written, and a new sanitiser does not change it.
        fields: The header.
        files: The media files that the article uses; their bytes count, their paths do not.
        episode: The data for podcast players.
        links: The links as the header writes them.
    """
    read: dict[str, object] = {
        "attachments": [[each.url, each.media_type, each.length] for each in fields.attachments],
        "authors": [[author.name, author.url] for author in fields.authors],
        "files": sorted(file.digest for file in files),
        "html": " ".join(html.split()),
        "image": fields.image,
        "language": fields.language,
        "summary": _one_blank(fields.summary),
        "tags": sorted(fields.tags),
        "title": _one_blank(title),
    }
    if episode is not None:
        read["episode"] = [episode.number, episode.season, episode.kind, episode.explicit]
    if links.external or links.via or links.related:  # the canonical address is left out: no feed reader shows it
        read["links"] = [links.external, links.via, links.related]
    return text_digest(json.dumps(read, sort_keys=True, ensure_ascii=False))


def _one_blank(text: str | None) -> str | None:
    """The text with every run of white space as one blank."""
    return None if text is None else " ".join(text.split())


def text_digest(text: str) -> str:
    """SHA-256, in hex, of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
