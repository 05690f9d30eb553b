"""The reader: makes an article of one file, by reading its header, rendering its text and cleaning the HTML."""

import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from feedsvc.articles.article_file import ArticleFile, open_article, render
from feedsvc.articles.body.images import with_dimensions
from feedsvc.articles.body.media import Digest, file_digest
from feedsvc.articles.body.sanitizer import clean
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter import media_fields
from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.frontmatter.fields import Fields, read_fields
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.inherited import with_sidecar, with_surroundings
from feedsvc.articles.frontmatter.linked_fields import (
    absolute_authors,
    absolute_links,
    declared_links,
    with_profiles,
)
from feedsvc.articles.frontmatter.media_fields import read_episode
from feedsvc.articles.identity.content_digest import content_digest, text_digest
from feedsvc.articles.identity.paths import PathInfo, read_path, short_slug
from feedsvc.articles.identity.wanted_address import alias_paths
from feedsvc.articles.markup.html import Rendering
from feedsvc.articles.markup.plain_words import (
    excerpt,
    first_sentence,
    one_line,
    plain_text,
    shorten,
    with_mark,
)
from feedsvc.articles.markup.shortcodes.notations import resolve
from feedsvc.articles.model import Article, Enclosure, Episode, Links, Picture, Reading
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.problems import Losses, Notes
from feedsvc.articles.source.listing import Listing, source_digest, stamp

_MORE = re.compile(
    r"<!--\s*(?:(?:(?:read[ -]?)?more|truncate|teaser_end|pelican_end_summary"
    r"|end[ _-]?(?:excerpt|summary|preview))\b[^<>]*"
    r"|(?:(?:excerpt|summary|preview)[ _-]?(?:end|separator)?|break|jump|cut|fold|end)\s*)-->"
    r"|<(a|span)\s(?:id|name)=\"more(?:-\d+)?\"[^<>]*>\s*</\1>",
    re.IGNORECASE,
)
"""The mark by which an author ends the excerpt, in all its spellings."""
_BEGINNING = re.compile(
    r"<!--\s*(?:pelican_begin_summary|(?:begin|start)[ _-]?excerpt|excerpt[ _-]?start)\s*-->", re.IGNORECASE
)
"""The mark by which an author begins the excerpt, where that is not at the top."""
_LONGEST_LEAD = 1_000
"""In characters; how much of what stands above the mark is taken."""
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
        MovedError: A file it refers to is no longer what the listing says.
        OSError: The file cannot be opened, or vanished.
    """
    notes, losses = Notes(path), Losses()
    file = open_article(directory, path, options.size_limit, notes)
    rendered = _rendered(file, directory, listing, notes)
    html, most = rendered.rendering.html, options.limits.media
    references = References(
        directory,
        listing,
        path,
        options.base_url,
        digest=digest,
        most_files=most,
        other_base_url=options.other_base_url,
        static=options.static,
    )
    calendar = options.calendar
    fields = _fields(rendered.rendering.header, calendar, options.limits, references, notes)
    body = with_dimensions(clean(html, references.absolute, options.iframe_hosts, losses), references)
    markdown = (file.body.strip("\n") or None) if options.keep_markdown and file.format == "markdown" else None
    place = read_path(path, calendar)
    draft = (fields.draft or place.draft) and not options.drafts
    article = _article(_Parts(file, rendered, fields, body, references, place, markdown, draft), notes)
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


class _Rendered(NamedTuple):
    """An article's text as HTML, with its header and what other files add to that."""

    rendering: Rendering
    headed: bool
    """Whether the article has a header of its own."""
    held_by: tuple[str, ...]
    """The other files that may keep the article from being published."""


def _rendered(file: ArticleFile, directory: Path, listing: Listing, notes: Notes) -> _Rendered:
    beside = with_sidecar(file.header, directory, notes.path, listing, notes)
    header, body = beside.header, file.body
    if file.format in {"markdown", "html"}:
        body = with_mark(body, header)
        body = resolve(body, notes, file.line_of(body), markdown=file.format == "markdown")
    rendering = render(file, body, header, notes)
    headed = bool(header.entries or (file.format == "restructuredtext" and rendering.header.entries))
    above = with_surroundings(rendering.header, directory, notes.path, listing, notes)
    if above.header is not rendering.header:
        rendering = replace(rendering, header=above.header)
    return _Rendered(rendering, headed, tuple(dict.fromkeys((*beside.held_by, *above.held_by))))


def _fields(
    header: Header, calendar: Calendar, limits: ReadingLimits, references: References, notes: Notes
) -> Fields:
    """The fields of the header, with the profiles of its authors."""
    fields = _capped(read_fields(header, calendar, notes), header, limits, notes)
    authors = with_profiles(fields.authors, header, references, notes)
    return fields if authors is fields.authors else replace(fields, authors=authors)


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


class _Parts(NamedTuple):
    """The parts from which an article is put together."""

    file: ArticleFile
    rendered: _Rendered
    fields: Fields
    body: str
    """The body as clean HTML."""
    references: References
    place: PathInfo
    markdown: str | None
    """The body as Markdown, where it is kept."""
    draft: bool

    @property
    def rendering(self) -> Rendering:
        """The text as HTML, before it was cleaned."""
        return self.rendered.rendering


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
        headed=parts.rendered.headed,
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
        held_by=parts.rendered.held_by,
        declared_addresses=fields.addresses,
        linked_articles=tuple(sorted(references.linked.items())),
        categories=fields.categories,
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
    words = parts.file.body.strip()
    if not words or parts.rendering.title is not None or one_line(words) == title:
        return False
    return not (_SHOWS.search(parts.body) or plain_text(parts.body))


def _summary(parts: _Parts) -> str:
    """The header's words, else those before ``<!--more-->``, else the first paragraph."""
    if parts.fields.summary is not None:
        return parts.fields.summary
    html = parts.rendering.html
    more = _MORE.search(html) if "<!--" in html or '="more' in html.lower() else None
    above = plain_text(clean(_lead(html, more), parts.references.absolute)) if more else ""
    return shorten(above, _LONGEST_LEAD) if above else excerpt(parts.body)


def _lead(html: str, more: re.Match[str]) -> str:
    """What stands above the mark ``more``, from the mark of its beginning on where there is one."""
    begin = _BEGINNING.search(html, 0, more.start())
    return html[begin.end() if begin else 0 : more.start()]
