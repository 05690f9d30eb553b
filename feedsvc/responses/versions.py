"""Versions of a feed, and the deltas that lead from the former ones to the current one (RFC 3229).

A delta is the feed without the entries and tombstones that stood in the former version as they stand now. All
deltas of a feed share their pieces: the feed's head and tail, and each entry that any of them tells. A piece is
compressed once, and so that it can stand beside any other; so twenty deltas cost little more than the largest.
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedsvc.documents.parts import Parts

PRINT = 8
"""Bytes of SHA-256 by which a part of a feed is known again; only parts of one feed are ever compared."""
WORTH = 0.8
"""A delta is made only if it takes at most this share of the feed, and in gzip less than the feed in its
smallest coding."""

_LEVEL = 4
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"
"""An empty last block (RFC 1951, section 3.2.3)."""


@dataclass(frozen=True, slots=True)
class Version:
    """What has to be known of a feed as it was in one edition."""

    tags: tuple[str, ...]
    """Of all its codings, with their quotes."""
    prints: bytes
    """Of its parts, :data:`PRINT` bytes each."""


@dataclass(frozen=True, slots=True)
class Step:
    """The way from a former version to the current one."""

    version: int
    """The place of the former version in :attr:`Deltas.versions`."""
    parts: tuple[int, ...]
    """The places of what it tells in :attr:`Deltas.pieces`."""
    checksum: int
    """CRC-32 of its bytes."""
    length: int
    """Bytes that it has in no coding."""


@dataclass(frozen=True, slots=True)
class Deltas:
    """The versions of one feed, and what leads from the former ones to the current one."""

    versions: tuple[Version, ...]
    """The current one, then the former ones, newest first."""
    steps: tuple[Step, ...] = ()
    """From those former versions that it is worth it for, newest first."""
    pieces: tuple[bytes, ...] = ()
    """The feed's head, what stands between two parts, its tail, then parts; each as blocks of deflate (RFC 1951)
    that refer to nothing before them, the last one not marked as such."""


def make_deltas(content: bytes, parts: Parts, codings: Mapping[str, int], former: Sequence[Version]) -> Deltas:
    """Decide all that can be sent to readers of former versions.

    Args:
        content: A feed.
        parts: How to find what may be left out of it.
        codings: The length of each of its codings, by entity tag.
        former: Its former versions, newest first.
    """
    spans = parts.find(content)
    told = [content[start:end] for start, end in spans]
    prints = [hashlib.sha256(part).digest()[:PRINT] for part in told]
    current = Version(tuple(codings), b"".join(prints))
    versions = (current, *(version for version in former if version.tags != current.tags))
    start, end = (spans[0][0], spans[-1][1]) if spans else (len(content), len(content))
    desk = _Cutter([content[:start], parts.between, content[end:], *told])
    smallest = min(codings.values())
    for place, version in enumerate(versions[1:], 1):
        known = _split(version.prints)
        news = [part for part, print_ in enumerate(prints) if print_ not in known]
        desk.cut(place, news, len(content) * WORTH, smallest)
    return desk.deltas(versions)


def gzip_frame(blocks: bytes, checksum: int, length: int) -> bytes:
    """Make a gzip member (RFC 1952, section 2.3) of blocks of deflate of which none is the last."""
    return b"".join((_HEAD, blocks, _END, struct.pack("<II", checksum, length & 0xFFFFFFFF)))


FRAME = len(gzip_frame(b"", 0, 0))
"""Bytes that a gzip takes beside its blocks."""


class _Cutter:
    """Cuts deltas out of a feed, and compresses what they tell."""

    def __init__(self, plain: list[bytes]) -> None:
        self._plain = plain
        self._packed = [_deflate(piece) for piece in plain[:3]]
        self._places: dict[int, int] = {}
        """Where each part is among the packed pieces."""
        self._steps: list[Step] = []

    def cut(self, version: int, news: list[int], most: float, smallest: int) -> None:
        """Take the delta that tells these parts, if it is worth it."""
        head, between, tail, *told = self._plain
        plain = [head, between.join(told[part] for part in news), tail]
        length = sum(map(len, plain))
        if length > most:
            return
        places = tuple(self._place(part) for part in news)
        if FRAME + sum(len(piece) for piece in woven(self._packed, places)) >= smallest:
            return
        checksum = 0
        for piece in plain:
            checksum = zlib.crc32(piece, checksum)
        self._steps.append(Step(version, places, checksum, length))

    def _place(self, part: int) -> int:
        if part not in self._places:
            self._places[part] = len(self._packed)
            self._packed.append(_deflate(self._plain[part + 3]))
        return self._places[part]

    def deltas(self, versions: tuple[Version, ...]) -> Deltas:
        """All that was cut."""
        return Deltas(versions, tuple(self._steps), tuple(self._packed) if self._steps else ())


def woven(pieces: Sequence[bytes], parts: Sequence[int]) -> list[bytes]:
    """Put the pieces of a delta in their order: the head, the parts with what stands between them, the tail."""
    head, between, tail = pieces[:3]
    row = [head]
    for part in parts:
        row += (pieces[part], between)
    if parts:
        row.pop()
    return [*row, tail]


def inflate(piece: bytes) -> bytes:
    """The bytes of one of :attr:`Deltas.pieces`."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(piece)


def _deflate(piece: bytes) -> bytes:
    if not piece:
        return b""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH)


def _split(prints: bytes) -> frozenset[bytes]:
    return frozenset(prints[start : start + PRINT] for start in range(0, len(prints), PRINT))
