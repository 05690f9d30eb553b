"""Who polls a feed whole, again and again, is asked to wait (RFC 6585, section 4).

Only a request without a condition counts: it fetches what the client has already. A reader that keeps the entity
tag, or the date, may ask as often as it likes, since a 304 costs nothing. Whoever comes for the first time is not
asked to wait. What is remembered is bounded: of too many clients those that were silent for the longest are
forgotten, and start anew.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from cachetools import LRUCache

SIZE = 50_000
"""How many clients are remembered, each with one feed; about 20 MB."""
_NEIGHBOURS = 64
"""Bits of an IPv6 address that name whoever has it; the rest they choose themselves (RFC 6177)."""

Network = IPv4Network | IPv6Network


class Throttle:
    """Counts fetches. It belongs to one event loop; each worker counts its own."""

    def __init__(self, most: int, window: int, proxies: Sequence[Network] = (), size: int = SIZE) -> None:
        """Take what is allowed, and by whom.

        Args:
            most: How many times a client may fetch the same feed without a condition, within ...
            window: ... so many seconds: those for which the feed is fresh, so once would do.
            proxies: The networks of those whose X-Forwarded-For is believed.
            size: How many clients with a feed each are remembered.
        """
        self._most = most
        self._window = window
        self._proxies = proxies
        self._seen: LRUCache[tuple[str, bytes], tuple[int, int]] = LRUCache(maxsize=size)

    def wait(self, peer: str, forwarded: bytes | None, target: bytes, now: int) -> int:
        """Count a fetch without a condition, and tell for how many seconds the client has to wait; 0 for none.

        Args:
            peer: The address that the connection comes from.
            forwarded: The X-Forwarded-For of the request, several lines as one.
            target: What was asked for.
            now: Seconds since 1970.
        """
        key = (_who(self.client(peer, forwarded)), target)
        begin, count = self._seen.get(key, (now, 0))
        if not begin <= now < begin + self._window:  # the clock may have been set back
            begin, count = now, 0
        self._seen[key] = (begin, min(count, self._most) + 1)
        return begin + self._window - now if count >= self._most else 0

    def client(self, peer: str, forwarded: bytes | None) -> str:
        """The address of the client: behind trusted proxies the last one that none of them has."""
        named = [] if forwarded is None else forwarded.decode("latin-1").split(",")
        address = peer
        while named and self._trusts(address):
            address = named.pop().strip()
        return address

    def _trusts(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._proxies)


def _who(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Network((found, _NEIGHBOURS), strict=False))
