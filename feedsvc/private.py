"""Private sites: whom a store is for, and the readers who are given a token, or have it taken back."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from unicodedata import category, normalize

from feedsvc.errors import PrivacyError, ReaderError
from feedsvc.responses.access import HINT, PREFIX, Access, Privacy, Reader, token_digest

BYTES = 20
"""Of randomness in a token: 160 bits."""
_SHORTEST = 4
"""Characters of a token that are enough to name it."""
_LONGEST_NAME = 100


class Claims(Protocol):
    """The store as a round needs it."""

    def claim_access(self, wanted: Access) -> Access:
        """Say whom the store is for where nothing has said so yet; gives what it is then."""


class Readers(Protocol):
    """The store as the commands about readers need it."""

    def privacy(self) -> Privacy:
        """Whom the store is for, and who its readers are."""

    def keep_readers(self, given: Sequence[Reader]) -> None:
        """Add those that are not there, and revoke those that are revoked."""


def claim(store: Claims, wanted: Access) -> None:
    """Let nobody publish or serve a store by settings that are for others than the store is.

    Settings that were lost, or are another site's, say "public". By them all of a private site would be out at
    once, and nothing that was published can be taken back. The first who opens a new store says whom it is for.

    Raises:
        PrivacyError: The store is for others; the remedy is the command that says it is meant.
        StoreError: The store cannot be read.
    """
    found = store.claim_access(wanted)
    if found == wanted:
        return
    if found == "channels":
        raise PrivacyError(
            "the store has private channels of an earlier feedsvc, which are no more, and all of it would be "
            f"{wanted} now",
            "move their articles to a private site of their own (docs/guides/private.md), then say what this site "
            "is: feedsvc store access public, or private",
        )
    raise PrivacyError(
        f"the store is of a {found} site, and by these settings it would be {wanted}",
        f'name the feedsvc.toml that says access = "{found}" with --config, or say that it is meant: '
        f"feedsvc store access {wanted}",
    )


def add(store: Readers, name: str, now: datetime) -> str:
    """Give a reader a token.

    Args:
        store: Where the reader is kept; web workers see it within a second.
        name: By which HTTP Basic calls the reader: 1 to 100 characters, no colon and no control character
            (RFC 7617, section 2).
        now: This moment.

    Returns:
        The token. Nobody can find it out again.

    Raises:
        ReaderError: The name cannot be used, or a reader with a token has it.
        StoreError: Nothing was kept.
    """
    name = normalize("NFC", name.strip())
    if not 0 < len(name) <= _LONGEST_NAME or ":" in name or any(category(sign)[0] == "C" for sign in name):
        raise ReaderError(
            f"{name!r} cannot be a reader's name", "choose one of 1 to 100 characters, without a colon"
        )
    if any(reader.name == name and reader.revoked is None for reader in store.privacy().readers):
        raise ReaderError(f"{name} has a token already", "choose another name, or revoke that one first")
    token = secrets.token_hex(BYTES)
    store.keep_readers([Reader(token_digest(token), token[:HINT], name, int(now.timestamp()))])
    return token


def revoke(store: Readers, which: str, now: datetime) -> Sequence[Reader]:
    """Take back the token of a reader; it opens nothing from then on.

    Args:
        store: Where readers are kept; web workers see it within a second.
        which: The name of a reader; or a token, its beginning, or an address with it.
        now: This moment.

    Returns:
        Whose tokens were revoked.

    Raises:
        ReaderError: It names no token that is in force, or several tokens begin so.
        StoreError: Nothing was revoked.
    """
    name = normalize("NFC", which.strip())
    force = [reader for reader in store.privacy().readers if reader.revoked is None]
    found = [reader for reader in force if reader.name == name] or _by_token(force, which)
    if not found:
        raise ReaderError(f"{_shown(which)} names no reader who has a token", "see `feedsvc private list`")
    revoked = [replace(reader, revoked=int(now.timestamp())) for reader in found]
    store.keep_readers(revoked)
    return revoked


def _by_token(readers: Sequence[Reader], which: str) -> list[Reader]:
    token = which.partition(PREFIX)[2].partition("/")[0] if PREFIX in which else which
    whole = token_digest(token)
    found = [each for each in readers if each.digest == whole] or [
        each for each in readers if len(token) >= _SHORTEST and each.hint.startswith(token)
    ]
    if len(found) > 1:
        raise ReaderError(f"{len(found)} tokens begin with {token}", "write more of the one that is meant")
    return found


def _shown(which: str) -> str:
    """What the operator wrote, unless it may be a whole token."""
    return f"{which[:HINT]}…" if len(which) >= 2 * BYTES and " " not in which else repr(which)
