"""A response: a document prepared for HTTP, with every content coding and header decided at publishing.

The store keeps a :class:`Response`. A web worker makes a :class:`PreparedResponse` of it, whose header fields are
bytes already, so that a request costs a lookup and a comparison.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from feedsvc.core.timestamps import http_date
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


Fields = tuple[tuple[bytes, bytes], ...]

_REPEATED = frozenset({b"vary", b"link", b"access-control-allow-origin", b"access-control-expose-headers"})
"""The fields that a 304 repeats beside tag, date and freshness (RFC 9110, section 15.4.5); a script that asks
with a condition of its own needs the CORS fields as well."""

_LONGEST_SHARED = 400
"""Bytes of the longest value that is kept for other responses. Clients decide where some redirects lead to, and
must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One content coding with the header fields of its answers, except those that change with time."""

    etag: bytes
    representation: Representation
    fields: Fields
    """The header fields of the full answer."""
    unchanged: Fields
    """The header fields of a 304."""

    @property
    def body(self) -> bytes:
        """The content; see :attr:`Representation.body`."""
        return self.representation.body


@dataclass(frozen=True, slots=True)
class PreparedResponse:
    """All answers of one URL path."""

    path: str
    traits: Traits
    last_modified: int
    """Seconds since 1970, see :attr:`Response.last_modified`."""
    modified: tuple[bytes, bytes]
    """The Last-Modified field."""
    file: str | None
    """The path of a media file below the articles directory; None for other documents."""
    size: int
    """How many bytes the identity has, also if it is a file."""
    offered: tuple[Coding, ...]
    """The variants, smallest first."""
    variants: dict[Coding, Variant]
    tags: dict[bytes, Variant]
    """The variants by entity tag."""
    length: int
    """How many bytes of content the variants hold in memory."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.traits.status


def prepare_response(response: Response) -> PreparedResponse:
    """Prepare a response: decide everything that does not depend on a request."""
    variants = {each.coding: _variant(response, each) for each in response.representations}
    return PreparedResponse(
        path=response.path,
        traits=response.traits,
        last_modified=response.last_modified,
        modified=(b"last-modified", http_date(response.last_modified)),
        file=response.file,
        size=next(each.length for each in response.representations if each.coding == "identity"),
        offered=tuple(variants),
        variants=variants,
        tags={variant.etag: variant for variant in variants.values()},
        length=response.weight,
    )


def _variant(response: Response, representation: Representation) -> Variant:
    etag = _field("etag", representation.etag)
    given = [_field(name, value) for name, value in response.headers]
    fields = list(given)
    if representation.coding != "identity":
        fields.append(_field("content-encoding", representation.coding))
    if response.status == 200:
        # Only a 200 can be asked for again under a condition.
        fields.append(etag)
    fields.append(_field("content-length", str(representation.length)))
    repeated = [field for field in given if field[0] in _REPEATED]
    return Variant(etag[1], representation, tuple(fields), (*repeated, etag))


def _field(name: str, value: str) -> tuple[bytes, bytes]:
    """A header field in bytes. Many are equal in thousands of responses, and so are in memory only once."""
    return (_shared if len(value) <= _LONGEST_SHARED else _shared.__wrapped__)(name, value)


@lru_cache(maxsize=512)
def _shared(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("ascii"), value.encode("ascii")
