"""One round for a command, with and without another publisher on the same store."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from read_here import ReadHere
from serving import PATIENCE, wait_for, write
from stored_site import let_pass, response_at

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides
from feedsvc.channels.site import Site
from feedsvc.core.errors import DirectoryError, LeaseLostError, PrivacyError
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.single_round import publish_once
from feedsvc.store.lease import LENGTH, LeaseKeeper
from feedsvc.store.operator_store import Report
from feedsvc.store.store import Store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path: Path) -> RoundOptions:
    """A directory of one article."""
    site = Site("https://news.example.org", "News", "All of it.", "en")
    articles = write(tmp_path / "articles", {"2026-05-01-one.txt": "One\n\nFirst.\n"})
    return RoundOptions(articles, site, ReadOptions(site.base_url, ZoneInfo("UTC"), 10_000), "news.example.org")


def once(plan: RoundOptions, store: Store, overrides: Overrides = NO_OVERRIDES) -> Report:
    """Have a round run at noon."""
    return publish_once(plan, store, overrides, lambda: NOON, ReadHere())


def test_it_runs_the_round_where_nobody_publishes(plan: RoundOptions, store: Store) -> None:
    """And leaves its report; the right to publish is given back."""
    report = once(plan, store)
    assert store.operator.report() == (report, 0)
    assert (report.time, report.read, report.rounds, report.counts.published) == (int(NOON.timestamp()), 1, 1, 1)
    assert store.publisher.lease() is None


def test_a_round_that_cannot_be_run_is_reported_too(plan: RoundOptions, store: Store) -> None:
    """Whoever asks later learns why; what was known of the articles stays."""
    once(plan, store)
    plan.directory.rename(plan.directory.with_name("away"))
    with pytest.raises(DirectoryError):
        once(plan, store)
    report, _ = store.operator.report()
    assert report.failure is not None
    assert "does not exist" in report.failure
    assert (report.failed, report.rounds, report.counts.published) == (1, 2, 1)


def test_it_names_no_hub_that_does_not_push(plan: RoundOptions, store: Store) -> None:
    """As the publisher does: else the feeds would change whenever one of both has run after the other."""
    hub = "https://hub.example.com"
    store.hub_watch.configure([hub])
    store.hub_watch.change(hub, silent=True)
    once(replace(plan, site=replace(plan.site, hubs=(hub,))), store)
    found = response_at(store, "/atom.xml")
    assert found is not None
    assert not any(hub in value for _, value in found[1].headers)


def test_settings_that_were_lost_publish_nothing_that_was_private(plan: RoundOptions, store: Store) -> None:
    """The last edition stays as it is, and the report says why."""
    private = replace(plan, access="private", site=replace(plan.site, private=True))
    once(private, store)
    edition = store.editions.newest()
    write(plan.directory, {"secret.md": "For few.\n"})
    with pytest.raises(PrivacyError, match="the store is of a private site"):
        once(plan, store)
    report, _ = store.operator.report()
    assert "the store is of a private site" in (report.failure or "")
    assert (report.failed, store.editions.newest(), response_at(store, "/secret")) == (1, edition, None)
    assert once(private, store).failure is None
    assert response_at(store, "/secret") is not None


def test_a_round_for_which_the_process_was_held_up_is_run_again(plan: RoundOptions, store: Store) -> None:
    """Somebody waits for it, and no publisher would do it."""
    pauses = [LENGTH, LENGTH]

    def progress(stage: str, done: int, _total: int) -> None:
        if (stage, done) == ("rendering", 1) and pauses:
            let_pass(store, pauses.pop())

    report = publish_once(plan, store, NO_OVERRIDES, lambda: NOON, ReadHere(), progress=progress)
    assert (report.failure, store.editions.newest().number, pauses) == (None, 1, [])
    assert store.publisher.lease() is None


def test_a_process_that_is_held_up_in_every_round_says_so(plan: RoundOptions, store: Store) -> None:
    """Nothing was published, and nothing is half done."""
    with pytest.raises(LeaseLostError, match="held up for longer"):
        publish_once(
            plan, store, NO_OVERRIDES, lambda: NOON, ReadHere(), progress=lambda *_: let_pass(store, LENGTH)
        )
    assert store.editions.newest().number == 0
    assert once(plan, store).counts.published == 1


def test_it_runs_the_round_itself_when_the_publisher_it_asked_ends(plan: RoundOptions, store: Store) -> None:
    """The request is not lost with the process that should have served it, nor are its overrides."""
    once(plan, store)
    (plan.directory / "2026-05-01-one.txt").unlink()
    other = LeaseKeeper(store.publisher)
    assert other.hold() is not None
    reports: list[Report] = []
    asking = threading.Thread(target=lambda: reports.append(once(plan, store, Overrides(removals=True))))
    asking.start()
    wait_for(store.operator.is_round_requested, "the request")
    other.end()
    asking.join(PATIENCE)
    (report,) = reports
    assert [moved.kind for moved in report.moved] == ["withdrawn"]
    assert not store.operator.is_round_requested()
