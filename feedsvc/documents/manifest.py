"""Documents that a round prepares, because they are polled: what each is made of, without making any of it.

Everything else is rendered when somebody asks for it (:mod:`.on_demand`).
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from feedsvc.articles.identity.paths import NO_TRANSLATIONS, Translations
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import KeyField, Site
from feedsvc.documents.feeds.channel_feeds import NEVER, channel_feeds
from feedsvc.documents.feeds.entries import Body, EntryFactory, LinksOf, no_moved_links
from feedsvc.documents.fingerprints import PartOfRecord, key
from feedsvc.documents.model import STYLESHEET, Document, DocumentSpec, cache_key
from feedsvc.documents.pages.listings import landing_page, missing
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.theme import BUILT_IN, STYLES, Theme
from feedsvc.documents.redirects import guessed_addresses, moved_by_operator
from feedsvc.documents.site_files import subscription_list


def document_specs(  # noqa: PLR0913 - all that the documents are made of
    site: Site,
    channels: Sequence[Channel],
    body: Body,
    *,
    pages: Container[str],
    translations: Translations = NO_TRANSLATIONS,
    links_of: LinksOf = no_moved_links,
    since: datetime | None = None,
    theme: Theme = BUILT_IN,
    changed: Container[str] | None = None,
) -> Iterator[DocumentSpec]:
    """List the documents that the round prepares.

    Args:
        site: The site's options, as the operator has set them.
        channels: The channels, each with its articles newest first, and their positions in its archive.
        body: Called with ``Article.body`` when a document that shows the article is made.
        pages: The pages of all public articles.
        translations: The pages of articles in several languages, by id.
        links_of: Gives the links of an article to others that are at other pages than its body says.
        since: What was withdrawn after that moment is told of as such; None for all.
        theme: How the pages look.
        changed: The paths of the channels whose feeds are listed, since those of the others stay as they are;
            None for all channels.

    Yields:
        One for each path. Where two things claim a path, what the operator has moved comes first, then what has
        content, then the site's own redirects.
    """
    listed = channels[0].records
    part_of = PartOfRecord(translations, links_of)
    entry_of = EntryFactory(site, body, translations, links_of)
    renderer = PageRenderer(site, theme)
    shown = (channel for channel in channels if changed is None or channel.path in changed)
    specs = chain(
        moved_by_operator(renderer),
        *(channel_feeds(site, channel, part_of, entry_of, since) for channel in shown),
        [landing_page(renderer, channels), subscription_list(site, channels)],
        [*(_stylesheet(theme, name) for name in STYLES), missing(renderer, listed)],
        guessed_addresses(site, pages),
    )
    # What shares articles is made one after another, so that few of them have to be at hand; the newest, which
    # the next round will need, come last.
    for spec in sorted(_first_of_each_path(specs), key=lambda spec: spec.newest or NEVER):
        yield _with_cache_key(site.key_field, spec)


def _first_of_each_path(specs: Iterator[DocumentSpec]) -> Iterator[DocumentSpec]:
    seen = set()
    for spec in specs:
        if spec.path not in seen:
            seen.add(spec.path)
            yield spec


def _with_cache_key(field: KeyField | None, spec: DocumentSpec) -> DocumentSpec:
    """The specification of the same document with a cache key, if the site has such a header field."""
    if field is None or not spec.shows:
        return spec
    new_key = key(field, spec.key, cache_key(field, spec.shows))
    return replace(spec, key=new_key, make=lambda: spec.make().with_cache_key(field, spec.shows))


def _stylesheet(theme: Theme, name: str) -> DocumentSpec:
    """A stylesheet as a document of its own: within each page it would double the size."""
    document = Document(f"/{name}", STYLESHEET, "text/css; charset=utf-8", theme.style(name))
    return DocumentSpec(document.path, key("style", theme.style_path(name)), lambda: document)
