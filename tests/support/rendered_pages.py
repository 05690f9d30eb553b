"""Pages as readers of HTML see them, rendered from records."""

from collections.abc import Iterator, Sequence

from lxml import etree, html

from feedsvc.articles.record import Record
from feedsvc.channels.archive import archive
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.fingerprints import record_parts
from feedsvc.documents.model import Document, DocumentSpec
from feedsvc.documents.pages.articles import article_pages
from feedsvc.documents.pages.listings import channel_pages, directories
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.theme import BUILT_IN, Theme


class RenderedPage:
    """A page."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.content.decode()
        self._tree: etree._Element = html.document_fromstring(self.text)

    def _found(self, path: str) -> list[etree._Element]:
        return self._tree.xpath(path)  # type: ignore[return-value]  # what it finds depends on the path

    def texts(self, path: str) -> list[str]:
        """The words of the elements at an XPath."""
        return ["".join(map(str, element.itertext())) for element in self._found(path)]

    def values(self, path: str) -> list[str]:
        """The values that an XPath finds."""
        return [str(value) for value in self._found(path)]

    def pairs(self, path: str, one: str, other: str) -> list[tuple[str | None, str | None]]:
        """Two attributes of the elements at an XPath."""
        return [(element.get(one), element.get(other)) for element in self._found(path)]


def render_article(
    site: Site, entry: Entry, *beside: Record, record: Record, theme: Theme = BUILT_IN
) -> RenderedPage:
    """The page of ``record``, told as ``entry``, among those ``beside`` it, which come newest first."""
    listed = sorted((record, *beside), key=lambda each: each.published, reverse=True)
    recipes = article_pages(PageRenderer(site, theme), [record], listed, record_parts([record]), lambda _: entry)
    return RenderedPage(next(recipes).make())


def listing_specs(site: Site, records: Sequence[Record], theme: Theme = BUILT_IN) -> dict[str, DocumentSpec]:
    """The pages that list articles and channels, by path."""

    def recipes() -> Iterator[DocumentSpec]:
        workshop = PageRenderer(site, theme)
        channels = select(site, records, {record.id: record for record in records}).channels
        archives = {channel.path: archive(channel, site.archive_size) for channel in channels}
        yield from channel_pages(workshop, channels, archives, records)
        yield from directories(workshop, channels)

    return {recipe.path: recipe for recipe in recipes()}


def render_listing(site: Site, path: str, *records: Record, theme: Theme = BUILT_IN) -> RenderedPage:
    """One of them; the records come newest first."""
    return RenderedPage(listing_specs(site, records, theme)[path].make())
