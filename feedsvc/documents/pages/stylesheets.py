"""The stylesheets, each a document of its own: within each page they would double its size."""

from collections.abc import Iterator
from functools import partial

from feedsvc.documents.fingerprints import key
from feedsvc.documents.model import STYLESHEET, Document, DocumentSpec
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.theme import STYLES, Theme

MEDIA_TYPE = "text/css; charset=utf-8"


def styles(renderer: PageRenderer) -> Iterator[DocumentSpec]:
    """The stylesheets of the theme."""
    for name in STYLES:
        path, contents = f"/{name}", key("style", renderer.theme.style_path(name))
        yield DocumentSpec(path, contents, partial(_make, renderer.theme, path, name))


def _make(theme: Theme, path: str, name: str) -> Document:
    return Document(path, STYLESHEET, MEDIA_TYPE, theme.style(name))
