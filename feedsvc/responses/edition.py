"""An edition: the set of all responses that one round published, under a rising number."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedsvc.articles.model import SetAside
from feedsvc.articles.record import Record
from feedsvc.channels.archive import Positions
from feedsvc.responses.response import Response


@dataclass(frozen=True, slots=True)
class Edition:
    """The head of an edition."""

    number: int
    """Counted from 1; 0 stands for "none yet"."""
    time: int
    """When its round began, in seconds since 1970."""
    next_moment: int | None = None
    """The next second at which something appears or expires; no freshness lifetime reaches past it."""
    identity: str = ""
    """Random (:func:`new_identity`): it tells this edition from one with the same number in another store, or in
    the same store after an older backup was put back and published from."""


NO_EDITION = Edition(0, 0)
"""Stands for "none yet"."""


def new_identity() -> str:
    """A random identity for an edition, in hexadecimal digits."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a round compares to see that a response of the last edition is still right."""

    key: str
    digest: str
    last_modified: int


@dataclass(frozen=True, slots=True)
class PublisherState:
    """All that the last round left for the next one."""

    edition: Edition = NO_EDITION
    records: Mapping[str, Record] = field(default_factory=dict)
    """By id; those of removed articles included."""
    responses: Mapping[str, Fingerprint] = field(default_factory=dict)
    """By path."""
    archive_positions: Positions = field(default_factory=dict)
    """Where the articles stand in the archives of their channels."""
    set_aside: Mapping[str, SetAside] = field(default_factory=dict)
    """By path, the files of which no article could be made; in the store only those that are fatal."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a web worker has to know in order to go from one edition to the newest."""

    edition: Edition
    hot: tuple[Response, ...]
    """Responses to keep in memory, whole."""
    cold: tuple[str, ...]
    """Paths whose responses are fetched when they are asked for."""
    dropped: tuple[str, ...]
    """Paths that are no more."""
    replaced: bool = False
    """The store does not hold the edition to start from: it is another store, or an older backup. Then ``hot`` and
    ``cold`` name all that the store has, and whatever the worker knew counts no more."""
