"""Inline media: pictures and sounds that stand in an article's own text, as ``data:`` URLs and ``<svg>`` elements.

No feed reader shows them there. Each becomes a file below ``/media/`` like one beside the article; the store keeps
its bytes as long as an article has it. Only types that run nothing are taken, and only where the bytes are of the
type that they are said to be.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

import imagesize

from feedsvc.articles.body.drawings import safe_drawing
from feedsvc.articles.model import MediaFile
from feedsvc.core.reserved_paths import MEDIA

SVG = "image/svg+xml"
_LARGEST = 1_000_000
"""In bytes; what is larger belongs into a file."""
_KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "image/png": ("picture.png", (b"\x89PNG\r\n\x1a\n",)),
        "image/jpeg": ("picture.jpg", (b"\xff\xd8\xff",)),
        "image/gif": ("picture.gif", (b"GIF87a", b"GIF89a")),
        "image/webp": ("picture.webp", (b"RIFF",)),
        "audio/mpeg": ("sound.mp3", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
        "audio/wav": ("sound.wav", (b"RIFF",)),
        "audio/ogg": ("sound.ogg", (b"OggS",)),
    }
)
"""Media type to the name a file of it gets, and to how its bytes begin (WHATWG MIME Sniffing, section 6)."""
_SPELLINGS = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-wav": "audio/wav"}


@dataclass(frozen=True, slots=True)
class InlineMedia:
    """A file made of what stood in an article's text."""

    file: MediaFile
    """Its ``kept`` is the digest of ``text``."""
    text: str
    """The bytes as a ``data:`` URL, which is how the store keeps them."""
    size: tuple[int, int] | None
    """Width and height of a picture, in pixels, where it tells them."""


def inline_media(url: str) -> InlineMedia | None:
    """The file that a ``data:`` URL (RFC 2397) holds.

    Args:
        url: As it was written; blanks and percent-encodings in it are read over.

    Returns:
        None where it is broken, larger than a megabyte, of another type than those taken, or shows nothing.
    """
    found = _decoded(url)
    if found is None or len(found[1]) > _LARGEST:
        return None
    media_type, content = found
    if media_type == SVG:
        drawing = safe_drawing(content.decode("utf-8", errors="replace"))
        return None if drawing is None else _made(SVG, "drawing.svg", drawing.encode(), None)
    kind = _KINDS.get(media_type)
    if kind is None or not content.startswith(kind[1]):
        return None
    size = _pixels(content) if media_type.startswith("image/") else None
    if size == (1, 1):
        return None  # a spacer, or what a script would have replaced
    return _made(media_type, kind[0], content, size)


def content_of(text: str) -> bytes:
    """The bytes that :attr:`InlineMedia.text` holds."""
    return b64decode(text.partition(",")[2])


def _made(media_type: str, name: str, content: bytes, size: tuple[int, int] | None) -> InlineMedia:
    digest = hashlib.sha256(content).hexdigest()
    text = f"data:{media_type};base64,{b64encode(content).decode('ascii')}"
    kept = hashlib.sha256(text.encode()).hexdigest()
    file = MediaFile("", f"{MEDIA}{digest[:16]}/{name}", media_type, len(content), digest, kept)
    return InlineMedia(file, text, size)


def _decoded(url: str) -> tuple[str, bytes] | None:
    """The bare media type and the bytes; None where the URL is broken."""
    head, comma, data = url[len("data:") :].partition(",")
    words = [word.strip().lower() for word in head.split(";")]
    if not comma:
        return None
    content = unquote_to_bytes(data)
    if "base64" in words[1:]:
        packed = b"".join(content.split()).rstrip(b"=")
        try:
            content = b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
        except Error:
            return None
    return _SPELLINGS.get(words[0], words[0]), content


def _pixels(content: bytes) -> tuple[int, int] | None:
    try:
        width, height = imagesize.get(BytesIO(content))
    except (ValueError, KeyError, IndexError, OverflowError):
        return None
    return (width, height) if width > 0 and height > 0 else None
