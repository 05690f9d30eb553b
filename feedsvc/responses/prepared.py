"""A response whose header fields are bytes already, so that a request costs a lookup and a comparison."""

from dataclasses import dataclass
from functools import lru_cache

from feedsvc.documents.model import Traits
from feedsvc.responses.http_dates import http_date
from feedsvc.responses.response import Coding, Representation, Response

Fields = tuple[tuple[bytes, bytes], ...]

_REPEATED = frozenset({b"vary", b"link", b"access-control-allow-origin", b"access-control-expose-headers"})
"""What a 304 repeats beside tag, date and freshness (RFC 9110, section 15.4.5); a script that asks with a
condition of its own needs the CORS fields as well."""

_LONGEST_SHARED = 400
"""Bytes of the longest value that is kept for other responses. Clients decide where some redirects lead to, and
must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One coding, with the header fields of its answers. Those that change with the clock are added later."""

    etag: bytes
    representation: Representation
    fields: Fields
    """Of the whole response."""
    unchanged: Fields
    """Of the 304."""

    @property
    def body(self) -> bytes:
        """The content; see :attr:`Representation.body`."""
        return self.representation.body


@dataclass(frozen=True, slots=True)
class PreparedResponse:
    """All answers of one path."""

    path: str
    traits: Traits
    last_modified: int
    """Seconds since 1970, see :attr:`Response.last_modified`."""
    modified: tuple[bytes, bytes]
    """The Last-Modified field."""
    file: str | None
    """Path of a media file below the articles directory."""
    size: int
    """Bytes of the identity, those of a file included."""
    offered: tuple[Coding, ...]
    """Smallest first."""
    variants: dict[Coding, Variant]
    tags: dict[bytes, Variant]
    """By entity tag."""
    length: int
    """Bytes of content that it holds in memory."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.traits.status


def prepare_response(response: Response) -> PreparedResponse:
    """Decide all that can be decided before anybody asks."""
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
    """A field in bytes."""
    if len(value) > _LONGEST_SHARED:
        return _name(name), value.encode("ascii")
    return _shared(name, value)


@lru_cache(maxsize=512)
def _shared(name: str, value: str) -> tuple[bytes, bytes]:
    """A field that is the same in thousands of responses, as most are, and is to be in memory once."""
    return _name(name), value.encode("ascii")


@lru_cache(maxsize=64)
def _name(name: str) -> bytes:
    return name.encode("ascii")
