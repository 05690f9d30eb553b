"""The site index: what the publisher keeps in memory from round to round, so that a round costs what changed.

All of it follows from the state that the last round left. A round that cannot go by it, because there is none, the
settings are others or the clock was set back, passes over the whole ledger and makes it anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.identity.translations import Translations
from feedsvc.articles.policy.publication import EARLIEST_CLOCK
from feedsvc.articles.record import Record
from feedsvc.articles.source.last_scan import LastScan
from feedsvc.channels.selection import Selector
from feedsvc.channels.site import Site
from feedsvc.publishing.ledger_index import LedgerIndex


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
                may have to be mended (:func:`feedsvc.articles.policy.publication.without_future_dates`).
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
