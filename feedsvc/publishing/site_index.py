"""The site index: what the publisher keeps in memory from round to round, so that a round costs what changed.

With it a round looks only at the records that its files or the time concern, and knows of all others what it has
to know: which ids and pages they have, how many of them are public, and when the next of them is due. All of it
follows from the state that the last round left. A round that cannot go by it, because there is none, the settings
are others or the clock was set back, passes over the whole ledger and makes it anew.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.articles.collector import Collection
from feedsvc.articles.identity.matching import JUST_GONE
from feedsvc.articles.identity.paths import NO_TRANSLATIONS, Translations, translations_of
from feedsvc.articles.record import EARLIEST_CLOCK, Record, Rest, newest_first, next_moments
from feedsvc.articles.source.last_scan import LastScan
from feedsvc.channels.selection import Selector
from feedsvc.channels.site import Site
from feedsvc.core.timestamps import unix_time
from feedsvc.store.operator_store import Counts


def state(record: Record) -> str:
    """The state of an article of the ledger."""
    if record.settled:
        if record.withdrawn is not None:
            return "withdrawn"
        return "published" if record.listed else "unlisted"
    if not record.present:
        return "gone"
    return "draft" if record.article.is_withheld else "scheduled"


class LedgerIndex:
    """An index of all records of the ledger.

    Args:
        records: The ledger, by id. It is taken over, and never changed: each round gives another one.
        now: The moment of the round; aware, in whole seconds.
        tombstone_days: How many days a feed tells that an article was taken back.
        address_pattern: The pattern of the addresses of articles; None where there is none.
    """

    def __init__(
        self,
        records: Mapping[str, Record],
        now: datetime,
        *,
        tombstone_days: int,
        address_pattern: str | None = None,
    ) -> None:
        self.records = records
        self.by_path: dict[str, Record] = {}
        """The records whose files exist."""
        self._address_pattern = address_pattern
        self._unaddressed: set[str] = set()
        """Ids of records that have no address by the pattern; each round tries again."""
        self._told = timedelta(days=tombstone_days)
        self._absent: dict[str, Record] = {}
        """By id: the records whose files are gone, and that a file may continue."""
        self._declared: defaultdict[str, set[str]] = defaultdict(set)
        """By the id that a header declares: the ids of the records."""
        self._pages: Counter[str] = Counter()
        """How many records have, or had, each page."""
        self._moments: dict[str, int] = {}
        """By id: the next moment at which a record is due, in seconds since 1970."""
        self._aliased: set[str] = set()
        self._ahead: set[str] = set()
        """Ids of records whose header said that they were updated after the moment they were looked at."""
        self._originals: Counter[str] = Counter()
        self._linking: defaultdict[str, set[str]] = defaultdict(set)
        """By the path of a file: the ids of the records whose bodies link to its article."""
        self._states: Counter[str] = Counter()
        self._present = 0
        for record in records.values():
            self._add(record, now)

    def concerned(self, collection: Collection, now: datetime) -> Mapping[str, Record]:
        """The records that a round may change, by id; every other record comes out of it as it is.

        These are the records of the files that changed, are new, were touched, cannot be read or are gone; those
        with an id that a new or changed file declares; those whose files are gone and that such a file may
        continue; those that are due; and those that wait for an address.
        """
        read = {reading.article.path for reading in collection.readings}
        paths = (*read, *collection.touched, *collection.failed, *collection.missing)
        found = {record.id: record for path in paths if (record := self.by_path.get(path)) is not None}
        declared = {reading.article.id for reading in collection.readings if reading.article.id}
        same_ids = (self._declared.get(each, ()) for each in declared)
        for record_id in declared.union(*same_ids, self._unaddressed, self.due(now)):
            if (record := self.records.get(record_id)) is not None:
                found[record.id] = record
        if collection.readings:
            said = {reading.article.meaning for reading in collection.readings}
            for record in self._absent.values():
                article = record.article
                has_just_gone = record.withdrawn is not None and now - record.withdrawn <= JUST_GONE
                if has_just_gone or article.meaning in said or article.path in read:
                    found[record.id] = record
        return found

    def due(self, now: datetime) -> Sequence[str]:
        """The ids of the records that are due: they appear or expire, or their tombstones end."""
        moment, first = unix_time(now), self.next_moment
        if first is None or first > moment:
            return ()
        return [key for key, due in self._moments.items() if due <= moment]

    def rest(self, concerned: Mapping[str, Record]) -> Rest:
        """All records but those that a round looks at."""
        if len(concerned) == len(self.records):
            return Rest()
        records, pages = self.records, _pages_of(concerned.values())
        return Rest(
            ids=_Where(lambda record_id: record_id in records and record_id not in concerned),
            pages=_Where(lambda page: self._pages[page] > pages[page]),
            public=self.public - sum(record.is_public for record in concerned.values()),
            present=self._present - sum(record.present for record in concerned.values()),
            records=_Others(self.records, concerned.keys()),
        )

    def update(self, before: Mapping[str, Record], after: Mapping[str, Record], now: datetime) -> None:
        """Take the records ``after`` a round in place of those that it looked at ``before``."""
        records = {**self.records}
        for key, record in before.items():
            if after.get(key) is not record:
                self._remove(record)
                del records[key]
        for key, record in after.items():
            if before.get(key) is not record:
                self._add(record, now)
                records[key] = record
            else:
                self._note_moment(record, now)
        self.records = records

    def _add(self, record: Record, now: datetime) -> None:
        article = record.article
        if record.present:
            self.by_path[article.path] = record
            self._present += 1
        elif record.settled:
            self._absent[record.id] = record
        if article.id is not None:
            self._declared[article.id].add(record.id)
        for page in (record.page, *record.former_pages):
            self._pages[page] += 1
        if article.aliases and record.is_public:
            self._aliased.add(record.id)
        if article.updated is not None and article.updated > max(now, record.published):
            self._ahead.add(record.id)
        if article.original is not None and record.listed:
            self._originals[article.original] += 1
        for _, source in article.linked_articles:
            self._linking[source].add(record.id)
        if record.address_pattern != self._address_pattern:
            self._unaddressed.add(record.id)
        self._states[state(record)] += 1
        self._note_moment(record, now)

    def _remove(self, record: Record) -> None:
        article = record.article
        if self.by_path.get(article.path) is record:
            del self.by_path[article.path]
        self._present -= record.present
        self._absent.pop(record.id, None)
        if article.id is not None:
            self._declared[article.id].discard(record.id)
        for page in (record.page, *record.former_pages):
            _take_one(self._pages, page)
        self._aliased.discard(record.id)
        self._ahead.discard(record.id)
        self._unaddressed.discard(record.id)
        if article.original is not None and record.listed:
            _take_one(self._originals, article.original)
        for _, source in article.linked_articles:
            self._linking[source].discard(record.id)
        self._states[state(record)] -= 1
        self._moments.pop(record.id, None)

    def _note_moment(self, record: Record, now: datetime) -> None:
        ends = (record.withdrawn + self._told,) if record.withdrawn is not None else ()
        moments = [moment for moment in (*next_moments(record, now), *ends) if moment > now]
        if moments:
            self._moments[record.id] = unix_time(min(moments))
        else:
            self._moments.pop(record.id, None)

    @property
    def next_moment(self) -> int | None:
        """The next moment, in seconds since 1970, at which a record appears or expires, or its tombstone ends."""
        return min(self._moments.values(), default=None)

    @property
    def counts(self) -> Counts:
        """The number of articles in each state."""
        states = self._states
        return Counts(
            published=self.public,
            unlisted=states["unlisted"],
            scheduled=states["scheduled"],
            drafts=states["draft"],
            withdrawn=states["withdrawn"],
        )

    @property
    def public(self) -> int:
        """How many articles are public."""
        return self._states["published"] + self._states["unlisted"]

    @property
    def aliased(self) -> Sequence[Record]:
        """The public articles whose headers name other addresses, newest first."""
        return sorted((self.records[key] for key in self._aliased), key=newest_first)

    @property
    def updated_ahead(self) -> Sequence[Record]:
        """The records whose header may say that they are updated at a moment to come, in the order of the ids."""
        return [self.records[key] for key in sorted(self._ahead)]

    def translations(self, language: str) -> Translations:
        """The pages of the articles in the feeds that are there in several languages.

        Args:
            language: That of articles which name none.
        """
        if not self._originals:
            return NO_TRANSLATIONS
        return translations_of((record for record in self.records.values() if record.listed), language)

    def page_of(self, path: str) -> str | None:
        """The page of the public article in the file at ``path``; None where there is none."""
        record = self.by_path.get(path)
        return record.page if record is not None and record.is_public else None

    def linking_to(self, paths: Iterable[str]) -> AbstractSet[str]:
        """The ids of the records that link to the articles in the files at these paths."""
        return {key for path in paths for key in self._linking.get(path, ())}

    @property
    def public_pages(self) -> Container[str]:
        """The pages of all public articles."""
        return _Where(
            lambda page: (
                page in self._pages
                and any(record.page == page and record.is_public for record in self.records.values())
            )
        )


@dataclass(frozen=True, slots=True)
class Indexed:
    """The indexes of a ledger, which a round brings up to date in place."""

    ledger: LedgerIndex
    selector: Selector
    translations: Translations
    now: datetime
    """The moment of the last round that changed them."""
    scan: LastScan | None
    """The scan of the directory in that round; None where it read no files."""

    def updated_selector(
        self, site: Site, before: Mapping[str, Record], after: Mapping[str, Record]
    ) -> Selector | None:
        """The selector with the records ``after`` a round; None where it was made for another site."""
        selector = self.selector
        if selector.site != site:
            return None
        for key in before.keys() | after.keys():
            if before.get(key) is not after.get(key):
                selector.replace(before.get(key), after.get(key))
        return selector


class SiteIndex:
    """Holds the indexes between two rounds."""

    def __init__(self) -> None:
        self._indexed: Indexed | None = None

    def of(self, records: Mapping[str, Record], now: datetime) -> Indexed | None:
        """The indexes of a ledger; None where there are none, or a moment of the past was taken for the present.

        Args:
            records: The ledger, as the last round left it.
            now: The moment of this round. When it is earlier than that of the last one, every date of the ledger
                may have to be mended (:func:`feedsvc.articles.record.without_future_dates`).
        """
        indexed = self._indexed
        if indexed is None or indexed.ledger.records is not records or not EARLIEST_CLOCK <= indexed.now <= now:
            return None
        return indexed

    def clear(self) -> None:
        """Forget the indexes, before they are changed in place: a round that fails leaves none."""
        self._indexed = None

    def keep(self, indexed: Indexed) -> None:
        """Keep the indexes for the next round."""
        self._indexed = indexed


class _Where(Container[str]):
    """All names for which a condition holds."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self._holds = holds

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._holds(name)


class _Others:
    """The records of a ledger but some."""

    def __init__(self, records: Mapping[str, Record], without: Container[str]) -> None:
        self._records = records
        self._without = without

    def __iter__(self) -> Iterator[Record]:
        return (record for key, record in self._records.items() if key not in self._without)


def _take_one(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if not counter[name]:
        del counter[name]


def _pages_of(records: Iterable[Record]) -> Counter[str]:
    return Counter(page for record in records for page in (record.page, *record.former_pages))
