"""From templates to pages: the built-in theme and the operator's, and what every page of a site has in common."""

import traceback
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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
from feedsvc.documents.pages.views import PageView, SiteView

MEDIA_TYPE = "text/html; charset=utf-8"

_OWN = PackageLoader(__package__)
_UNSTEADY = ("lipsum", "random")
"""Functions that give another value each time."""


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page in UTF-8, and why it is not as the theme has it, if so."""

    content: bytes
    problems: tuple[Problem, ...] = ()


class TemplateRenderer:
    """Writes the pages of one site.

    Args:
        site: What every page shows of it.
        theme: Whose templates stand before feedsvc's own.
    """

    def __init__(self, site: SiteView, theme: Theme = BUILT_IN) -> None:
        self._site = site
        self._theme = theme

    def __call__(self, template: str, page: PageView, **views: object) -> RenderedPage:
        """Write one page by the template of that name; ``views`` are what it shows beside the frame."""
        values = {"site": self._site, "page": page, **views}
        language = self._site.language
        if self._theme.has_templates:
            try:
                return RenderedPage(_write(_environment(self._theme, language), template, values))
            except Exception as fault:  # noqa: BLE001 - whatever a theme's template may do wrong; it becomes a problem
                return RenderedPage(
                    _write(_environment(BUILT_IN, language), template, values), (_problem(self._theme, fault),)
                )
        return RenderedPage(_write(_environment(BUILT_IN, language), template, values))


def _write(environment: Environment, template: str, values: dict[str, object]) -> bytes:
    return environment.get_template(template).render(values).encode()


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
    """Makes pages of views, and their keys.

    Args:
        site: The site's options, as the operator has set them.
        theme: How its pages look.
    """

    def __init__(self, site: Site, theme: Theme = BUILT_IN) -> None:
        self.site = site
        self.theme = theme
        self.view = build_site(site, theme)
        self._print = TemplateRenderer(self.view, theme)

    def key(self, kind: str, *parts: Part) -> str:
        """The key of a page that shows ``parts``; a page also shows the site, and in the way of the theme."""
        return key(kind, site_part(self.site), self.theme.key, *parts)

    def document(  # noqa: PLR0913 - what a page may be beside its views
        self,
        path: str,
        traits: Traits,
        template: str,
        page: PageView,
        *,
        links: tuple[Link, ...] = (),
        frames: tuple[str, ...] = (),
        sunset: datetime | None = None,
        **views: object,
    ) -> Document:
        """The page at ``path``; ``views`` are what its template shows beside the frame."""
        printed = self._print(template, page, **views)
        return Document(
            path,
            traits,
            MEDIA_TYPE,
            printed.content,
            links=links,
            frames=frames,
            sunset=sunset,
            problems=printed.problems,
        )
