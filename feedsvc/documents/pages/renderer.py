"""From templates to pages: the built-in theme and the operator's, and what every page of a site has in common."""

import traceback
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from jinja2 import (
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feedsvc.articles.model import Problem
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.documents.fingerprints import Part, key, site_part
from feedsvc.documents.model import Document, Link, Traits
from feedsvc.documents.pages.context import build_site
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.documents.pages.views import PageView
from feedsvc.documents.snapshot import Snapshot

MEDIA_TYPE = "text/html; charset=utf-8"

_OWN = PackageLoader(__package__)
_UNSTEADY = ("lipsum", "random")
"""Functions that give another value each time."""


@lru_cache(maxsize=4)
def _environment(theme: Theme, language: str) -> Environment:
    def load(name: str) -> tuple[str, str | None, None] | None:
        text = theme.template(name)
        return None if text is None else (text, f"{theme.folder}/{name}", None)

    kind = ImmutableSandboxedEnvironment if theme.has_templates else Environment
    environment = kind(
        # A theme's own base.html can say {% extends "built-in/base.html" %}.
        loader=ChoiceLoader([FunctionLoader(load), _OWN, PrefixLoader({"built-in": _OWN})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,  # a theme is a value, and feedsvc's own files are those it was started with
    )
    environment.policies["ext.i18n.trimmed"] = True
    words = translation_of(language).translations
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    for name in _UNSTEADY:
        environment.globals.pop(name, None)
        environment.filters.pop(name, None)
    return environment


def _problem(theme: Theme, fault: Exception) -> Problem:
    """What is wrong with a template, and where: the last of its lines that was being followed."""
    place, line = theme.folder, None
    if isinstance(fault, TemplateSyntaxError):
        place, line = fault.filename or place, fault.lineno
    else:
        for frame in traceback.extract_tb(fault.__traceback__):
            if frame.filename.startswith(f"{theme.folder}/"):
                place, line = frame.filename, frame.lineno
    what = f"the template cannot be used ({type(fault).__name__}: {fault})"
    remedy = "correct that line; until then pages are made by feedsvc's own templates"
    return Problem(place, line, what, remedy, of_site=True)


class PageRenderer:
    """Renders views as pages, by the templates of a theme and of feedsvc, and gives the keys of pages.

    Args:
        site: The site's options, as the operator has set them.
        theme: How its pages look.
    """

    def __init__(self, site: Site, theme: Theme = BUILT_IN) -> None:
        self.site = site
        self.theme = theme
        self.view = build_site(site, theme)

    def key(self, kind: str, *parts: Part) -> str:
        """The key of a page that shows ``parts``; a page also shows the site, and in the way of the theme."""
        return key(kind, site_part(self.site), self.theme.key, *parts)

    def document(  # noqa: PLR0913 - what a page may be beside its views
        self,
        path: str,
        traits: Traits,
        template: str,
        page: PageView,
        views: Mapping[str, object] = MappingProxyType({}),
        *,
        links: tuple[Link, ...] = (),
        frames: tuple[str, ...] = (),
        sunset: datetime | None = None,
    ) -> Document:
        """The page at ``path``; ``views`` are what its template shows beside the frame.

        Where the theme's template fails, feedsvc's own stands in, and the document says what is wrong.
        """
        problems: tuple[Problem, ...] = ()
        values = {"site": self.view, "page": page, **views}
        try:
            content = self._render(self.theme, template, values)
        except Exception as fault:  # whatever a theme's template may do wrong; it becomes a problem
            if not self.theme.has_templates:
                raise
            problems = (_problem(self.theme, fault),)
            content = self._render(BUILT_IN, template, values)
        return Document(
            path, traits, MEDIA_TYPE, content, links=links, frames=frames, sunset=sunset, problems=problems
        )

    def _render(self, theme: Theme, template: str, values: dict[str, object]) -> bytes:
        environment = _environment(theme if theme.has_templates else BUILT_IN, self.site.language)
        return environment.get_template(template).render(values).encode()


_made = lru_cache(maxsize=4)(PageRenderer)


def page_renderer(snapshot: Snapshot) -> PageRenderer:
    """The renderer of a site with a theme; one reads and compiles each template once."""
    return _made(snapshot.site, snapshot.theme)
