"""The teller: tells each article once a round, however many formats and channels hold it."""

from collections import OrderedDict
from collections.abc import Callable

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.entries import tell_entry
from feedsvc.documents.feed import Entry

Body = Callable[[str], str]
"""Gives the clean HTML of an article by its digest."""

_AT_HAND = 500
"""How many told articles are kept; each has its body, which mostly is some thousand characters long."""


class Teller:
    """Gives the entries of one round; the newest are needed again and again, and kept at hand."""

    def __init__(self, site: Site, body: Body) -> None:
        self._site = site
        self._body = body
        self._told: OrderedDict[str, Entry] = OrderedDict()

    def __call__(self, record: Record) -> Entry:
        """The entry of ``record`` with its body."""
        entry = self._told.pop(record.id, None)
        if entry is None:
            entry = tell_entry(self._site, record, self._body(record.article.body))
            if len(self._told) >= _AT_HAND:
                self._told.popitem(last=False)
        self._told[record.id] = entry
        return entry
