from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedsvc.articles.model import Article
from feedsvc.articles.policy.safeguards import lost_header_problem, lost_its_header
from feedsvc.articles.record import Record

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HEADED: dict[str, object] = {"headed": True}


@pytest.mark.parametrize(
    ("before", "settled", "after", "why"),
    [
        pytest.param({"draft": True}, False, {}, "a draft", id="a draft"),
        pytest.param({"draft": True}, True, {}, "a draft", id="a draft that was public"),
        pytest.param({"unlisted": True}, True, {}, "unlisted", id="unlisted"),
        pytest.param({"expires": NOW}, True, {}, "to expire", id="to expire"),
        pytest.param({}, False, {}, "to wait", id="scheduled"),
        pytest.param({}, True, {}, None, id="public"),
        pytest.param({"draft": True}, False, HEADED, None, id="the header says otherwise"),
        pytest.param({"draft": True}, False, {"draft": True}, None, id="a draft by its folder now"),
        pytest.param({"draft": True, "headed": False}, False, {}, None, id="a draft by its folder before"),
    ],
)
def test_losing_a_header(
    make_article: Callable[..., Article],
    before: dict[str, object],
    after: dict[str, object],
    why: str | None,
    *,
    settled: bool,
) -> None:
    """It holds on to what a header held back, and to nothing else."""
    record = Record("id", make_article(**(HEADED | before)), "", "", "/a", NOW, NOW, settled=settled)
    now = make_article(path="b.md", **after)
    assert lost_its_header(record, now) == (why is not None)
    if why is not None:
        assert str(lost_header_problem(record, now)).startswith(
            f"b.md: it was {why} by its header, and the header is gone; "
        )
