"""The last report, and publish requests; the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.articles.model import Problem
from feedsvc.articles.policy.safeguards import NO_OVERRIDES, Overrides, Refusal
from feedsvc.store.operator_store import PublishRequest
from feedsvc.store.report import Counts, Moved, Report
from feedsvc.store.store import Store

FULL = Report(
    time=1_777_000_000,
    seconds=0.25,
    read=3,
    changed=9,
    moved=(Moved("published", 2, ("/a", "/ж")),),
    counts=Counts(5, 1, 2, 3, 4),
    problems=(Problem("a.md", 3, "it is « so »", "mend it"), Problem("b.md", None, "odd", "look", "warning")),
    refusals=(Refusal("removals", "all gone", "bring them back", ("a.md", "b.md")),),
    failure="no directory: make it",
    rounds=7,
    refused=2,
    failed=1,
)


def test_there_is_nothing_to_report_at_first(store: Store) -> None:
    """An empty report, which served no wish."""
    assert store.operator.report() == (Report(), 0)


def test_a_report_comes_back_as_it_was(store: Store) -> None:
    """Every field of it; the next one takes its place."""
    store.operator.keep_report(FULL)
    assert store.operator.report() == (FULL, 0)
    store.operator.keep_report(replace(FULL, refusals=(), failure=None))
    assert store.operator.report()[0].failure is None


def test_a_wish_waits_until_a_round_has_served_it(store: Store, opened: Callable[[], Store]) -> None:
    """Seen by other processes at once; a report of another round does not end the waiting."""
    assert not store.operator.is_round_requested()
    assert store.operator.take_request() is None
    assert opened().operator.request_round(Overrides(flood=True)) == 1
    assert store.operator.is_round_requested()
    assert store.operator.take_request() == PublishRequest(1, Overrides(flood=True))
    store.operator.keep_report(FULL)
    assert store.operator.is_round_requested()
    store.operator.keep_report(FULL, served=1)
    assert not store.operator.is_round_requested()
    assert store.operator.report() == (FULL, 1)


def test_wishes_that_wait_together_are_served_together(store: Store) -> None:
    """Their consents add up."""
    store.operator.request_round(Overrides(flood=True))
    store.operator.request_round(Overrides(removals=True))
    assert store.operator.take_request() == PublishRequest(2, Overrides(flood=True, removals=True))


def test_a_consent_is_used_up_when_it_is_taken(store: Store) -> None:
    """Also when its round never ends: what is dangerous is asked for anew."""
    store.operator.request_round(Overrides(removals=True))
    store.operator.take_request()
    assert store.operator.take_request() == PublishRequest(1, NO_OVERRIDES)
    store.operator.request_round(NO_OVERRIDES)
    assert store.operator.take_request() == PublishRequest(2, NO_OVERRIDES)
