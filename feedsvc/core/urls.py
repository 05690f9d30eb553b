"""URLs: spelled in ASCII, the paths that are the site's own, and which hosts a request may be sent to.

Headers and feeds carry an internationalised address in one spelling: the host as browsers send it (UTS 46,
non-transitional; RFC 5891), the path with its octets percent-encoded (RFC 3987, section 3.1). Strangers may ask a
server to connect to hosts on the internet alone. The list of all other networks is explicit: ``is_global`` of the
standard library differs from one version of Python to the next, and lets addresses through that lead into the own
network by way of a translator (NAT64, 6to4).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import SplitResult, quote, urlsplit

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


RESERVED = frozenset(
    {
        *("404", "admin", "api", "archive", "assets", "atom", "authors", "favicon", "feed", "feeds", "healthz"),
        *("hub", "index", "json", "jsonfeed", "media", "metrics", "opml", "private", "readyz", "robots", "rss"),
        *("rss2", "search", "sitemap", "static", "style", "tags", "websub"),
    }
)
"""First segments of paths that the site uses now or may use later; the page of no article begins with one."""

_PAGES = frozenset({"html", "htm", "php", "asp", "aspx"})
"""Suffixes of pages. Such a page is the site's own only at the top, as ``index`` or ``404``."""

HUB = "/hub"
"""Where the site's own WebSub hub takes subscriptions."""

MEDIA = "/media/"
"""The path below which media files lie. Each URL contains a digest of its bytes, so caches may keep it for
ever."""

ROBOTS, SITEMAP = "/robots.txt", "/sitemap.xml"
"""The files for crawlers at the root of every site."""


def is_reserved(path: str) -> bool:
    """Whether no article may have the page ``path``, a URL path with a leading slash, decoded.

    Files count by their names without suffixes: ``/rss.xml`` is the site's own, ``/search.html`` is not.
    """
    first, _, rest = path[1:].partition("/")
    stem, _, suffix = first.partition(".")
    if not first or first.startswith("."):
        return True
    if rest or not suffix:
        return first in RESERVED
    return stem in {"404", "index"} if suffix.lower() in _PAGES else stem in RESERVED


Network = IPv4Network | IPv6Network

NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by the customers of a provider (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link-local (RFC 3927), and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT (RFC 7450)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, and broadcast (RFC 1112)
        # All but 2000::/3, the only global unicast there is (RFC 4291): among them loopback, link-local, unique
        # local, multicast, IPv4-mapped and -compatible addresses, NAT64 (RFC 6052, RFC 8215) and discard-only.
        "::/3",
        "4000::/2",
        "8000::/1",
        # And within 2000::/3:
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928, RFC 4380)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4, which holds any IPv4 address (RFC 3056)
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""The special-purpose networks of IANA's registries (RFC 6890), IPv4 and IPv6."""

_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "test", "invalid", "onion", "arpa")
"""Last labels of host names that no public resolver knows (RFC 6761, RFC 6762, RFC 8375 and usage)."""


def client_address(text: str) -> IPv4Address | IPv6Address:
    """The address of a client; an IPv4 client of a socket for both protocols has an IPv4-mapped one (RFC 4291).

    Raises:
        ValueError: It is none.
    """
    address = ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if address.version == 6 else address


def is_public(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether an IP address is on the public internet, or in one of the ``allowed`` networks.

    Args:
        address: IPv4 or IPv6 as text; of a scoped IPv6 address the zone is ignored.
        allowed: Networks of the operator's own that count as public.
    """
    found = ip_address(address.partition("%")[0])
    if any(found in network for network in allowed):
        return True
    return not any(found in network for network in NOT_PUBLIC)


def is_public_url(url: str) -> bool:
    """Whether the host of an absolute URL may be on the public internet, judged by its name alone."""
    host = _host(url)
    try:
        return is_public(host)
    except ValueError:
        return _is_domain_name(host)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def has_domain_name(url: str) -> bool:
    """Whether the host of an absolute URL is a domain name, which has one owner; an IP address may have many."""
    host = _host(url)
    try:
        ip_address(host)
    except ValueError:
        return _is_domain_name(host)
    return False


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def _is_domain_name(host: str) -> bool:
    return "." in host and host.rpartition(".")[2] not in _LOCAL_NAMES


LONGEST_URL = 2048
"""Characters of a callback or topic."""
_WEB_PORTS = frozenset({80, 443})
_LAST_SYSTEM_PORT = 1023
"""Below are the ports of mail, logins and the like (RFC 6335, section 6)."""


class RefusedError(Exception):
    """A URL, or what its host resolves to, must not be sent to; the text says why."""


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """Which addresses may be sent to beside those of the public internet.

    A URL is checked by itself when it is given, and what its host name resolves to each time something is sent: no
    subscriber may point the sender at the network of the operator.
    """

    allowed: Sequence[Network] = ()
    """Networks of the operator's own, for tests."""
    is_operator: bool = False
    """Whether the operator named the URLs: then they may be of the own network, and have any port."""

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> Self:
        """Rules that let these networks through, each in CIDR notation."""
        return cls(tuple(ip_network(each) for each in networks))

    def check_url(self, url: str) -> SplitResult:
        """Check a URL by itself, without resolving its host, and return its parts.

        Raises:
            RefusedError: It must not be sent to.
        """
        if len(url) > LONGEST_URL:
            raise RefusedError(f"is longer than {LONGEST_URL} characters")
        if not url.isascii() or not url.isprintable() or " " in url:
            raise RefusedError("has characters that no URL may have")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise RefusedError("is no URL") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RefusedError("is no absolute http or https URL")
        if "@" in parts.netloc:
            raise RefusedError("has a user or a password in it")
        if parts.fragment:
            raise RefusedError("has a fragment")
        if self.is_operator:
            return parts
        if port is not None and port not in _WEB_PORTS and port <= _LAST_SYSTEM_PORT:
            raise RefusedError(f"names port {port}; allowed are 80, 443 and those above {_LAST_SYSTEM_PORT}")
        self._check_host(parts.hostname)
        return parts

    def check_address(self, address: str) -> None:
        """Check an IP address.

        Raises:
            RefusedError: It is not on the public internet.
        """
        if not self.is_operator and not is_public(address, self.allowed):
            raise RefusedError("leads to an address that is not on the public internet")

    def _check_host(self, host: str) -> None:
        try:
            self.check_address(host)
        except ValueError as error:  # a name, which is resolved when something is sent
            if ascii_host(host) is None:
                raise RefusedError("has no host name that can be resolved") from error
