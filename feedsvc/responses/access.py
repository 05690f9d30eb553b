"""Access to a private site: who its readers are, and whether a request shows the token of one.

A reader has a name and a token. Most readers send both by HTTP Basic (RFC 7617); for those that cannot, the feeds
have addresses below ``/private/<token>/``, too. The token is a secret and is kept nowhere: what is kept is its
digest.
"""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

Access = Literal["public", "private", "channels"]
"""Whom a store is for: everybody; readers with a token; or, in a store of an earlier feedsvc, everybody beside
private channels, which are no more (:func:`feedsvc.publishing.site_access.claim`)."""

PREFIX = "/private/"
"""What an address with a token in it begins with."""
HINT = 8
"""How many characters of a token the operator sees again, to tell one from another: 32 of its 160 bits."""
_LONGEST = 1024
"""Characters of the longest credentials that are looked at; a name has 100, and a token 40."""

Readers = Mapping[str, str]
"""The digest of each token that is in force, and the name of the reader who has it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who was given a token. Nobody is ever forgotten, so that what was revoked stays so."""

    digest: str
    """SHA-256 of the token, hex."""
    token_prefix: str
    """The first characters of the token (:data:`HINT`)."""
    name: str
    """By which the operator and HTTP Basic call the reader."""
    created: int
    """Seconds since 1970."""
    revoked: int | None = None
    """Since when the token opens nothing; None while it does."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a store knows of privacy."""

    access: Access | None = None
    """None where nothing has said so yet."""
    readers: tuple[Reader, ...] = ()
    """All who were ever given a token, the oldest first."""


NO_PRIVACY = Privacy()
"""Of a store that is new."""


def token_digest(token: str) -> str:
    """The digest by which a token is known, SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_reader(authorization: bytes, readers: Readers) -> bool:
    """Whether an Authorization field holds name and token of a reader, by HTTP Basic (RFC 7617, section 2).

    How long it takes depends on the token's digest alone. Whoever measures it learns something of a digest that
    they cannot choose, and nothing of any token. The name is compared in constant time.
    """
    scheme, _, told = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "basic" or len(told) > _LONGEST:
        return False
    try:
        decoded = b64decode(told.strip(), validate=True)
    except ValueError:
        return False
    name, _, token = _text(decoded).partition(":")
    known = readers.get(token_digest(token))
    given = normalize("NFC", name).encode("utf-8")
    return hmac.compare_digest((known or "").encode("utf-8"), given) and known is not None


def without_token(path: str, readers: Readers) -> str | None:
    """What an address below :data:`PREFIX` stands for, such as ``/rss.xml``; None if its token is not in force.

    As to time, what is said of :func:`is_reader` holds.
    """
    token, slash, rest = path.removeprefix(PREFIX).partition("/")
    if not path.startswith(PREFIX) or not slash or len(token) > _LONGEST:
        return None
    return f"/{rest}" if token_digest(token) in readers else None


def _text(credentials: bytes) -> str:
    """Credentials are in UTF-8, as the challenge asks for (section 2.1); some clients know Latin-1 alone."""
    try:
        return credentials.decode("utf-8")
    except UnicodeDecodeError:
        return credentials.decode("latin-1")
