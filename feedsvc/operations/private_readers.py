"""The readers of a private site: give each an access token, list them, revoke tokens; show or set who may read."""

import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from unicodedata import category, normalize

from feedsvc.core.errors import PrivacyError, ReaderError
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now as this_moment
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.feeds.channel_feeds import FORMATS
from feedsvc.responses.site_readers import HINT, PREFIX, Access, Reader, token_digest
from feedsvc.store.operator_store import OperatorStore
from feedsvc.store.store import open_store

BYTES = 20
"""Bytes of randomness in a token: 160 bits."""
_SHORTEST = 4
"""The fewest characters by which a token can be named."""
_LONGEST_NAME = 100


def add(store: OperatorStore, name: str, now: datetime) -> str:
    """Give a reader an access token.

    Args:
        store: Where the reader is stored; web workers see it within a second.
        name: The user name of the reader in HTTP Basic: 1 to 100 characters, no colon and no control character
            (RFC 7617, section 2).
        now: This moment.

    Returns:
        The token. It is not stored, and cannot be shown again.

    Raises:
        ReaderError: The name cannot be used, or another reader with a valid token has it.
        StoreError: The store cannot be written.
    """
    name = normalize("NFC", name.strip())
    if not 0 < len(name) <= _LONGEST_NAME or ":" in name or any(category(sign)[0] == "C" for sign in name):
        raise ReaderError(
            f"{name!r} cannot be a reader's name", "choose one of 1 to 100 characters, without a colon"
        )
    if any(reader.name == name and reader.revoked is None for reader in store.privacy().readers):
        raise ReaderError(f"{name} has a token already", "choose another name, or revoke that one first")
    token = secrets.token_hex(BYTES)
    store.keep_readers([Reader(token_digest(token), token[:HINT], name, unix_time(now))])
    return token


def revoke(store: OperatorStore, which: str, now: datetime) -> Sequence[Reader]:
    """Revoke the access token of a reader.

    Args:
        store: Where readers are stored; web workers see it within a second.
        which: The name of a reader, a token, the beginning of a token, or a URL that contains a token.
        now: This moment.

    Returns:
        The readers whose tokens were revoked.

    Raises:
        ReaderError: No valid token is named, or several tokens begin like that.
        StoreError: The store cannot be written.
    """
    name = normalize("NFC", which.strip())
    force = [reader for reader in store.privacy().readers if reader.revoked is None]
    found = [reader for reader in force if reader.name == name] or _by_token(force, which)
    if not found:
        raise ReaderError(f"{_shown(which)} names no reader who has a token", "see `feedsvc readers list`")
    revoked = [replace(reader, revoked=unix_time(now)) for reader in found]
    store.keep_readers(revoked)
    return revoked


def _by_token(readers: Sequence[Reader], which: str) -> list[Reader]:
    token = which.partition(PREFIX)[2].partition("/")[0] if PREFIX in which else which
    whole = token_digest(token)
    found = [each for each in readers if each.digest == whole] or [
        each for each in readers if len(token) >= _SHORTEST and each.token_prefix.startswith(token)
    ]
    if len(found) > 1:
        raise ReaderError(f"{len(found)} tokens begin with {token}", "write more of the one that is meant")
    return found


def _shown(which: str) -> str:
    """The operator's text for an error message, cut if it may be a whole token."""
    return f"{which[:HINT]}…" if len(which) >= 2 * BYTES and " " not in which else repr(which)


def add_reader(settings: Settings, name: str) -> tuple[str, tuple[str, ...]]:
    """Give a reader of the private site an access token; return it, and the feed URLs that contain it.

    Raises:
        PrivacyError: The site is public.
        ReaderError: The name cannot be used, or is taken; see :func:`add`.
    """
    with closing(open_store(settings.store_url, make=False)) as store:
        store.operator.claim(settings.access)
        if settings.access != "private":
            raise PrivacyError(
                "the site is public, and has no readers with tokens", 'set access = "private" for it'
            )
        token = add(store.operator, name, this_moment())
    return token, tuple(f"{settings.public_url}{PREFIX}{token}/{form.file}" for form in FORMATS)


def readers(settings: Settings) -> tuple[Reader, ...]:
    """All readers who were given an access token, revoked ones included."""
    with closing(open_store(settings.store_url, make=False)) as store:
        return store.operator.privacy().readers


def revoke_reader(settings: Settings, which: str) -> Sequence[Reader]:
    """Revoke an access token; see :func:`revoke`."""
    with closing(open_store(settings.store_url, make=False)) as store:
        return revoke(store.operator, which, this_moment())


def access(settings: Settings, wanted: Access | None) -> Access | None:
    """Whether the store belongs to a public or a private site; ``wanted`` sets that first, None only reads it."""
    with closing(open_store(settings.store_url, make=False)) as store:
        if wanted is not None:
            store.operator.set_access(wanted)
        return store.operator.privacy().access
