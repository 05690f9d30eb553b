"""Private feeds: an address of a private channel is given to a reader, or taken back, and no round betrays it."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from feedsvc.channels.site import Site
from feedsvc.errors import PrivacyError, TicketError
from feedsvc.responses.ticket import HINT, PREFIX, Ticket, token_digest

BYTES = 20
"""Of randomness in a token: 160 bits."""
_SHORTEST = 4
"""Characters of a token that are enough to name it."""


class Known(Protocol):
    """The store as a round needs it."""

    def tickets(self) -> Sequence[Ticket]:
        """All there ever were, the oldest first."""


class Tickets(Known, Protocol):
    """The store as these commands need it."""

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


def guard(store: Known, site: Site) -> None:
    """Let no round publish what readers of a private channel were promised to have for themselves.

    Settings that were lost, or are another site's, name no private channel. By them all of it would be public at
    once, and nothing that was published can be taken back.

    Raises:
        PrivacyError: An address is in force whose channel is not private by what ``site`` says.
        StoreError: The store cannot be read.
    """
    private = {query.path for query in site.queries if query.private}
    promised = {ticket.channel for ticket in store.tickets() if ticket.revoked is None}
    if lost := sorted(promised - private):
        channels, are = ", ".join(lost), "is" if len(lost) == 1 else "are"
        raise PrivacyError(
            f"{channels} {are} not private in these settings, though readers have addresses there",
            "name the feedsvc.toml that says private = true with --config, "
            "or revoke the addresses first with `feedsvc private revoke`",
        )


def _by_token(tickets: Sequence[Ticket], which: str) -> list[Ticket]:
    token = which.partition(PREFIX)[2].partition("/")[0] if PREFIX in which else which
    whole = token_digest(token)
    found = [each for each in tickets if each.digest == whole] or [
        each for each in tickets if len(token) >= _SHORTEST and each.hint.startswith(token)
    ]
    if len(found) > 1:
        raise TicketError(f"{len(found)} addresses begin with {token!r}", "write more of the one that is meant")
    return found
