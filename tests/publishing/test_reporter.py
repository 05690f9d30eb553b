"""What a round reports."""

from datetime import UTC, datetime

import pytest
from builders import record

from feedsvc.articles.model import Problem
from feedsvc.publishing.reporter import moves, still_there
from feedsvc.store.operator_store import NAMED, Moved, Report

OUT = {"settled": True, "listed": True}
DAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param(None, OUT, "published", id="new"),
        pytest.param({}, OUT, "published", id="its moment came"),
        pytest.param(OUT, OUT, None, id="the same"),
        pytest.param(OUT, OUT | {"meaning": "other"}, "updated", id="edited"),
        pytest.param(OUT, OUT | {"withdrawn": DAY}, "withdrawn", id="removed"),
        pytest.param(OUT | {"withdrawn": DAY}, OUT, "published", id="came back"),
        pytest.param({"draft": True}, {"draft": True, "meaning": "other"}, None, id="a draft was edited"),
    ],
)
def test_a_round_tells_what_the_public_sees_change(
    before: dict[str, object] | None, after: dict[str, object], kind: str | None
) -> None:
    """Published, updated, withdrawn; nothing else."""
    then = {} if before is None else {"a": record("a", **before)}
    assert [(moved.kind, moved.pages) for moved in moves(then, {"a": record("a", **after)})] == (
        [(kind, ("/a",))] if kind else []
    )


def test_of_very_many_changes_some_are_named() -> None:
    """The report of a first round stays small; all are counted."""
    after = {f"{number:03}": record(f"{number:03}", **OUT) for number in range(NAMED + 1)}
    (moved,) = moves({}, after)
    assert isinstance(moved, Moved)
    assert (moved.count, len(moved.pages), moved.pages[0]) == (NAMED + 1, NAMED, "/000")


def test_what_comes_of_the_whole_site_holds_until_it_is_composed_again() -> None:
    """The file may be as it was, and what stood in its way be gone."""
    taken = Problem("a.md", None, "taken", "look", "warning", of_site=True)
    assert [*still_there([taken], frozenset({"a.md"}))] == [taken]
    assert [*still_there([taken], frozenset({"a.md"}), composed=True)] == []


def test_warnings_of_files_that_were_not_read_again_still_hold() -> None:
    """Problems do not: a file that was set aside is read again in every round."""
    warning = Problem("a.md", 1, "odd", "look", "warning")
    problem = Problem("b.md", 1, "bad", "mend")
    assert [*still_there([warning, problem], frozenset({"a.md", "b.md"}))] == [warning]
    assert [*still_there([warning], frozenset())] == []
    assert Report(problems=(warning, problem)).set_aside == (problem,)
