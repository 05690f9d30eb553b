"""Images of a body: lazy ones get their address before cleaning, and all get their size after it.

Lazy images wait for a script to write their address; feeds run no scripts. Nothing moves on a page, or in a feed
reader, while images with a width and height arrive (HTML, section 4.8.17, "Dimension attributes").
"""

import re
from collections.abc import Mapping
from html import unescape

from feedsvc.articles.body.urls import References
from feedsvc.articles.model import MediaFile

_TAG = re.compile(r"<(img|source|iframe|video|audio)\b((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s*([^\s\"'<>/=]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_REAL_NAMES = {
    "data-src": "src",
    "data-lazy-src": "src",
    "data-original": "src",
    "data-lazy": "src",
    "data-srcset": "srcset",
    "data-lazy-srcset": "srcset",
    "data-original-set": "srcset",
    "data-poster": "poster",
    "data-sizes": "sizes",
    "data-lazy-sizes": "sizes",
}
"""The attributes that scripts read an address from, to the attribute that they write it into."""
_SIGN = re.compile(r"\sdata-(?:lazy|src|original|poster)|<noscript", re.IGNORECASE)
_FALLBACK = re.compile(
    r"<noscript\b[^<>]*>\s*(<img\b(?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+>)\s*</noscript\s*>", re.IGNORECASE
)
_BEFORE = re.compile(r"<img\b(?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+>\s*\Z", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_NEAR = 4_000
"""How far before its fallback a placeholder is looked for, in characters; an inline picture may be long."""


def load_lazy_images(html: str) -> str:
    """``html``, as it was written, with the real addresses in place of the placeholders, and each image once."""
    folded = html.lower()
    if ("data-" not in folded and "<noscript" not in folded) or not _SIGN.search(html):
        return html
    loaded: set[str] = set()
    html = _TAG.sub(lambda tag: _load(tag, loaded), html)
    return _without_doubles(html, loaded)


def _load(tag: re.Match[str], loaded: set[str]) -> str:
    found = _ATTRIBUTE.findall(tag[2])
    written = {_REAL_NAMES[name.lower()] for name, value in found if name.lower() in _REAL_NAMES and _holds(value)}
    if not written:
        return tag[0]
    kept: dict[str, str] = {}
    for name, value in found:
        real = _REAL_NAMES.get(name.lower())
        if real and _holds(value):
            kept.setdefault(real, value)
        elif not real and name.lower() not in written:
            kept.setdefault(name, value)
    made = f"<{tag[1]}{''.join(f' {name}{value}' for name, value in kept.items())}>"
    loaded.add(_address(made))
    return made


def _holds(value: str) -> bool:
    return value.strip("= \"'\t\n") not in {"", "auto"}


def _address(tag: str) -> str:
    found = _SOURCE.search(tag)
    return next(filter(None, found.groups()), "") if found else ""


def _without_doubles(html: str, loaded: set[str]) -> str:
    """Keep the real one of a lazy image and the one in ``<noscript>`` beside it."""
    parts: list[str] = []
    at = 0
    for fallback in _FALLBACK.finditer(html):
        before = html[at : fallback.start()]
        if _address(fallback[1]) in loaded:
            parts.append(before)
        else:
            placeholder = _BEFORE.search(before, max(0, len(before) - _NEAR))
            if placeholder and _address(placeholder[0])[:5].lower() in {"", "data:"}:
                before = before[: placeholder.start()]
            parts += [before, fallback[1]]
        at = fallback.end()
    return "".join([*parts, html[at:]])


_IMAGE = re.compile(r"<img((?:[^<>\"]++|\"[^\"]*\")*)>")
_CLEAN_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_BY_WIDTH = re.compile(r"\s[0-9.]+w\s*(?:,|\Z)")
"""A candidate with a width descriptor: ``sizes`` decides how wide the picture is shown (HTML, 4.8.4.2.1)."""
_PIXELS = re.compile(r"[1-9][0-9]{0,4}")


def with_dimensions(body: str, references: References) -> str:
    """The clean ``body`` with the width and height of each picture among the article's files.

    Of a picture that has one of both, the other is added in proportion, when the one is in pixels: the author has
    chosen how large it is shown, and without the ratio there would still be no room for it. One whose width
    ``sizes`` decides stays as it is, and so does one of unknown size.
    """
    if "<img" not in body or not (references.files or references.inline):
        return body
    files = references.published()
    return _IMAGE.sub(lambda tag: f"<img{tag[1]}{_missing(tag[1], files, references)}>", body)


def _missing(attributes: str, files: Mapping[str, MediaFile], references: References) -> str:
    """The attributes to add to those that an image has."""
    written = dict(_CLEAN_ATTRIBUTE.findall(attributes))
    file = files.get(unescape(written.get("src", "")).partition("#")[0])
    if file is None or written.keys() >= {"width", "height"}:
        return ""
    if "sizes" in written or _BY_WIDTH.search(written.get("srcset", "")):
        return ""
    size = references.picture_size(file)
    return "" if size is None else _missing_size(written.get("width"), written.get("height"), *size)


def _missing_size(width: str | None, height: str | None, wide: int, high: int) -> str:
    """The attributes that are not written, for a picture that is ``wide`` and ``high``."""
    if width is None and height is None:
        return f' width="{wide}" height="{high}"'
    if width is not None and _PIXELS.fullmatch(width):
        return f' height="{_scaled(int(width), high, wide)}"'
    if height is not None and _PIXELS.fullmatch(height):
        return f' width="{_scaled(int(height), wide, high)}"'
    return ""


def _scaled(pixels: int, share: int, whole: int) -> int:
    """``pixels`` times ``share`` of ``whole``, to the nearest pixel, one at the least."""
    return max((2 * pixels * share + whole) // (2 * whole), 1)
