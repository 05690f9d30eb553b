"""The pages of a 404 and a 410, which lead to what the site has."""

from collections.abc import Sequence
from functools import partial

from feedsvc.articles.record import Record
from feedsvc.documents.model import GONE, NOT_FOUND, NOT_FOUND_PATH, Document, DocumentSpec
from feedsvc.documents.pages.context import build_teaser, teaser_part
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import PageView

SHOWN = 5
"""How many of the newest articles the 404 names."""


def missing(renderer: PageRenderer, newest: Sequence[Record]) -> DocumentSpec:
    """The page for every address that nothing is at (RFC 9110, section 15.5.5).

    Args:
        renderer: Renders pages for the site, in its theme.
        newest: The newest articles of the site, newest first.
    """
    shown = newest[:SHOWN]
    contents = renderer.key("missing", [teaser_part(record) for record in shown])
    return DocumentSpec(NOT_FOUND_PATH, contents, partial(_make_missing, renderer, shown))


def _make_missing(workshop: PageRenderer, shown: Sequence[Record]) -> Document:
    newest = tuple(build_teaser(workshop.site, record) for record in shown)
    page = PageView("", "", None, workshop.view.feeds)
    return workshop.document(NOT_FOUND_PATH, NOT_FOUND, "missing.html", page, newest=newest)


def gone_page(renderer: PageRenderer, path: str) -> Document:
    """The page for what was withdrawn (RFC 9110, section 15.5.11). It does not say which article that was."""
    page = PageView("", "", None, renderer.view.feeds)
    return renderer.document(path, GONE, "gone.html", page)
