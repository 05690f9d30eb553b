"""Hosts and URLs in ASCII: the one spelling of an internationalised address that headers and feeds carry.

A host is written as browsers send it (UTS 46, non-transitional; RFC 5891), a path with its octets percent-encoded
(RFC 3987, section 3.1).
"""

import re
from urllib.parse import quote

_PARTS = re.compile(r"(https?:)?//([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r":[0-9]*\Z")
_SAFE = "%/?#[]@!$&'()*+,;=:~"
"""Characters that a URL may contain unencoded (RFC 3986, section 2.2), and the sign of encoded ones."""


def ascii_host(name: str) -> str | None:
    """Convert the host ``name`` to ASCII; return None if it is no valid name.

    It is not if a label is empty, too long, or has a character that no name may have. A name that is ASCII
    already keeps its case. An IPv6 address stands without its brackets.
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
    """Convert the host in a URL's authority (RFC 3986, section 3.2) to ASCII; return None if it is not valid."""
    if authority.isascii():
        return authority
    user, sign, place = authority.rpartition("@")
    port = _PORT.search(place)
    name = place[: port.start()] if port else place
    host = ascii_host(name)
    return None if host is None else f"{encoded(user)}{sign}{host}{port[0] if port else ''}"


def ascii_url(url: str) -> str:
    """Convert ``url`` to ASCII. If it has no valid host, only its other parts are percent-encoded."""
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return encoded(url)
    return f"{parts[1] or ''}//{ascii_authority(parts[2]) or encoded(parts[2])}{encoded(parts[3])}"


def encoded(part: str) -> str:
    """Percent-encode what a URL may not contain in a part of it; what is encoded already stays as it is."""
    return quote(part, safe=_SAFE)
