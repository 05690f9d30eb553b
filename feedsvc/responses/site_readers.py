"""The readers of a private site, each with a name and an access token.

Most readers send both by HTTP Basic (RFC 7617); for those that cannot, the feeds have addresses below
``/private/<token>/``, too. The token is a secret and is stored nowhere: what is stored is its digest.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Access = Literal["public", "private", "channels"]
"""Who may read a site: everybody (``public``) or readers with a token (``private``). ``channels`` is in a store of
an earlier version, which had private channels (:meth:`feedsvc.store.operator_store.OperatorStore.claim`)."""

PREFIX = "/private/"
"""The beginning of a URL path that contains a token."""
HINT = 8
"""How many characters of a token the operator sees again, to distinguish tokens: 32 of its 160 bits."""

Readers = Mapping[str, str]
"""The digest of each access token that is valid, and the name of the reader who has it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader who was given an access token. Readers are never deleted, so that a revoked token stays revoked."""

    digest: str
    """SHA-256 of the token, hex."""
    token_prefix: str
    """The first characters of the token (:data:`HINT`)."""
    name: str
    """The reader's name for the operator and in HTTP Basic."""
    created: int
    """Seconds since 1970."""
    revoked: int | None = None
    """When the token was revoked, in seconds since 1970; None while it is valid."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Whether the site of a store is public or private, and its readers."""

    access: Access | None = None
    """None in a store that no command or round has opened yet."""
    readers: tuple[Reader, ...] = ()
    """All readers who were ever given a token, the oldest first."""


NO_PRIVACY = Privacy()
"""The privacy of a new store."""


def token_digest(token: str) -> str:
    """The SHA-256 of a token, in hex, by which the store keeps it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
