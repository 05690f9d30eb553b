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
