"""Links from article to article: a body has the addresses that follow from files' names, its readers get today's.

A file is read without the ledger, so its body cannot know at which page another article is by now. It says which
link means which file, and each document that shows the body leads to the page that the file's article has.
"""

import re
from collections.abc import Callable, Iterable
from html import escape

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site

_ANCHOR = re.compile(r"<a (?:[^<>\"]|\"[^\"]*\")*>")
"""The tag of a link as the sanitiser writes it, as a whole."""
_TARGET = re.compile(r'href="([^"#?]*)')

MovedLinks = tuple[tuple[str, str], ...]
"""Pairs of the path that a body links to, and the page that it means."""
LinksOf = Callable[[Record], MovedLinks]
"""Gives :func:`moved_links` of a record."""


def linked_sources(records: Iterable[Record]) -> frozenset[str]:
    """The files of the articles that these articles link to."""
    return frozenset(source for record in records for _, source in record.article.linked_articles)


def moved_links(record: Record, page_of: Callable[[str], str | None]) -> MovedLinks:
    """The links of an article to others that are at other pages than its body says.

    Args:
        record: The article.
        page_of: Gives the page of a public article by the path of its file; None for any other file.
    """
    found = ((address, page_of(source)) for address, source in record.article.linked_articles)
    return tuple((address, page) for address, page in found if page is not None and page != address)


def no_moved_links(_record: Record) -> MovedLinks:
    """As :data:`LinksOf`, where every article is at the page that bodies say."""
    return ()


def with_moved_links(body: str, site: Site, moved: MovedLinks) -> str:
    """The clean HTML ``body``, whose links lead to the pages they mean."""
    if not moved:
        return body
    targets = {escape(site.url(address)): escape(site.page_url(page)) for address, page in moved}

    def current(anchor: re.Match[str]) -> str:
        return _TARGET.sub(lambda found: f'href="{targets.get(found[1], found[1])}', anchor[0], count=1)

    return _ANCHOR.sub(current, body)
