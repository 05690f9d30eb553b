"""Hosts and URLs in ASCII: the one spelling of an internationalised address that headers and feeds carry.

A host is written as browsers send it (UTS 46, non-transitional; RFC 5891), a path with its octets percent-encoded
(RFC 3987, section 3.1).
"""

import re
from urllib.parse import quote

_PARTS = re.compile(r"(https?:)?//([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r":[0-9]*\Z")
_SAFE = "%/?#[]@!$&'()*+,;=:~"
"""Characters that may stand in a URL as they are (RFC 3986, section 2.2), and the sign of encoded ones."""


def ascii_host(name: str) -> str | None:
    """The host ``name`` in ASCII; None where it can be none: a label is empty, too long, or holds what none may.

    A name that is ASCII already keeps its case. An IPv6 address stands without its brackets.
    """
    if ":" in name:
        return name
    try:
        if name.isascii():
            return name if name and name.encode("idna") else None
        import idna  # noqa: PLC0415  its tables are large, and few sites and links need them

        return idna.encode(name, uts46=True).decode("ascii")
    except UnicodeError:  # idna.IDNAError is one
        return None


def ascii_authority(authority: str) -> str | None:
    """The authority of a URL (RFC 3986, section 3.2) with its host in ASCII; None where it can be no host."""
    if authority.isascii():
        return authority
    user, sign, place = authority.rpartition("@")
    port = _PORT.search(place)
    name = place[: port.start()] if port else place
    host = ascii_host(name)
    return None if host is None else f"{encoded(user)}{sign}{host}{port[0] if port else ''}"


def ascii_url(url: str) -> str:
    """``url`` in ASCII; one without a host, or whose host can be none, has only its other parts encoded."""
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return encoded(url)
    return f"{parts[1] or ''}//{ascii_authority(parts[2]) or encoded(parts[2])}{encoded(parts[3])}"


def encoded(part: str) -> str:
    """A part of a URL with what may not stand in one percent-encoded; what is encoded already stays."""
    return quote(part, safe=_SAFE)
