"""The content codings of a document, each decided once (RFC 9110, section 8.4).

Bytes and tags must be the same on every host and in every round, so nothing here depends on a clock, a
file name or the platform.
"""

import base64
import hashlib
import struct
import zlib
from operator import attrgetter

import brotli

from feedsvc.responses.response import Coding, Representation

BROTLI_QUALITY = 5
"""Of every document. Quality 11 was measured to save another 13 to 20 % at forty times the cost: 57 ms for a
feed of 63 kB, 1 ms for each kB of a page. A round over ten thousand pages cannot pay that; 5 costs less
than gzip and beats it."""
SMALLEST = 256
"""Bytes below which no coding is tried: it would all fit into one packet anyway."""
WORTH = 0.95
"""A coding is kept if it takes at most this share of the identity."""

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952, section 2.3: deflate, no name, no time, best compression, unknown operating system."""
_COMPRESSIBLE_NAMES = {"application/json", "application/javascript", "application/xml", "image/svg+xml"}
_COMPRESSIBLE_SUFFIXES = ("+xml", "+json")


def tag(digest: bytes) -> str:
    """The strong entity tag of bytes with this SHA-256 ``digest``, quotes included (RFC 9110, section 8.8.3)."""
    return f'"{base64.urlsafe_b64encode(digest)[:22].decode("ascii")}"'


def compressible(media_type: str) -> bool:
    """Whether documents of this media type are offered in several codings, now or at another size."""
    name = media_type.partition(";")[0].strip().lower()
    return name.startswith("text/") or name in _COMPRESSIBLE_NAMES or name.endswith(_COMPRESSIBLE_SUFFIXES)


def encode(content: bytes, media_type: str) -> tuple[Representation, ...]:
    """Make every coding of ``content`` that is worth sending.

    Args:
        content: The document's bytes.
        media_type: Its media type, with or without parameters.

    Returns:
        The representations, smallest first; identity is always among them. Equal input, equal bytes.
    """
    found = [_representation("identity", content)]
    if len(content) >= SMALLEST and compressible(media_type):
        coded = (_representation("br", _brotli(content)), _representation("gzip", _gzip(content)))
        found += [each for each in coded if each.length <= len(content) * WORTH]
    return tuple(sorted(found, key=attrgetter("length")))


def _representation(coding: Coding, body: bytes) -> Representation:
    return Representation(coding, tag(hashlib.sha256(body).digest()), body, len(body))


def _brotli(content: bytes) -> bytes:
    coded: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
    return coded


def _gzip(content: bytes) -> bytes:
    # Written here because gzip.compress leaves the operating system's byte to the Python version and zlib.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    trailer = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return _GZIP_HEAD + deflate.compress(content) + deflate.flush() + trailer
