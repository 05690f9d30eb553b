"""A response: a document prepared for HTTP, with every content coding and header decided at publishing."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from feedsvc.documents.model import Traits

Coding = Literal["identity", "gzip", "br"]

_GZIP = zlib.MAX_WBITS + 16
"""The window bits that make zlib read gzip (zlib manual, inflateInit2)."""


@lru_cache(maxsize=8)
def _unpacked(held: bytes) -> bytes:
    """The content of a gzip; cached, so that many slow clients of one feed share one copy."""
    return zlib.decompress(held, _GZIP)


@dataclass(frozen=True, slots=True, eq=False)
class Representation:
    """One content coding of a document (RFC 9110, section 8.4) with its own strong entity tag."""

    coding: Coding
    etag: str
    """The strong entity tag of these bytes, quotes included."""
    held: bytes
    """The body, or its gzip: few clients request the identity, which would take five times as much memory."""
    length: int
    """The length of the body in bytes: ``len(body)``, except for a file, whose body stays on disk."""
    is_packed: bool = False
    """Whether ``held`` is the gzip of the body."""

    @property
    def body(self) -> bytes:
        """The bytes that are sent, decompressed if ``held`` is their gzip."""
        return _unpacked(self.held) if self.is_packed else self.held

    def __eq__(self, other: object) -> bool:
        """Equal if coding, entity tag and body are equal, whether or not the body is held as its gzip."""
        return isinstance(other, Representation) and self._compared() == other._compared()

    def __hash__(self) -> int:
        """The hash of the entity tag, which identifies the bytes."""
        return hash(self.etag)

    def _compared(self) -> tuple[object, ...]:
        return self.coding, self.etag, self.length, self.body


@dataclass(frozen=True, slots=True)
class Response:
    """All representations of the document at one URL path, and the header fields that they share."""

    path: str
    traits: Traits
    headers: tuple[tuple[str, str], ...]
    """The header fields that are the same in every coding, such as Content-Type, Link, Location; names in lower
    case. Fields that depend on the coding or on the time of a request are added when it is answered."""
    representations: tuple[Representation, ...]
    """The codings, smallest first; identity is always among them."""
    last_modified: int
    """Seconds since 1970. It rises with every change of the bytes at the path, also if two fall into one
    second."""
    file: str | None
    """For a media file: its path below the articles directory; None for other documents."""
    key: str
    """The key of the document, which changes with its content
    (:attr:`feedsvc.documents.model.DocumentSpec.key`)."""
    digest: str
    """SHA-256, in hex, of status, headers and bytes; responses with equal digests are equal."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.traits.status

    @property
    def weight(self) -> int:
        """How many bytes its content takes in memory and in the store."""
        return sum(len(each.held) for each in self.representations if not each.is_packed)
