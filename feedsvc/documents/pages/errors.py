"""The pages that answer in vain, 404 and 410: they lead to what there is."""

from collections.abc import Sequence
from functools import partial

from feedsvc.articles.record import Record
from feedsvc.documents.model import GONE, NOT_FOUND, NOT_FOUND_PATH, Document, DocumentSpec
from feedsvc.documents.pages.context import build_teaser, teaser_part
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import PageView

SHOWN = 5
"""How many of the newest articles the 404 names."""


def missing(workshop: PageRenderer, newest: Sequence[Record]) -> DocumentSpec:
    """The page for every address that nothing is at (RFC 9110, section 15.5.5).

    Args:
        workshop: What pages are made with.
        newest: The newest articles of the site, newest first.
    """
    shown = newest[:SHOWN]
    contents = workshop.key("missing", [teaser_part(record) for record in shown])
    return DocumentSpec(NOT_FOUND_PATH, contents, partial(_make_missing, workshop, shown))


def gone(workshop: PageRenderer, path: str) -> DocumentSpec:
    """The page for what was taken back (RFC 9110, section 15.5.11). It does not say which: it was taken back."""
    return DocumentSpec(path, workshop.key("gone"), partial(_make_gone, workshop, path))


def _make_missing(workshop: PageRenderer, shown: Sequence[Record]) -> Document:
    newest = tuple(build_teaser(workshop.site, record) for record in shown)
    page = PageView("", "", None, workshop.view.feeds)
    return workshop.document(NOT_FOUND_PATH, NOT_FOUND, "missing.html", page, newest=newest)


def _make_gone(workshop: PageRenderer, path: str) -> Document:
    page = PageView("", "", None, workshop.view.feeds)
    return workshop.document(path, GONE, "gone.html", page)
