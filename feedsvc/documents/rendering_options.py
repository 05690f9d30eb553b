"""Rendering options: the site's options and the theme, as text in the store.

They are stored with each edition that changes them, so that every web worker renders exactly as the publisher
would, on whatever host and with whatever settings it was started.
"""

import json
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter.inherited import SectionText
from feedsvc.articles.model import Problem
from feedsvc.channels.site import Podcast, Query, Site
from feedsvc.documents.pages.theme import Theme


def encode(site: Site, theme: Theme) -> str:
    """The options as JSON; equal options, equal text."""
    return json.dumps({"site": asdict(site), "theme": asdict(theme)}, default=str, separators=(",", ":"))


def decode(text: str) -> tuple[Site, Theme]:
    """The options that :func:`encode` wrote."""
    options = json.loads(text, object_hook=_with_tuples)
    site, theme = options["site"], options["theme"]
    site["zone"] = ZoneInfo(site["zone"])
    site["podcast"] = Podcast(**site["podcast"])
    site["queries"] = tuple(Query(**query) for query in site["queries"])
    site["sections"] = tuple(SectionText(**section) for section in site["sections"])
    theme["problems"] = tuple(Problem(**problem) for problem in theme["problems"])
    return Site(**site), Theme(**theme)


def _with_tuples(members: dict[str, Any]) -> dict[str, Any]:
    """The members of an object, with a tuple for each array, as frozen records have them."""
    return {name: _tuple(value) if isinstance(value, list) else value for name, value in members.items()}


def _tuple(array: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuple(each) if isinstance(each, list) else each for each in array)
