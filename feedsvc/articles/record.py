"""The ledger's record of an article: the id and dates by which subscribers know it, and when it is public.

Pure: the same records at the same moment give the same release (:func:`release`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from feedsvc.articles.model import Article, Problem
from feedsvc.core.timestamps import whole_seconds
from feedsvc.core.urls import RESERVED

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


# A clock that was ahead, or a header with a typing error, may have put future dates into the ledger. They would
# stay the newest dates of the article, its channels and the site for ever. The next round corrects them.

EARLIEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time has not been set since the machine was started. By such a clock every date
would lie in the future, so no date is corrected."""


def without_future_dates(record: Record, now: datetime) -> Record:
    """The record with no date after ``now``; the very same object where there was none.

    A future date of publication becomes the date of the header or file name, if that is not in the future too. A
    future date of update that the header gave is left out. Any other future date becomes ``now``.

    Args:
        record: The record of an article that is or was public.
        now: This moment: aware, in whole seconds.
    """
    if not _has_future_date(record, now) or now < EARLIEST_CLOCK:
        return record
    declared = record.article.published
    published = next(date for date in (record.published, declared, now) if date is not None and date <= now)
    return replace(
        record,
        published=published,
        updated=record.updated if record.updated <= now else _updated(record, published, now),
        changed=None if record.changed is None else min(record.changed, now),
        withdrawn=None if record.withdrawn is None else min(record.withdrawn, now),
        membership_changes=tuple(
            replace(change, when=min(change.when, now)) for change in record.membership_changes
        ),
        article=_expired(record, now),
    )


def future_updates(records: Iterable[Record], now: datetime) -> Iterator[Problem]:
    """A warning for each article whose header has a future ``updated``.

    Args:
        records: The records of the ledger.
        now: This moment, aware.
    """
    for record in records:
        updated = record.article.updated
        if updated is None or updated <= max(now, record.published):
            continue
        if record.present and not record.article.draft:
            what = f"the date of its last change, {updated:%Y-%m-%d}, is in the future, and is ignored"
            remedy = "write when it was updated, or take the line out"
            path, line = record.article.path, record.article.updated_line
            yield Problem(path, line, what, remedy, "warning", of_site=True)


def _has_future_date(record: Record, now: datetime) -> bool:
    """Whether any date is after ``now``; ``published`` is never later than ``updated``."""
    return (
        record.updated > now
        or (record.changed is not None and record.changed > now)
        or (record.withdrawn is not None and record.withdrawn > now)
        or any(change.when > now for change in record.membership_changes)
    )


def _updated(record: Record, published: datetime, now: datetime) -> datetime:
    """As it was published, if only its header says that it was updated; else it was, at the latest now."""
    declared = record.article.updated
    return published if declared is not None and declared >= record.updated else now


def _expired(record: Record, now: datetime) -> Article:
    """The article, which expires at the latest now if a clock that was ahead let it expire.

    An article that has expired stays gone until its file says something else.
    """
    article, expires = record.article, record.article.expires
    if expires is None or record.withdrawn is None or not now < expires <= record.withdrawn:
        return article
    return replace(article, expires=now)


@dataclass(frozen=True, slots=True)
class Release:
    """Records at one moment. Public articles come newest first, and by id if their dates are equal."""

    records: Mapping[str, Record]
    """All of them, by id, with what this moment settled."""
    now: datetime
    """The moment."""

    @property
    def public(self) -> tuple[Record, ...]:
        """The articles that have a page."""
        return tuple(sorted((each for each in self.records.values() if each.is_public), key=newest_first))

    @property
    def listed(self) -> tuple[Record, ...]:
        """The articles that are in feeds and lists."""
        return tuple(record for record in self.public if record.listed)

    @property
    def next_moment(self) -> datetime | None:
        """The earliest moment to come at which an article appears or expires."""
        moments = (next_moments(record, self.now) for record in self.records.values())
        return min(chain.from_iterable(moments), default=None)


def release(records: Mapping[str, Record], now: datetime, held: Container[str] = ()) -> Release:
    """Decide what is public at ``now``.

    An article is public when its file is there, it is no draft, its moment has come and it has not expired. An
    article that has appeared or expired stays so: a clock which is set back neither empties a feed nor brings back
    what has expired. Dates that a clock or a header set ahead are mended (:func:`without_future_dates`). A record
    that becomes public is settled; one that is no longer public notes when it ceased to be.

    Args:
        records: The ledger, by id, or some of its records: what becomes of one does not depend on the others.
        now: Aware.
        held: Ids of records whose files cannot be understood now. What was public stays so, by its last good
            reading; what never was waits, since its header may say by now that it must.
    """
    now = whole_seconds(now)
    released = {key: _released(record, now, held=key in held) for key, record in records.items()}
    return Release(released, now)


def leads_elsewhere(record: Record) -> bool:
    """Whether the article is only a redirect to another site, and no draft."""
    return record.present and not (record.article.draft or record.article.leads_to is None or record.is_public)


def _released(record: Record, now: datetime, *, held: bool) -> Record:
    """The record at this moment; a record without a change stays the same object, which is cheap to compare."""
    if record.settled:
        record = without_future_dates(record, now)
    public = _is_ready(record, now) and (record.settled or (record.published <= now and not held))
    if public != record.is_public:
        record = replace(record, settled=True, withdrawn=None if public else now)
        record = without_future_dates(record, now)
    listed = public and not record.article.unlisted
    changed = _changed(record, now, listed=listed)
    if (listed, changed) == (record.listed, record.changed):
        return record
    return replace(record, listed=listed, changed=changed)


def _changed(record: Record, now: datetime, *, listed: bool) -> datetime | None:
    """:attr:`Record.changed` after this moment."""
    newest = record.updated if listed else None
    # The first appearance has the date of the article, so that a rebuilt ledger gives the same. For leaving and
    # coming back the article has no date, so they have the time of the round.
    moved = now if listed != record.listed and record.changed else None
    return max((moment for moment in (record.changed, newest, moved) if moment), default=None)


def _is_ready(record: Record, now: datetime) -> bool:
    article = record.article
    if article.draft or (article.is_withheld and not record.is_public):
        return False  # an article that is public stays so, although it would not be published now
    # What had expired when it stopped being public stays so.
    return record.present and (article.expires is None or article.expires > max(now, record.withdrawn or now))


def next_moments(record: Record, now: datetime) -> Iterator[datetime]:
    """The moments at which a scheduled article appears, or a public one expires."""
    expires = record.article.expires
    if record.is_public:
        if expires is not None:
            yield expires
    elif now < record.published and _is_ready(record, now) and (expires is None or record.published < expires):
        yield record.published
