"""Pages as readers of HTML see them, rendered from records."""

from collections.abc import Sequence

from every_document import Served, every_document
from lxml import etree, html

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.model import Document
from feedsvc.documents.pages.articles import article_page
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
    place = listed.index(record)
    older, newer = listed[place + 1 : place + 2], listed[max(0, place - 1) : place]
    page = article_page(PageRenderer(site, theme), record, entry, next(iter(older), None), next(iter(newer), None))
    return RenderedPage(page)


def listing_pages(site: Site, records: Sequence[Record], theme: Theme = BUILT_IN) -> dict[str, Served]:
    """The pages that list articles and channels, by path."""
    articles = {record.page for record in records}
    documents = every_document(site, records, theme=theme)
    pages = {path: served for path, served in documents.items() if path.endswith("/") and path not in articles}
    return {path: served for path, served in pages.items() if served.make().traits.kind in {"page", "preview"}}


def render_listing(site: Site, path: str, *records: Record, theme: Theme = BUILT_IN) -> RenderedPage:
    """One of them; the records come newest first."""
    return RenderedPage(listing_pages(site, records, theme)[path].make())
