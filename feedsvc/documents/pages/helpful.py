"""The pages that answer in vain, 404 and 410: they lead to what there is."""

from collections.abc import Sequence
from functools import partial

from feedsvc.articles.record import Record
from feedsvc.documents.document import NOT_FOUND, Document, Recipe
from feedsvc.documents.pages.tell import teaser_part, tell_teaser
from feedsvc.documents.pages.views import PageView
from feedsvc.documents.pages.workshop import Workshop

SHOWN = 5
"""How many of the newest articles the 404 names."""


def missing(workshop: Workshop, newest: Sequence[Record]) -> Recipe:
    """The page for every address that nothing is at (RFC 9110, section 15.5.5).

    Args:
        workshop: What pages are made with.
        newest: The newest articles of the site, newest first.
    """
    shown = newest[:SHOWN]
    contents = workshop.key("missing", [teaser_part(record) for record in shown])
    return Recipe(NOT_FOUND, contents, partial(_make_missing, workshop, shown))


def gone(workshop: Workshop, path: str) -> Recipe:
    """The page for what was taken back (RFC 9110, section 15.5.11). It does not say which: it was taken back."""
    return Recipe(path, workshop.key("gone"), partial(_make_gone, workshop, path))


def _make_missing(workshop: Workshop, shown: Sequence[Record]) -> Document:
    newest = tuple(tell_teaser(workshop.site, record) for record in shown)
    page = PageView("", "", None, workshop.view.feeds)
    return workshop.document(NOT_FOUND, "missing.html", page, status=404, hot=True, newest=newest)


def _make_gone(workshop: Workshop, path: str) -> Document:
    page = PageView("", "", None, workshop.view.feeds)
    return workshop.document(path, "gone.html", page, status=410)
