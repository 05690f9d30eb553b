"""Addresses to which push may send: no subscriber may point the sender at the network of the operator.

The URL itself is checked at the subscription. What its host name resolves to is checked each time something
is sent, by :mod:`.client`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Self
from urllib.parse import SplitResult, urlsplit

from feedsvc.core.urls import Network, ascii_host, is_public

LONGEST_URL = 2048
"""Characters of a callback or topic."""
_WEB_PORTS = frozenset({80, 443})
_LAST_SYSTEM_PORT = 1023
"""Below are the ports of mail, logins and the like (RFC 6335, section 6)."""


class RefusedError(Exception):
    """A URL, or what its host resolves to, must not be sent to; the text says why."""


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """Which addresses may be sent to beside those of the public internet."""

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
