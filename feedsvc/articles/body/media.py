"""Media: the files of whatever kind that an article shows or offers, each with its type, address and measures.

Images of a body that wait for a script to write their address get it before cleaning, since feeds run no scripts.
All get their size after it: nothing moves on a page, or in a feed reader, while images with a width and height
arrive (HTML, section 4.8.17, "Dimension attributes").
"""

import hashlib
import os
import posixpath
import re
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import unescape
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from slugify import slugify

from feedsvc.articles.model import MediaFile
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.core.media_types import MEDIA_TYPES
from feedsvc.core.open_beneath import OutsideError, open_file
from feedsvc.core.urls import MEDIA

UNKNOWN_TYPE = "application/octet-stream"
"""The media type of every other file: bytes to be kept and not shown (RFC 2046, section 4.5.1)."""

_PLAIN_SUFFIX = re.compile(r"\.[a-z0-9]{1,16}")
_RUN_BY_SERVERS = frozenset(
    {*(".asp", ".aspx", ".cgi", ".fcgi", ".jsp", ".phar", ".php", ".phtml", ".pl", ".py", ".rb"), ".shtml"}
)
"""Suffixes of programs that a host of exported files might run instead of sending them."""
FILE_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}\Z")
"""How the name of a file ends; ``v1.2`` and ``2.0`` are names of pages."""
_OF_PAGES = frozenset({".php", ".asp", ".aspx", ".jsp", ".cgi", ".shtml"})
"""Suffixes of pages that other programs make."""
_MADE = frozenset(
    {
        *("rss.xml", "atom.xml", "feed.json", "feeds.opml", "sitemap.xml", "feed.xml", "index.xml", "robots.txt"),
        *("favicon.ico", "manifest.json", "site.webmanifest"),
    }
)
"""Names of files that the site makes, or that stand beside it; no article has to bring them."""
Digest = Callable[[Path, str, Stat], str]
"""Gives the SHA-256, in hex, of a file of a directory; arguments and errors as of :func:`file_digest`."""

_CHUNK = 1 << 18
_BROKEN = (ValueError, KeyError, IndexError, OverflowError, struct.error)
"""The exceptions of imagesize and tinytag for a file that is cut off or is not what its name says."""


class FileChangedError(Exception):
    """A file is no longer what the listing says: it was written to, or removed, while it was read."""


def media_type(path: str) -> str | None:
    """The media type of the file or URL path ``path`` by its suffix; None for an unknown suffix."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix.lower())


def may_be_file(path: str) -> bool:
    """Whether ``path`` is that of a file, which the articles directory should hold, and not of a page."""
    name = path.rpartition("/")[2]
    if name in _MADE:
        return False
    suffix = FILE_SUFFIX.search(name)
    return media_type(path) is not None or (suffix is not None and suffix[0].lower() not in _OF_PAGES)


def resolve(article_path: str, reference: str) -> str | None:
    """Which file of the articles directory ``reference`` means, whether or not it exists.

    Args:
        article_path: The file in which the reference stands, relative to the articles directory.
        reference: A URL reference as written (RFC 3986, section 4.1): ``pic.png``, ``../a%20b.mp3?x#y``, or
            ``/pic.png`` from the top of the directory.

    Returns:
        The path relative to the articles directory; None for a reference to another host, to a place within
        the article itself, or out of the directory.
    """
    try:
        parts = urlsplit(reference.strip())
        wanted = unquote(parts.path, errors="strict")
    except ValueError:  # not a URL at all, or bytes that are not UTF-8
        return None
    if parts.scheme or parts.netloc or not wanted:
        return None
    base = "" if wanted.startswith("/") else posixpath.dirname(article_path)
    path = posixpath.normpath(posixpath.join(base, wanted.lstrip("/")))
    return None if path in {".", ".."} or path.startswith("../") else path


@lru_cache(maxsize=16_384)  # a rescan asks again for every picture of an edited article, and audio is large
def file_digest(directory: Path, source: str, stat: Stat) -> str:
    """SHA-256, in hex, of the bytes of the file at ``source`` beneath ``directory``.

    Raises:
        FileChangedError: The file is no longer what ``stat`` says.
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with open_file(directory, source) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
            now = Stat.of(os.fstat(stream.fileno()))
    except (FileNotFoundError, OutsideError) as error:
        raise FileChangedError(source) from error
    if (now.size, now.mtime_ns) != (stat.size, stat.mtime_ns):
        raise FileChangedError(source)
    return digest.hexdigest()


def media_file(
    directory: Path, listing: Listing, article_path: str, reference: str, digest_of: Digest = file_digest
) -> MediaFile | None:
    """The file beside the article that ``reference`` means, of any kind but that of articles.

    Args:
        directory: The articles directory.
        listing: What it holds.
        article_path: The file in which the reference stands.
        reference: As written there (see :func:`resolve`).
        digest_of: Gives its digest.

    Returns:
        None when it means no file of the listing, or an article, or one that cannot be read.

    Raises:
        FileChangedError: The file is no longer what the listing says.
    """
    path = resolve(article_path, reference)
    source = None if path is None else listing.find(path)
    if source is None or listing.is_article(source):
        return None
    kind = media_type(source) or UNKNOWN_TYPE
    stat = listing.files[source]
    try:
        digest = digest_of(directory, source, stat)
    except OSError:
        return None  # reported as missing; a later change of its rights changes the stamp
    return MediaFile(source, f"{MEDIA}{digest[:16]}/{_name(source)}", kind, stat.size, digest)


def _name(source: str) -> str:
    file = PurePosixPath(source)
    stem, suffix = slugify(file.stem) or "file", file.suffix.lower()
    if suffix in _RUN_BY_SERVERS:
        return f"{stem}-{suffix[1:]}.txt"
    return f"{stem}{suffix}" if _PLAIN_SUFFIX.fullmatch(suffix) else stem


@lru_cache(maxsize=16_384)
def picture_size(directory: Path, path: str, _stat: Stat) -> tuple[int, int] | None:
    """Width and height in pixels as it is shown, turned by its EXIF orientation.

    None where the file does not say, which is no error: it may be of a format that has no pixels.

    Raises:
        OSError: The file cannot be read.
    """
    if path.lower().endswith(".svg"):
        return None
    with open_file(directory, path) as stream:  # imagesize would take a name for a URL
        return pixels(stream)


def pixels(stream: BinaryIO) -> tuple[int, int] | None:
    """Width and height of the picture in ``stream``; None where its bytes do not say."""
    import imagesize  # noqa: PLC0415  it loads urllib, for URLs that are never given to it

    try:
        width, height = imagesize.get(stream)
    except _BROKEN:
        return None
    return (width, height) if width > 0 and height > 0 else None


@lru_cache(maxsize=16_384)
def duration(directory: Path, path: str, _stat: Stat) -> int | None:
    """The length of an audio or video file in whole seconds, one at the least; None where it does not say.

    Raises:
        OSError: The file cannot be read.
    """
    from tinytag import TinyTag, TinyTagException  # noqa: PLC0415  few articles have recordings

    name = path.rpartition("/")[2]
    if not TinyTag.is_supported(name):
        return None
    try:
        with open_file(directory, path) as stream:
            seconds = TinyTag.get(name, stream, tags=False).duration
    except (TinyTagException, *_BROKEN):
        return None
    return max(round(seconds), 1) if seconds else None


_TAG = re.compile(r"<(img|source|iframe|video|audio)\b((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s*([^\s\"'<>/=]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_REAL_NAMES = {
    f"data-{kind}{name}": name for kind in ("", "lazy-") for name in ("src", "srcset", "sizes", "poster")
} | {"data-original": "src", "data-lazy": "src", "data-original-set": "srcset"}
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
SizeOf = Callable[[MediaFile], tuple[int, int] | None]
"""Gives width and height of a picture in pixels; None where unknown."""


def with_dimensions(body: str, files: Mapping[str, MediaFile], size_of: SizeOf) -> str:
    """The clean ``body`` with the width and height of each picture among ``files``, which stand by their URLs.

    Of a picture that has one of both, the other is added in proportion, when the one is in pixels: the author has
    chosen how large it is shown, and without the ratio there would still be no room for it. One whose width
    ``sizes`` decides stays as it is, and so does one of unknown size.
    """
    if "<img" not in body or not files:
        return body
    return _IMAGE.sub(lambda tag: f"<img{tag[1]}{_missing(tag[1], files, size_of)}>", body)


def _missing(attributes: str, files: Mapping[str, MediaFile], size_of: SizeOf) -> str:
    """The attributes to add to those that an image has."""
    written = dict(_CLEAN_ATTRIBUTE.findall(attributes))
    file = files.get(unescape(written.get("src", "")).partition("#")[0])
    if file is None or written.keys() >= {"width", "height"}:
        return ""
    if "sizes" in written or _BY_WIDTH.search(written.get("srcset", "")):
        return ""
    size = size_of(file)
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
