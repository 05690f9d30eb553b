"""What an answer depends on, of all that a request says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """Method and the fields that matter, as they came over the wire; None for a field that is not there.

    A field that came on several lines is one, joined by commas (RFC 9110, section 5.3).
    """

    method: str
    if_none_match: bytes | None = None
    if_modified_since: bytes | None = None
    accept_encoding: bytes | None = None
    if_match: bytes | None = None
    if_unmodified_since: bytes | None = None
    a_im: bytes | None = None
    """What the client can merge (RFC 3229, section 10.5.3). None also where the request came through the hands of
    others (Via, CDN-Loop): a cache that asks for itself puts its own tag in place of the client's, and would pass
    on to the client what is new since its own copy."""
