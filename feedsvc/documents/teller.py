"""The teller: tells each article once a round, however many formats and channels hold it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from feedsvc.articles.record import Record
from feedsvc.articles.translations import Translation
from feedsvc.channels.site import Site
from feedsvc.documents.entries import tell_entry
from feedsvc.documents.feed import Entry
from feedsvc.documents.memo import Memo
from feedsvc.documents.written import ROOM, length

Body = Callable[[str], str]
"""Gives the clean HTML of an article by its digest."""

NO_TRANSLATIONS: Mapping[str, tuple[Translation, ...]] = MappingProxyType({})


class Teller:
    """Gives the entries of one round; they are needed again and again, and those needed last are kept at hand.

    Args:
        site: What the operator says about the whole site.
        records: Every article that may be told.
        body: Gives the body of an article.
        translations: By id, the pages of an article in several languages, its own among them.
    """

    def __init__(
        self,
        site: Site,
        records: Iterable[Record],
        body: Body,
        translations: Mapping[str, tuple[Translation, ...]] = NO_TRANSLATIONS,
    ) -> None:
        self._site = site
        self._records = {record.id: record for record in records}
        self._body = body
        self._translations = translations
        self._told = Memo(self._tell, length, ROOM)

    def __call__(self, record: Record) -> Entry:
        """The entry of ``record`` with its body."""
        return self._told(record.id)

    def _tell(self, record_id: str) -> Entry:
        record = self._records[record_id]
        markdown = record.article.markdown
        source = self._body(markdown) if markdown else None
        entry = tell_entry(self._site, record, self._body(record.article.body), source)
        told = self._translations.get(record_id, ())
        own_last = sorted(told, key=lambda each: each.page == record.page)
        return replace(entry, translations=tuple((each.language, self._site.url(each.page)) for each in own_last))
