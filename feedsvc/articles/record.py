"""The ledger's record of an article: the id and dates by which subscribers know it."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.model import Article
from feedsvc.core.reserved_paths import RESERVED

_OPERATORS = frozenset({"admin", "api", "healthz", "hub", "metrics", "readyz", "websub"})
"""First path segments that answer machines and operators; no alias may lead them elsewhere."""


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """The last time at which a published article entered or left one channel."""

    kind: str
    """``query``, or the name of a kind of channels (:mod:`feedsvc.channels.kinds`)."""
    key: str
    """The key of the channel, unique among the channels of its kind."""
    label: str
    """The name of the channel as this article spells it."""
    when: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """The lasting record of an article: its id, dates and page, with its last good reading.

    ``id`` and ``published`` are settled when the article first becomes public, and kept from then on; ``page`` is
    kept too, unless the article is moved on purpose. Until then they follow the file, so that a draft can be
    renamed and dated freely.
    """

    id: str
    """The ``id`` of the header, otherwise a ``tag:`` URI (RFC 4151)."""
    article: Article
    """The article as it was last read without a problem."""
    stamp: str
    """As :attr:`.model.ReadArticle.stamp`: by which a round sees that the file is unchanged."""
    source: str
    """As :attr:`.model.ReadArticle.source`: SHA-256 of the file and the options it was read by."""
    page: str
    """URL path of the article's page, such as ``/news/slug``, decoded; a whole URL where it is on another site."""
    published: datetime
    updated: datetime
    settled: bool = False
    """Whether the article has ever been public."""
    present: bool = True
    """Whether its file still exists."""
    withdrawn: datetime | None = None
    """When the article stopped being public; None while it is public or has never been."""
    listed: bool = False
    """Whether the article stands in feeds: it is public, and not ``unlisted``."""
    changed: datetime | None = None
    """The newest change of the article in the feeds: it appeared, was updated, left, came back. It never goes
    backward; None while the article has been in no feed."""
    former_pages: tuple[str, ...] = ()
    """The URL paths of its page before it was moved, the latest last; they redirect to ``page``."""
    membership_changes: tuple[MembershipChange, ...] = ()
    """When the article last entered or left each channel, in the order of kinds and keys; none for the channels in
    which it has stood all the time (:mod:`feedsvc.channels.selection`)."""
    address_pattern: str | None = None
    """The pattern by which ``page`` was given (:mod:`feedsvc.articles.identity.addresses`); None where section and
    slug gave it."""

    @property
    def is_public(self) -> bool:
        """Whether the article has a page that everybody may see, unlisted or not; the site may be private."""
        return self.settled and self.withdrawn is None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the article has its page on another site, to which feeds and lists link."""
        return not self.page.startswith("/")

    def former_paths(self) -> Iterator[str]:
        """The other addresses of the article: the pages it had, and the aliases of its header if its page is here.

        An alias counts with and without a slash at its end, since other programs wrote it either way.
        """
        yield from self.former_pages
        for alias in () if self.is_elsewhere else self.article.aliases:
            path = alias.rstrip("/")
            if path and path.split("/", 2)[1] not in _OPERATORS:
                yield path
                yield f"{path}/"


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of the ledger beside the records that a round looks at; it leaves the rest as it is."""

    ids: Container[str] = frozenset()
    pages: Container[str] = frozenset()
    """Their pages, the former ones included."""
    public: int = 0
    """How many of them are public."""
    present: int = 0
    """Of how many the file exists."""
    records: Iterable[Record] = ()
    """All of them; few questions need a pass over them."""


NO_REST = Rest()
"""Stands for "all records are looked at"."""


def wanted_page(article: Article) -> str:
    """The URL path that follows from an article's section and slug."""
    first, *rest = [*filter(None, article.section.split("/")), article.slug]
    return "/" + "/".join([f"{first}-2" if first in RESERVED else first, *rest])


def newest_first(record: Record) -> tuple[float, str]:
    """The key by which articles are sorted, the newest first; by id where the dates are the same."""
    return -record.published.timestamp(), record.id
