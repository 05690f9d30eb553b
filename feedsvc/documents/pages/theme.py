"""A theme: the templates and stylesheets that stand in place of feedsvc's own."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from feedsvc.articles.model import Problem
from feedsvc.documents.feeds.model import FEED_STYLE

STYLE = "style.css"
"""The stylesheet of the pages."""
STYLES = (STYLE, FEED_STYLE)


@dataclass(frozen=True, slots=True)
class Theme:
    """The files of a theme, as plain values; whoever reads them from a disk makes one."""

    folder: str = ""
    """Where they came from, as problems name it."""
    sources: tuple[tuple[str, str], ...] = ()
    """Each file's name below the folder, with ``/``, and its text, in the order of the names: templates as
    ``*.html``, and :data:`STYLES`."""
    problems: tuple[Problem, ...] = ()
    """The file that could not be read."""

    @property
    def key(self) -> str:
        """A digest of all that pages take from it."""
        return _digest(self.sources)

    def template(self, name: str) -> str | None:
        """The text of a template; None where the theme has none of that name."""
        return dict(self.sources).get(name) if name.endswith(".html") else None

    @property
    def has_templates(self) -> bool:
        """Whether it replaces any template, and not only stylesheets."""
        return any(name.endswith(".html") for name, _ in self.sources)

    def style(self, name: str) -> bytes:
        """One of the :data:`STYLES`, in UTF-8."""
        own = dict(self.sources).get(name)
        return (_built_in(name) if own is None else own).encode()

    def style_path(self, name: str) -> str:
        """Its path, with a query that makes browsers fetch it together with the pages written for it."""
        return f"/{name}?{hashlib.sha256(self.style(name)).hexdigest()[:8]}"


BUILT_IN = Theme()


@lru_cache(maxsize=4)
def _digest(sources: tuple[tuple[str, str], ...]) -> str:
    return hashlib.sha256(json.dumps(sources).encode("ascii")).hexdigest()


@lru_cache(maxsize=4)
def _built_in(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")
