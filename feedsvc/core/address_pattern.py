"""The setting ``article_url``: a pattern of the addresses of articles, read in the notations of several programs.

``/{year}/{slug}/`` is feedsvc's own. Jekyll's ``permalink`` (``/:year/:title/``, ``pretty``), Hugo's
``[permalinks]`` (``/:sections/:slug/``), Pelican's ``ARTICLE_URL`` (``{date:%Y}/{slug}.html``) and WordPress's
permalink structure (``/%year%/%postname%/``) are turned into it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from feedsvc.core.urls import ascii_authority, is_reserved

PLACEHOLDERS = (
    *("section", "slug", "name", "title", "id", "year", "month", "day", "hour", "minute", "second"),
    *("short_year", "short_month", "short_day", "year_day", "month_name", "month_abbreviation", "week_year"),
    *("week", "week_day", "categories", "category", "author", "language", "top_section", "name_or_title"),
    "lower_name",
)
"""The placeholders that may stand in braces; :mod:`feedsvc.articles.identity.wanted_address` has their values."""
_DISTINCT = frozenset({"slug", "name", "title", "id", "name_or_title", "lower_name"})
"""Placeholders by which two articles of one day and folder differ."""

_STYLES: Mapping[str, str] = {
    "date": "/{categories}/{year}/{month}/{day}/{name}.html",
    "pretty": "/{categories}/{year}/{month}/{day}/{name}/",
    "ordinal": "/{categories}/{year}/{year_day}/{name}.html",
    "weekdate": "/{categories}/{week_year}/W{week}/{week_day}/{name}.html",
    "none": "/{categories}/{name}.html",
}
"""Jekyll's named styles (https://jekyllrb.com/docs/permalinks/#built-in-formats)."""

_DATES: Mapping[str, str] = {name: f"{{{name}}}" for name in ("year", "month", "day", "hour", "minute", "second")}
_JEKYLL: Mapping[str, str] = {
    "categories": "{categories}",
    "collection": "posts",
    "i_day": "{short_day}",
    "i_month": "{short_month}",
    "name": "{lower_name}",
    "output_ext": ".html",
    "path": "{section}/{name}",
    "short_month": "{month_abbreviation}",
    "short_year": "{short_year}",
    "w_year": "{week_year}",
    "week": "{week}",
    "w_day": "{week_day}",
    "y_day": "{year_day}",
}
"""Placeholders that only Jekyll has (https://jekyllrb.com/docs/permalinks/#placeholders)."""
_HUGO: Mapping[str, str] = {
    "contentbasename": "{lower_name}",
    "filename": "{lower_name}",
    "monthname": "{month_name}",
    "section": "{top_section}",
    "sections": "{section}",
    "slugorcontentbasename": "{lower_name}",
    "slugorfilename": "{lower_name}",
    "yearday": "{year_day}",
}
"""Placeholders that only Hugo has (https://gohugo.io/configuration/permalinks/#tokens)."""
_WORDPRESS: Mapping[str, str] = {
    **{("monthnum" if name == "month" else name): own for name, own in _DATES.items()},
    "postname": "{slug}",
    "post_id": "{id}",
    "category": "{category}",
    "author": "{author}",
}
"""https://wordpress.org/documentation/article/customize-permalinks/#structure-tags"""
_PELICAN: Mapping[str, str] = {
    "Y": "{year}",
    "y": "{short_year}",
    "m": "{month}",
    "d": "{day}",
    "j": "{year_day}",
    "B": "{month_name}",
    "b": "{month_abbreviation}",
    "H": "{hour}",
    "M": "{minute}",
    "S": "{second}",
}
"""What of ``strftime`` may stand in ``{date:…}`` (https://docs.getpelican.com/en/stable/settings.html#url-settings)."""

_COLON = re.compile(r":([a-z][a-z_]*)")
_PERCENT = re.compile(r"%([a-z_]+)%")
_DATE = re.compile(r"\{date:([^{}]*)\}")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ORIGIN = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\\\"<>^`{|}%]")


@dataclass(frozen=True, slots=True)
class AddressPattern:
    """A pattern of addresses, in feedsvc's own notation."""

    text: str
    """A path with a leading slash, or an absolute URL; equal for all spellings of one pattern."""

    @property
    def is_absolute(self) -> bool:
        """Whether the articles live on another site, which feedsvc only links to."""
        return not self.text.startswith("/")

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a literal text and the placeholder behind it, which is empty at the end."""
        split = _BRACES.split(self.text)
        return tuple(zip(split[::2], [*split[1::2], ""], strict=True))

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of its placeholders."""
        return frozenset(_BRACES.findall(self.text))


def read_pattern(written: str) -> AddressPattern:
    """Read a pattern in any of the notations.

    Raises:
        ValueError: It is none; the message begins with "must".
    """
    text = _STYLES.get(written.strip(), written.strip())
    origin, path = _split(text)
    path = _own_notation(path)
    path = path if path.startswith(("/", "?")) else f"/{path}"
    pattern = AddressPattern(origin + path)
    _check(pattern, path)
    return pattern


def _split(text: str) -> tuple[str, str]:
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return "", text
    authority = ascii_authority(found[2])
    if not authority or "@" in authority or "{" in authority:
        raise ValueError("must begin with a slash, or with an address such as https://www.example.org/")
    return f"{found[1].lower()}://{authority.lower()}", found[3] or "/"


def _own_notation(path: str) -> str:
    is_jekyll = bool(_JEKYLL.keys() & _COLON.findall(path))
    # Both have titles and slugs: Jekyll makes them of the file's name, Hugo of the article's title.
    hugo = "{title}" if _HUGO.keys() & _COLON.findall(path) else "{name_or_title}"
    both = {"title": "{name}", "slug": "{slug}"} if is_jekyll else {"title": hugo, "slug": hugo}
    colon = {**_DATES, **_JEKYLL, **_HUGO, **both}
    path = _PERCENT.sub(lambda found: _meaning(found, _WORDPRESS), path)
    if _DATE.search(path):  # Pelican makes a slug of the title
        path = path.replace("{slug}", "{title}")
    path = _DATE.sub(lambda found: _date(found[1]), path).replace("{lang}", "{language}")
    return _COLON.sub(lambda found: _meaning(found, colon), path)


def _meaning(found: re.Match[str], meanings: Mapping[str, str]) -> str:
    meaning = meanings.get(found[1])
    if meaning is None:
        raise ValueError(f"must not name {found[0]}, which feedsvc cannot fill; {_known()}")
    return meaning


def _date(form: str) -> str:
    """Pelican's ``{date:%Y/%m}`` with a placeholder for each part."""
    pieces = re.split(r"%(-?[A-Za-z])", form)
    for position in range(1, len(pieces), 2):
        letter = pieces[position]
        if letter not in _PELICAN:
            raise ValueError(f"must not name %{letter} in a date; {_known()}")
        pieces[position] = _PELICAN[letter]
    return "".join(pieces)


def _known() -> str:
    return "it may name " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS[:8])


def _check(pattern: AddressPattern, path: str) -> None:
    for name in _BRACES.findall(path):
        if name not in PLACEHOLDERS:
            raise ValueError(f"must not name {{{name}}}, which feedsvc cannot fill; {_known()}")
    if not pattern.placeholders & _DISTINCT:
        raise ValueError("must name {slug}, {name}, {title} or {id}, so that no two articles have one address")
    bare = _BRACES.sub("", path)
    if _NO_ADDRESS.search(bare):
        raise ValueError('must have no blanks and none of \\ " < > ^ ` { | } %')
    if not pattern.is_absolute and any(sign in bare for sign in "?#:"):
        raise ValueError("must have no ?, no # and no other : than those of placeholders such as :year")
    first = path.split("/")[1] if path.startswith("/") else ""
    if not pattern.is_absolute and "{" not in first and "/" in path[1:] and is_reserved(f"/{first}/"):
        raise ValueError(f"must not begin with /{first}, which is the site's own")
