"""A response: a document made ready for HTTP, with every coding and every header decided ahead."""

from dataclasses import dataclass
from typing import Literal

from feedsvc.responses.versions import Deltas

Coding = Literal["identity", "gzip", "br"]


@dataclass(frozen=True, slots=True)
class Representation:
    """One content coding of a document (RFC 9110, section 8.4) under its own strong tag."""

    coding: Coding
    etag: str
    """With its quotes, as it is sent. It names these very bytes."""
    body: bytes
    length: int
    """In bytes. Equal to ``len(body)``, except for a file, whose body stays on disk."""


@dataclass(frozen=True, slots=True)
class Response:
    """All the answers one URL path can give."""

    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    """The fields that are the same in every coding, such as Content-Type, Link, Location; names in lower case.
    What depends on the coding or on the moment is added when it is answered."""
    representations: tuple[Representation, ...]
    """Smallest first; never empty; one of them is identity."""
    last_modified: int
    """Seconds since 1970. It rises with every change of the path's bytes, also of two within one second."""
    file: str | None
    """For media: the path of the file below the articles directory."""
    hot: bool
    """Whether web workers keep it in memory."""
    key: str
    """The recipe's key (:class:`feedsvc.documents.document.Recipe`)."""
    digest: str
    """SHA-256 over status, headers and bytes: equal digests, equal responses."""
    deltas: Deltas | None = None
    """For a feed that was just made: its versions, and what leads from them to this one. A response that was kept
    is read without them."""
