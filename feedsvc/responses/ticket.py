"""Tickets: who may read a private channel, and what is behind the address that a reader was given.

The address is ``/private/<token>/rss.xml``, and so on. The token is a secret, so it is nowhere kept: a ticket
holds its digest. All readers of a channel get the same prepared bytes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from feedsvc.channels.channel import private_place

PREFIX = "/private/"
HINT = 8
"""How many characters of a token the operator sees again, to tell one from another: 32 of its 160 bits."""

Doors = Mapping[str, str]
"""The digest of each token that is in force, and the path of its channel."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One address of a private channel. It is never forgotten, so that what was revoked stays so."""

    digest: str
    """SHA-256 of the token, hex."""
    channel: str
    """The channel's path."""
    hint: str
    """The first characters of the token (:data:`HINT`)."""
    name: str
    """Whom the operator gave it to; may be empty."""
    made: int
    """Seconds since 1970."""
    revoked: int | None = None
    """Since when it lets nobody in; None while it does."""


def token_digest(token: str) -> str:
    """The digest by which a token is known, SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def behind(path: str, doors: Doors) -> str:
    """The path of the document at ``path``: for a private address that of the channel's, else ``path`` itself.

    How long the look-up takes depends on the token's digest alone. Whoever measures it learns something of a
    digest that they cannot choose, and nothing of any token.
    """
    if not path.startswith(PREFIX):
        return path
    token, _, rest = path.removeprefix(PREFIX).partition("/")
    channel = doors.get(token_digest(token))
    return path if channel is None else private_place(channel) + rest
