from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site, least, newest

SITE = Site("https://example.org", "The Gazette", "News of the harbour", "en", feed_size=3, feed_days=7)
TODAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def _records(ages: Sequence[float]) -> list[Record]:
    """Records, as far as they count here: they were published so many days ago."""
    return [cast("Record", SimpleNamespace(published=TODAY - timedelta(days=age))) for age in ages]


@pytest.mark.parametrize(
    ("ages", "count"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([0, 100], 2, id="fewer than a feed holds"),
        pytest.param([0, 100, 200, 300], 3, id="the newest, however old"),
        pytest.param([0, 1, 2, 3, 6.9, 7, 8], 5, id="all of seven days"),
        pytest.param([50, 51, 52, 53, 60], 4, id="seven days before the newest, not before today"),
    ],
)
def test_a_feed_holds_so_many(ages: Sequence[float], count: int) -> None:
    """The newest three, and more if more came within seven days of the newest."""
    records = _records(ages)
    assert list(newest(SITE, records)) == records[:count]


@pytest.mark.parametrize(("size", "count"), [(50, 10), (3, 3)])
def test_size_never_leaves_fewer_than_ten(size: int, count: int) -> None:
    """Unless the operator asks for fewer."""
    assert least(replace(SITE, feed_size=size)) == count
