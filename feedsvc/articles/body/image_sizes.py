"""Dimensions: the width and height of a body's pictures, so that each has its room before it is there.

Nothing moves on a page, or in a feed reader, while its pictures arrive (HTML, section 4.8.17, "Dimension
attributes"). What the author wrote stands.
"""

import re
from collections.abc import Mapping
from html import unescape

from feedsvc.articles.body.urls import References
from feedsvc.articles.model import MediaFile

_IMAGE = re.compile(r"<img((?:[^<>\"]++|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_BY_WIDTH = re.compile(r"\s[0-9.]+w\s*(?:,|\Z)")
"""A candidate told by its width: how wide the picture is shown is then for ``sizes`` to say (HTML, 4.8.4.2.1)."""
_PIXELS = re.compile(r"[1-9][0-9]{0,4}")


def with_dimensions(body: str, references: References) -> str:
    """The clean ``body`` with the width and height of each picture that lies beside the article.

    Of a picture that has one of both, the other is added in proportion, when the one is in pixels: the author has
    chosen how large it is shown, and without the ratio there would still be no room for it. One whose width
    ``sizes`` decides stays as it is, and so does one whose file tells no size.
    """
    if "<img" not in body or not (references.files or references.inline):
        return body
    files = references.published()
    return _IMAGE.sub(lambda tag: f"<img{tag[1]}{_missing(tag[1], files, references)}>", body)


def _missing(attributes: str, files: Mapping[str, MediaFile], references: References) -> str:
    """The attributes to add to those that an image has."""
    told = dict(_ATTRIBUTE.findall(attributes))
    file = files.get(unescape(told.get("src", "")).partition("#")[0])
    if file is None or told.keys() >= {"width", "height"}:
        return ""
    if "sizes" in told or _BY_WIDTH.search(told.get("srcset", "")):
        return ""
    size = references.picture_size(file)
    return "" if size is None else _lacking(told.get("width"), told.get("height"), *size)


def _lacking(width: str | None, height: str | None, wide: int, high: int) -> str:
    """Of both, what was not written, for a picture that is ``wide`` and ``high``."""
    if width is None and height is None:
        return f' width="{wide}" height="{high}"'
    if width is not None and _PIXELS.fullmatch(width):
        return f' height="{_part(int(width), high, wide)}"'
    if height is not None and _PIXELS.fullmatch(height):
        return f' width="{_part(int(height), wide, high)}"'
    return ""


def _part(pixels: int, share: int, whole: int) -> int:
    """``pixels`` times ``share`` of ``whole``, to the nearest pixel, one at the least."""
    return max((2 * pixels * share + whole) // (2 * whole), 1)
