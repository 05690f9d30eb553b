"""A response: a document made ready for HTTP, with every coding and every header decided ahead."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from feedsvc.documents.model import Traits

Coding = Literal["identity", "gzip", "br"]

_GZIP = zlib.MAX_WBITS + 16
"""By which zlib knows that what it inflates is a gzip (zlib manual, inflateInit2)."""


@lru_cache(maxsize=8)
def _unpacked(held: bytes) -> bytes:
    """What is in a gzip. A thousand clients that take the same feed in slowly then hold it once."""
    return zlib.decompress(held, _GZIP)


@dataclass(frozen=True, slots=True, eq=False)
class Representation:
    """One content coding of a document (RFC 9110, section 8.4) under its own strong tag."""

    coding: Coding
    etag: str
    """With its quotes, as it is sent. It names these very bytes."""
    held: bytes
    """The body, or the gzip of it: nearly everybody asks for another coding than the identity, which takes five
    times as much memory."""
    length: int
    """In bytes. Equal to ``len(body)``, except for a file, whose body stays on disk."""
    is_packed: bool = False
    """Whether the gzip of it is held."""

    @property
    def body(self) -> bytes:
        """What is sent; unpacked if need be."""
        return _unpacked(self.held) if self.is_packed else self.held

    def __eq__(self, other: object) -> bool:
        """How the body is held makes no difference."""
        return isinstance(other, Representation) and self._compared() == other._compared()

    def __hash__(self) -> int:
        """The tag names the bytes."""
        return hash(self.etag)

    def _compared(self) -> tuple[object, ...]:
        return self.coding, self.etag, self.length, self.body


@dataclass(frozen=True, slots=True)
class Response:
    """All the answers one URL path can give."""

    path: str
    traits: Traits
    headers: tuple[tuple[str, str], ...]
    """The fields that are the same in every coding, such as Content-Type, Link, Location; names in lower case.
    What depends on the coding or on the moment is added when it is answered."""
    representations: tuple[Representation, ...]
    """Smallest first; never empty; one of them is identity."""
    last_modified: int
    """Seconds since 1970. It rises with every change of the path's bytes, also of two within one second."""
    file: str | None
    """For media: the path of the file below the articles directory."""
    key: str
    """Changes with what the document is made of (:attr:`feedsvc.documents.model.DocumentSpec.key`)."""
    digest: str
    """SHA-256 over status, headers and bytes: equal digests, equal responses."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.traits.status

    @property
    def weight(self) -> int:
        """Bytes of content that it takes, in memory or in the store."""
        return sum(len(each.held) for each in self.representations if not each.is_packed)
