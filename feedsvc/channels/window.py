"""How much a feed holds: the newest articles, enough of them for those who were away for a while."""

from collections.abc import Sequence
from datetime import timedelta

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site

LEAST = 10
"""However large they are, a feed holds this many articles, if it is not told to hold fewer."""


def newest(site: Site, records: Sequence[Record]) -> tuple[Record, ...]:
    """The newest of ``records``, which come newest first: so many as the site says, and all of so many days.

    The days are counted back from the newest article, not from today: a feed must not change because a day has
    passed in which nothing was published.
    """
    if not records:
        return ()
    since = records[0].published - timedelta(days=site.feed_days)
    count = site.feed_size
    while count < len(records) and records[count].published > since:
        count += 1
    return tuple(records[:count])


def least(site: Site) -> int:
    """How many articles a feed holds whatever their size."""
    return min(LEAST, site.feed_size)
