"""An edition: the set of all responses that one round published, under a rising number."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedsvc.articles.model import SetAside
from feedsvc.articles.record import Record
from feedsvc.channels.archive import Positions
from feedsvc.channels.channel import ChannelSummary
from feedsvc.responses.response import Response


@dataclass(frozen=True, slots=True)
class Edition:
    """The number, time and identity of an edition, without its responses."""

    number: int
    """Counted from 1; 0 stands for "none yet"."""
    time: int
    """When its round began, in seconds since 1970."""
    next_moment: int | None = None
    """The next second at which something appears or expires; no freshness lifetime reaches past it."""
    identity: str = ""
    """Random (:func:`new_identity`), so that this edition differs from one with the same number in another store,
    or in the same store after an older backup was restored."""


NO_EDITION = Edition(0, 0)
"""Stands for "none yet"."""


def new_identity() -> str:
    """A random identity for an edition, in hexadecimal digits."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The fingerprint by which a round sees whether a response of the last edition is still right."""

    key: str
    digest: str
    last_modified: int


@dataclass(frozen=True, slots=True)
class PublisherState:
    """The state of the publisher between two rounds: all that a round needs to know of the last one."""

    edition: Edition = NO_EDITION
    records: Mapping[str, Record] = field(default_factory=dict)
    """The records of the ledger by id, those of removed articles included."""
    responses: Mapping[str, Fingerprint] = field(default_factory=dict)
    """The fingerprints of the responses by path."""
    archive_positions: Positions = field(default_factory=dict)
    """The positions of the articles in the archives of their channels."""
    set_aside: Mapping[str, SetAside] = field(default_factory=dict)
    """The files that were set aside, by path; the store has only those that crash their reader process."""
    channels: Mapping[str, ChannelSummary] = field(default_factory=dict)
    """The channels by path, those that were dropped included."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes from one edition to the newest, which a web worker has to follow."""

    edition: Edition
    pinned: tuple[Response, ...]
    """Changed responses that the worker always has in memory."""
    stored: tuple[str, ...]
    """Paths of all other changed responses, which the worker reads when they are asked for."""
    dropped: tuple[str, ...]
    """Paths that no longer exist."""
    rendered: tuple[str, ...] = ()
    """Paths at which something may be rendered on demand; only an export asks for them."""
    replaced: bool = False
    """Whether the store does not know the worker's edition, because it is another store or an older backup. Then
    ``pinned`` and ``stored`` are everything in the store, and the worker has to forget all that it knew."""
