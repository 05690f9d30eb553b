"""The ledger's record of an article: the id and dates by which subscribers know it."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.model import Article
from feedsvc.core.reserved_paths import RESERVED


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """That an article which the feeds have shown went out of a channel, or came into one."""

    kind: str
    """``query``, or the name of a kind of channels (:mod:`feedsvc.channels.kinds`)."""
    key: str
    """What the channel is known by among those of its kind."""
    label: str
    """As this article called it."""
    when: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of an article for ever, with its last good reading.

    ``id`` and ``published`` are settled when the article first goes public, and kept from then on; ``page``
    too, unless the article is moved on purpose. Before that they follow the file, so that a draft can be renamed
    and dated freely.
    """

    id: str
    """A ``tag:`` URI (RFC 4151), or what the header gave."""
    article: Article
    """The last good reading."""
    stamp: str
    source: str
    page: str
    """URL path of the article's page, such as ``/news/slug``."""
    published: datetime
    updated: datetime
    settled: bool = False
    """True once it was public."""
    present: bool = True
    """False once its file is gone."""
    withdrawn: datetime | None = None
    """When it left the public, while it is away; None otherwise."""
    listed: bool = False
    """It stands in the feeds: it is public, and not ``unlisted``."""
    changed: datetime | None = None
    """The newest change of it that the feeds have shown: it came, was updated, left, came back. It never goes
    backward; None while it has been in none."""
    former_pages: tuple[str, ...] = ()
    """The pages it had before, the latest last; they lead to the one it has."""
    membership_changes: tuple[MembershipChange, ...] = ()
    """When the article last entered or left each channel, in the order of kinds and keys; none for the channels in
    which it has stood all the time (:mod:`feedsvc.channels.selection`)."""

    @property
    def is_public(self) -> bool:
        """Whether the article has a page that everybody may see, unlisted or not; the site may be private."""
        return self.settled and self.withdrawn is None


def wanted_page(article: Article) -> str:
    """The URL path that an article's section and slug ask for."""
    first, *rest = [*filter(None, article.section.split("/")), article.slug]
    return "/" + "/".join([f"{first}-2" if first in RESERVED else first, *rest])
