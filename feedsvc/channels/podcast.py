"""A podcast: what players and directories ask of a channel of sounds or films."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from feedsvc.articles.record import Record

_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""That of ``podcast:guid`` (https://podcasting2.org/docs/podcast-namespace/tags/guid)."""


@dataclass(frozen=True, slots=True)
class Podcast:
    """What the operator says of the podcasts of the site."""

    categories: tuple[str, ...] = ("News",)
    """Of Apple's list; ``Arts > Books`` names one within another."""
    explicit: bool = False
    order: Literal["episodic", "serial"] = "episodic"
    owner: str | None = None
    """An e-mail address."""
    locked: bool = True
    """Whether another platform must not take the podcast over."""
    guid: str | None = None
    """That of the site's channel where it was minted before, perhaps under another address."""
    moved_to: str | None = None
    """The base URL under which the same podcasts are published from now on; absolute, without a trailing slash."""


def is_podcast(records: Sequence[Record]) -> bool:
    """Whether more than half of the articles are there to be heard or watched."""
    return 2 * sum(map(_plays, records)) > len(records)


def podcast_guid(podcast: Podcast, base_url: str, path: str) -> str:
    """The id of the podcast at a channel's ``path``, by which directories know it wherever it moves.

    It is made of the feed's address without its scheme, so that it stays from http to https. Where the operator
    keeps the id of the site's channel, it is that one, and the others are made of it.
    """
    if podcast.guid is None:
        address = f"{base_url.partition('://')[2]}{path}rss.xml"
        return str(uuid.uuid5(_NAMESPACE, address))
    return podcast.guid if path == "/" else str(uuid.uuid5(uuid.UUID(podcast.guid), path))


def _plays(record: Record) -> bool:
    return any(file.media_type.startswith(("audio/", "video/")) for file in record.article.enclosures[:1])
