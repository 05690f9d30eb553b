"""Which channels a site has, and what each one holds."""

from collections.abc import Sequence
from datetime import datetime

from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel, Site


def select(site: Site, public: Sequence[Record], newest_change: datetime | None) -> tuple[Channel, ...]:
    """Sorts the public articles into channels.

    Args:
        site: What the operator says about the whole site.
        public: Every article that subscribers may see now, newest first.
        newest_change: When the public last saw something appear, change or go; None if never.

    Returns:
        The channel of the whole site. Its path is ``/``, and it holds ``public`` in the order given.
    """
    whole = Channel(
        title=site.title,
        description=site.description,
        path="/",
        records=tuple(public),
        updated=newest_change,
    )
    return (whole,)
