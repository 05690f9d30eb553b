"""Private feeds: an address of a private channel is given to a reader, or taken back."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from feedsvc.errors import TicketError
from feedsvc.responses.ticket import HINT, PREFIX, Ticket, token_digest

BYTES = 20
"""Of randomness in a token: 160 bits."""
_SHORTEST = 4
"""Characters of a token that are enough to name it."""


class Tickets(Protocol):
    """The store as these commands need it."""

    def tickets(self) -> Sequence[Ticket]:
        """All there ever were, the oldest first."""

    def keep_tickets(self, given: Sequence[Ticket]) -> None:
        """Add those that are not there, and revoke those that are revoked."""


def give(store: Tickets, channels: Sequence[str], wanted: str, name: str, now: datetime) -> str:
    """Make a ticket for a private channel.

    Args:
        store: Where it is kept; web workers see it within a second or two.
        channels: The paths of the private channels there are.
        wanted: The path of one of them; slashes at its ends do not matter.
        name: Whom it is for.
        now: This moment.

    Returns:
        What the paths of the feeds begin with, ``/private/<token>/``. Nobody can find it out again.

    Raises:
        TicketError: There is no such private channel.
        StoreError: Nothing was kept.
    """
    path = "/" + "".join(f"{part}/" for part in wanted.split("/") if part)
    if path not in channels:
        there = f"there are {', '.join(channels)}" if channels else "set private = true for it under [[channels]]"
        raise TicketError(f"{path} is no private channel", there)
    token = secrets.token_hex(BYTES)
    ticket = Ticket(token_digest(token), path, token[:HINT], name, int(now.timestamp()))
    store.keep_tickets([ticket])
    return f"{PREFIX}{token}/"


def revoke(store: Tickets, which: str, now: datetime) -> Sequence[Ticket]:
    """Take back the tickets that ``which`` names; their addresses are unknown ones from then on.

    Args:
        store: Where they are kept; web workers see it within a second or two.
        which: The name of a reader, all of whose tickets go; or the beginning of one token; or its address.
        now: This moment.

    Returns:
        What was revoked.

    Raises:
        TicketError: It names none that is in force, or several tokens begin so.
        StoreError: Nothing was revoked.
    """
    force = [ticket for ticket in store.tickets() if ticket.revoked is None]
    found = [ticket for ticket in force if which and ticket.name == which] or _by_token(force, which)
    if not found:
        raise TicketError(f"{which!r} names no address that is in force", "see `feedsvc private list`")
    revoked = [replace(ticket, revoked=int(now.timestamp())) for ticket in found]
    store.keep_tickets(revoked)
    return revoked


def _by_token(tickets: Sequence[Ticket], which: str) -> list[Ticket]:
    token = which.partition(PREFIX)[2].partition("/")[0] if PREFIX in which else which
    whole = token_digest(token)
    found = [each for each in tickets if each.digest == whole] or [
        each for each in tickets if len(token) >= _SHORTEST and each.hint.startswith(token)
    ]
    if len(found) > 1:
        raise TicketError(f"{len(found)} addresses begin with {token!r}", "write more of the one that is meant")
    return found
