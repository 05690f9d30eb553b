"""What the publisher knows of the ledger from round to round."""

from datetime import UTC, datetime

import pytest
from builders import record

from feedsvc.publishing.site_index import LedgerIndex
from feedsvc.store.operator_store import Counts

OUT = {"settled": True, "listed": True}
DAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        pytest.param(OUT, Counts(published=1), id="public"),
        pytest.param({"settled": True}, Counts(published=1, unlisted=1), id="unlisted"),
        pytest.param({}, Counts(scheduled=1), id="scheduled"),
        pytest.param({"draft": True}, Counts(drafts=1), id="draft"),
        pytest.param({"settled": True, "withdrawn": DAY}, Counts(withdrawn=1), id="withdrawn"),
        pytest.param({"present": False}, Counts(), id="never public, and its file is gone"),
    ],
)
def test_each_article_is_in_one_state(fields: dict[str, object], counts: Counts) -> None:
    """An unlisted one is public too."""
    assert LedgerIndex({"a": record("a", **fields)}, DAY, tombstone_days=1).counts == counts
