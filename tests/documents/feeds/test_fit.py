from collections.abc import Callable

import pytest

from feedsvc.documents.feeds.channel_feeds import fit
from feedsvc.documents.feeds.model import Entry, Feed


def _size(feed: Feed) -> bytes:
    """A hundred bytes and ten for each entry."""
    return b"." * (100 + 10 * len(feed.entries))


@pytest.mark.parametrize(
    ("most", "limit", "count"),
    [
        pytest.param(50, 1000, 50, id="all fit"),
        pytest.param(50, 600, 50, id="all fit to the byte"),
        pytest.param(50, 599, 49, id="one too many"),
        pytest.param(50, 250, 15, id="some fit"),
        pytest.param(50, 209, 10, id="never fewer than ten"),
        pytest.param(11, 209, 10, id="one more than ten"),
        pytest.param(4, 100, 4, id="there are no ten"),
        pytest.param(0, 50, 0, id="nothing is too large"),
    ],
)
def test_as_many_as_fit(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry], most: int, limit: int, count: int
) -> None:
    """The most entries within the limit, ten at least."""
    entries = [make_entry(id=str(number)) for number in range(most)]
    feed, content = fit(lambda first: make_feed(*entries[:first]), _size, most=most, least=10, limit=limit)
    assert feed.entries == tuple(entries[:count])
    assert content == _size(feed)
