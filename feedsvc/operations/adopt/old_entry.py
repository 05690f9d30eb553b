"""What a feed has told so far, without any format."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OldEntry:
    """One entry of the feed that subscribers have today."""

    id: str
    """To the byte as the feed has it: by this a reader knows what it has shown. The link where there is none."""
    link: str
    """Absolute; empty where the entry has none."""
    title: str
    published: datetime | None
    updated: datetime | None
    content: str
    """HTML; empty where the feed has neither the text nor a part of it."""


@dataclass(frozen=True, slots=True)
class OldFeedPage:
    """One document of a feed."""

    entries: tuple[OldEntry, ...]
    older: tuple[str, ...] = ()
    """Absolute addresses of documents with older entries."""
    paged: bool = False
    """Whether ``?paged=2`` is where WordPress has the next."""
