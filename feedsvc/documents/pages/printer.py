"""The printer: writes views down by templates, those of the theme or feedsvc's own.

A theme's templates run in a sandbox: they reach the views they are given, and change nothing. feedsvc's own are
trusted, since the sandbox takes two thirds of the time in which a page is written. Neither know clock or chance.
Where one of a theme cannot be read or fails, the page is written by feedsvc's own, and the problem names the
file and the line.
"""

import traceback
from dataclasses import dataclass
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

from feedsvc.articles.article import Problem
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.documents.pages.views import PageView, SiteView
from feedsvc.languages.tongue import tongue

MEDIA_TYPE = "text/html; charset=utf-8"

_OWN = PackageLoader(__package__)
_UNSTEADY = ("lipsum", "random")
"""What says something else each time."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A page in UTF-8, and why it is not as the theme has it, if so."""

    content: bytes
    problems: tuple[Problem, ...] = ()


class Printer:
    """Writes the pages of one site.

    Args:
        site: What every page shows of it.
        theme: Whose templates stand before feedsvc's own.
    """

    def __init__(self, site: SiteView, theme: Theme = BUILT_IN) -> None:
        self._site = site
        self._theme = theme

    def __call__(self, template: str, page: PageView, **views: object) -> Printed:
        """Write one page by the template of that name; ``views`` are what it shows beside the frame."""
        told = {"site": self._site, "page": page, **views}
        language = self._site.language
        if self._theme.has_templates:
            try:
                return Printed(_write(_environment(self._theme, language), template, told))
            except Exception as fault:  # noqa: BLE001 - whatever a theme's template may do wrong; it is told
                return Printed(
                    _write(_environment(BUILT_IN, language), template, told), (_problem(self._theme, fault),)
                )
        return Printed(_write(_environment(BUILT_IN, language), template, told))


def _write(environment: Environment, template: str, told: dict[str, object]) -> bytes:
    return environment.get_template(template).render(told).encode()


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
    words = tongue(language).translations
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
