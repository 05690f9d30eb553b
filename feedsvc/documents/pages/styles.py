"""The stylesheets, each a document of its own: within each page they would double what there is to keep."""

from collections.abc import Iterator
from functools import partial

from feedsvc.documents.document import Document, Recipe
from feedsvc.documents.keys import key
from feedsvc.documents.pages.theme import STYLES, Theme
from feedsvc.documents.pages.workshop import Workshop

MEDIA_TYPE = "text/css; charset=utf-8"


def styles(workshop: Workshop) -> Iterator[Recipe]:
    """The stylesheets of the theme."""
    for name in STYLES:
        path, contents = f"/{name}", key("style", workshop.theme.style_path(name))
        yield Recipe(path, contents, partial(_make, workshop.theme, path, name))


def _make(theme: Theme, path: str, name: str) -> Document:
    return Document(path, MEDIA_TYPE, theme.style(name))
