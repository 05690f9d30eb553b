"""The content codings of a document: each is made once (RFC 9110, section 8.4), and each client gets one of them.

Bytes and entity tags must be the same on every host and in every round, so nothing here depends on a clock, a file
name or the platform. The zlib of the platform, of which there are several, is not used: libdeflate comes with
feedsvc.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter

import brotli
import deflate

from feedsvc.core.media_types import bare_media_type
from feedsvc.responses.response import Coding, Representation


@dataclass(frozen=True, slots=True)
class Effort:
    """The levels at which each coding compresses."""

    brotli: int | None
    """Quality, from 0 to 11; None to make no brotli."""
    gzip: int | None
    """Level of libdeflate, from 1 to 12; None to make no gzip."""


PREPARED = Effort(brotli=4, gzip=4)
"""For prepared documents, which are polled: feeds above all. Measured on feeds of 230 kB, these take 15 and 9 ns a
byte and leave 0.312 and 0.326 of it. Brotli 5 and gzip 6 save another 3 %, but take 27 and 14 ns: a changed
article would be on the wire so much later, in each of its feeds."""
ON_DEMAND = Effort(brotli=None, gzip=1)
"""For the many documents that are seldom requested: pages, archives. They are most of what a first round makes; at
5 ns a byte, 0.342 of it is left. Clients that accept brotli accept gzip too; gzip 4 saves 5 % and costs twice as
much."""
EXPORT = Effort(brotli=5, gzip=6)
"""For the pages of an export, which writes prepared documents as they are stored. Archive feeds are nine tenths of
its bytes, and these levels would take seven times as long for them as :data:`ON_DEMAND`, half of the time of an
export, to save 11 %. Brotli 9 and gzip 9 take fifteen times as long for a page."""
PLAIN = Effort(brotli=None, gzip=None)
"""For documents that are compressed later, or perhaps not at all."""
_WINDOW = 22
"""The window of brotli as a power of two bytes (RFC 7932, section 9.1, WBITS): the default of the encoder."""
_SMALL_WINDOW = 16
"""The window for a document that fits into it. The encoder then searches in much smaller tables, which halves the
time for a page of 8 kB and saves another 0.2 % of it."""
_SMALL_WINDOW_FROM = 5
"""The lowest quality with such tables. What is prepared has a lower one, and keeps its bytes."""
SMALLEST = 256
"""Bytes below which a document is not compressed, because it fits into one packet anyway."""
WORTH = 0.95
"""The most that a coding may take, as a share of the identity, to be worth keeping."""

_COMPRESSIBLE_NAMES = {"application/json", "application/javascript", "application/xml", "image/svg+xml"}
_COMPRESSIBLE_SUFFIXES = ("+xml", "+json")


def tag(digest: bytes) -> str:
    """The strong entity tag of bytes with this SHA-256 ``digest``, quotes included (RFC 9110, section 8.8.3)."""
    return f'"{base64.urlsafe_b64encode(digest)[:22].decode("ascii")}"'


def compressible(media_type: str) -> bool:
    """Whether documents of this media type are offered in several codings, if they are large enough."""
    name = bare_media_type(media_type)
    return name.startswith("text/") or name in _COMPRESSIBLE_NAMES or name.endswith(_COMPRESSIBLE_SUFFIXES)


def encode(
    content: bytes, media_type: str, effort: Effort = PREPARED, content_hash: bytes | None = None
) -> tuple[Representation, ...]:
    """Compress ``content`` with every coding that is worth sending.

    Args:
        content: The document's bytes.
        media_type: Its media type, with or without parameters.
        effort: The levels to compress it at.
        content_hash: The :func:`hash_of` the content, if it is known.

    Returns:
        The representations, smallest first. Identity is always among them; if there is a gzip, identity is stored
        as that. Equal input gives equal bytes.
    """
    plain = Representation("identity", tag(content_hash or hash_of(content)), content, len(content))
    found = [
        Representation(coding, tag(hash_of(body)), body, len(body))
        for coding, body in compress(content, media_type, effort)
    ]
    packed = next((each.held for each in found if each.coding == "gzip"), None)
    if packed is not None:
        plain = replace(plain, held=packed, is_packed=True)
    return tuple(sorted((plain, *found), key=attrgetter("length")))


def compress(content: bytes, media_type: str, effort: Effort) -> list[tuple[Coding, bytes]]:
    """The content in each coding but the identity that is worth sending; arguments as of :func:`encode`."""
    if len(content) < SMALLEST or not compressible(media_type):
        return []
    coded: list[tuple[Coding, bytes]] = []
    if effort.gzip is not None:
        coded.append(("gzip", bytes(deflate.gzip_compress(content, effort.gzip))))
    if effort.brotli is not None:
        coded.append(("br", _brotli(content, effort.brotli)))
    return [each for each in coded if len(each[1]) <= len(content) * WORTH]


def _brotli(content: bytes, quality: int) -> bytes:
    fits = len(content) <= (1 << _SMALL_WINDOW) - 16
    window = _SMALL_WINDOW if fits and quality >= _SMALL_WINDOW_FROM else _WINDOW
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality, lgwin=window))


def hash_of(content: bytes) -> bytes:
    """SHA-256 of a document's bytes."""
    return hashlib.sha256(content).digest()


_LONGEST_CACHED = 200
"""Bytes of the longest value whose weights are cached. Browsers and feed readers send fewer than 50; hostile
values must not fill the memory."""
_LONGEST_READ = 4096
"""Bytes of the longest value that is parsed; for a longer one the answer is not encoded."""
_MEMBER = re.compile(
    r"""[ \t]* (?P<coding> [!#$%&'*+.^_`|~0-9A-Za-z-]+ ) [ \t]*
        (?: ; [ \t]* [qQ] = (?P<weight> 0(?:\.[0-9]{0,3})? | 1(?:\.0{0,3})? ) [ \t]* )?""",
    re.VERBOSE,
)


def choose(accept_encoding: bytes | None, offered: Sequence[Coding]) -> Coding:
    """Choose one of the codings of a response.

    Args:
        accept_encoding: The field's value; None where the request has none.
        offered: The codings, smallest representation first; identity is one of them.

    Returns:
        The coding with the highest weight, among equals the smallest. Identity where nothing else is
        acceptable, even if it was refused: a feed reader can do more with that than with a 406.
    """
    if accept_encoding is None or len(accept_encoding) > _LONGEST_READ:
        return "identity"
    weights = _cached_weights if len(accept_encoding) <= _LONGEST_CACHED else parse_accept_encoding
    return _best(weights(accept_encoding), offered)


def parse_accept_encoding(value: bytes) -> Mapping[str, int]:
    """Read the weight of each coding named, in thousandths.

    Members that are malformed are left out, as if the coding had not been named. The lowest weight counts
    where one is named twice.
    """
    weights: dict[str, int] = {}
    for member in value.decode("latin-1").split(","):
        if found := _MEMBER.fullmatch(member):
            coding = found["coding"].lower()
            coding = "gzip" if coding == "x-gzip" else coding  # RFC 9110, section 8.4.1.3
            weight = round(float(found["weight"] or "1") * 1000)
            weights[coding] = min(weight, weights.get(coding, weight))
    return weights


_cached_weights = lru_cache(maxsize=512)(parse_accept_encoding)


def _best(weights: Mapping[str, int], offered: Sequence[Coding]) -> Coding:
    weight = {coding: weights.get(coding, weights.get("*", 0)) for coding in offered}
    best = max(offered, key=weight.__getitem__)
    # Identity needs no naming to be acceptable, but anything that was asked for comes before it.
    return best if weight[best] else "identity"
