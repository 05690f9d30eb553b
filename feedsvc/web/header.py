"""The header fields that the server itself heeds, and what a Host has to look like."""

import re

NOTED = frozenset(
    {
        b"host",
        b"if-none-match",
        b"if-modified-since",
        b"accept-encoding",
        b"sec-fetch-dest",
        b"content-length",
        b"transfer-encoding",
        b"expect",
        b"upgrade",
        b"if-match",
        b"if-unmodified-since",
        b"x-forwarded-for",
    }
)
"""Several lines of one of these are joined; of any other nothing is needed but that it is there."""

_HOST = re.compile(rb"(?:[\w\-.~!$&'()*+,;=%]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?", re.ASCII)


def is_host(value: bytes) -> bool:
    """Whether this is the value of one Host field (RFC 9110, section 7.2); several, joined, are none."""
    return _HOST.fullmatch(value) is not None
