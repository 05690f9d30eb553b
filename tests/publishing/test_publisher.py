"""The publisher's loop, with the clock and the signals of a real process."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from read_here import ReadHere
from serving import PATIENCE, wait_for, write
from signals import restored_signals
from stored_site import response_at
from structlog.testing import capture_logs
from structlog.typing import EventDict

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.safeguards import Refusal, SafeguardError
from feedsvc.channels.site import Site
from feedsvc.core.errors import StoreError
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.round import publish
from feedsvc.publishing.theme_folder import read_theme
from feedsvc.responses.site_readers import Privacy
from feedsvc.store.ledger_copy import LedgerCopy
from feedsvc.store.operator_store import Report
from feedsvc.store.store import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A directory of one article."""
    return write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The publisher takes over the process's signals; give them back."""
    with restored_signals():
        yield


def plan_of(articles: Path) -> RoundOptions:
    """What to publish."""
    site = Site("https://news.example.org", "News", "All of it.", "en")
    return RoundOptions(articles, site, ReadOptions(site.base_url, ZoneInfo("UTC"), 10_000), "news.example.org")


def run(
    articles: Path,
    store: Store,
    deed: Callable[[list[EventDict]], object],
    *,
    when_idle: Callable[[], None] = lambda: None,
    hubs: tuple[str, ...] = (),
    copy: LedgerCopy | None = None,
) -> list[EventDict]:
    """Run a publisher until ``deed``, which sees the log grow, is done; give the log."""
    plan = plan_of(articles)
    plan = replace(plan, site=replace(plan.site, hubs=hubs))
    faults: list[BaseException] = []

    def act() -> None:
        try:
            deed(log)
        except BaseException as fault:  # noqa: BLE001 - told by the main thread, below
            faults.append(fault)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    structlog.reset_defaults()
    with capture_logs() as log:
        publisher = Publisher(
            plan,
            store,
            3600,
            lambda: datetime.now(UTC).replace(microsecond=0),
            copy,
            readers=ReadHere(),
            when_idle=when_idle,
        )
        actor = threading.Thread(target=act)
        actor.start()
        publisher.run(lambda: False)
        actor.join()
    assert not faults
    return log


def events(log: list[EventDict], name: str) -> list[EventDict]:
    """The lines of that name."""
    return [line for line in log if line["event"] == name]


def test_it_publishes_at_once_and_ends_at_sigterm(articles: Path, store: Store) -> None:
    """One round is run at start; nothing has to be waited for."""
    log = run(articles, store, lambda log: wait_for(lambda: events(log, "published"), "the round"))
    (line,) = events(log, "published")
    assert (line["edition"], line["articles"], line["reason"]) == (1, 1, "start")


def test_a_hangup_is_answered_even_when_nothing_changed(articles: Path, store: Store) -> None:
    """Who asked for a scan wants to see that it was made."""

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "published"), "the first round")
        os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "nothing changed"), "the second round")

    assert events(run(articles, store, deed), "nothing changed")[0]["log_level"] == "info"


def test_it_rests_after_a_round_that_changed_something(articles: Path, store: Store) -> None:
    """What can wait is done when nobody waits for an edition, and not for nothing."""
    rests: list[int] = []

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "published"), "the first round")
        os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "nothing changed"), "the second round")

    run(articles, store, deed, when_idle=lambda: rests.append(store.editions.newest().number))
    assert rests == [1]


@pytest.mark.parametrize("method", ["acquire", "state"])
def test_a_round_that_cannot_begin_is_reported_like_any_other(
    articles: Path, store: Store, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """With its own time and length, and counted beside the rounds before."""
    store.operator.keep_report(Report(rounds=7))

    def fail(*_: object) -> None:
        raise StoreError("the store is locked", "wait")

    monkeypatch.setattr(store.publisher, method, fail)
    run(articles, store, lambda log: wait_for(lambda: events(log, "round failed"), "the failure"))
    report, _ = store.operator.report()
    assert (report.rounds, report.failed) == (8, 1)
    assert report.time > 0
    assert report.seconds < PATIENCE


def test_a_refusal_that_cannot_be_reported_ends_no_publisher(
    articles: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store may be locked just then; the round is tried again, and refused again."""
    keep = store.operator.keep_report
    faults = [StoreError("the store is locked", "wait")]

    def refuse(*_: object, **__: object) -> None:
        raise SafeguardError((Refusal("flood", "too many", "look", ()),), (), {})

    def keep_later(report: Report, served: int = 0) -> None:
        if report.refusals and faults:
            raise faults.pop()
        keep(report, served)

    monkeypatch.setattr("feedsvc.publishing.publisher.publish", refuse)
    monkeypatch.setattr(store.operator, "keep_report", keep_later)
    log = run(articles, store, lambda log: wait_for(lambda: events(log, "round refused"), "the refusal"))
    assert len(events(log, "round failed")) == 1
    assert store.operator.report()[0].refusals


def test_an_edit_does_not_wait_for_the_copy_of_the_ledger(
    articles: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is published in the middle of the copying, which goes on afterwards."""
    file, was_copied = tmp_path / "feedsvc.ledger.json", list[bool]()

    def watched_round(*args: object, **more: object) -> object:
        was_copied.append(file.exists())
        return publish(*args, **more)  # type: ignore[arg-type] # as it came

    def edit_when_it_begins() -> Privacy:
        if len(was_copied) == 1:
            write(articles, {"two.txt": "Two\n\nSecond.\n"})
            os.kill(os.getpid(), signal.SIGHUP)
        return Privacy()

    monkeypatch.setattr("feedsvc.publishing.publisher.publish", watched_round)
    copy = LedgerCopy(file, edit_when_it_begins)
    run(articles, store, lambda log: wait_for(lambda: len(events(log, "published")) == 2, "the edit"), copy=copy)
    assert was_copied == [False, False]
    assert len(json.loads(file.read_text("utf-8"))["articles"]) == 2


def test_a_refused_round_is_told_and_tried_again(articles: Path, store: Store) -> None:
    """A directory that comes back is published as if nothing had been."""
    away = articles.with_name("away")
    articles.rename(away)

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "round failed"), "the refusal")
        away.rename(articles)
        os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "published"), "the round")

    (line,) = events(run(articles, store, deed), "round failed")
    assert line["error"]
    assert line["remedy"]


def test_a_round_that_would_let_out_a_private_site_is_told_and_tried_again(articles: Path, store: Store) -> None:
    """What is served stays; once the operator says that it is meant, it is published."""
    store.operator.set_access("private")

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "round failed"), "the refusal")
        assert "the store is of a private site" in (store.operator.report()[0].failure or "")
        assert store.editions.newest().number == 0
        store.operator.set_access("public")
        os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "published"), "the round")

    line = events(run(articles, store, deed), "round failed")[0]
    assert (line["log_level"], "feedsvc store access public" in line["remedy"]) == ("error", True)


def test_a_safeguard_that_refuses_is_told_once(articles: Path, store: Store) -> None:
    """Not in every round; and again when it holds no more."""
    hidden = articles / ".one.txt"

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "published"), "the first round")
        (articles / "one.txt").rename(hidden)
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "round refused"), "the refusal")
        hidden.rename(articles / "one.txt")
        os.kill(os.getpid(), signal.SIGHUP)
        wait_for(lambda: events(log, "no safeguard refuses the round any more"), "the end of it")

    (line,) = events(run(articles, store, deed), "round refused")
    assert line["safeguard"] == "removals"
    assert "--accept-removals" in line["remedy"]


def test_a_problem_is_told_once(articles: Path, store: Store) -> None:
    """The log is not filled with what the operator knows already."""
    write(articles, {"bad.md": "---\ntitle: [\n---\nText.\n"})

    def deed(log: list[EventDict]) -> None:
        for count in (0, 1, 2):
            wait_for(lambda count=count: len(events(log, "nothing changed")) == count, "it")  # type: ignore[misc] # bound now
            wait_for(lambda: events(log, "published"), "the first round")
            os.kill(os.getpid(), signal.SIGHUP)

    assert len([line for line in run(articles, store, deed) if line.get("article", "").startswith("bad.md")]) == 1


def test_a_scheduled_article_appears_by_itself(articles: Path, store: Store) -> None:
    """One job is armed for the next moment; the interval is not waited for."""
    soon = int(datetime.now(UTC).timestamp()) + 2
    date = datetime.fromtimestamp(soon, UTC).isoformat()
    write(articles, {"soon.md": f"---\ntitle: Soon\ndate: {date}\n---\nNow.\n"})

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: [line for line in events(log, "published") if line["reason"] == "due"], "the moment")

    (line,) = (line for line in run(articles, store, deed) if line.get("reason") == "due")
    assert line["articles"] == 2
    assert datetime.now(UTC).timestamp() < soon + 5


SOON = {"soon.md": "---\ntitle: Soon\ndate: 2026-06-01T12:00:10Z\n---\nNow.\n"}


class Hours:
    """A clock that is set by hand; asked again and again within a round it goes on by ten seconds."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
        self.asked = 0
        self.runs = False

    def __call__(self) -> datetime:
        """The time; the first time that it is asked while it runs it still stands."""
        self.asked += 1
        return self.now + timedelta(seconds=10) if self.runs and self.asked > 1 else self.now

    def begin(self) -> None:
        """Run from the second question on."""
        self.asked, self.runs = 0, True


@pytest.mark.parametrize(
    ("changes", "appears"),
    [
        ({"new.txt": "New\n\nWords.\n"}, True),
        ({"soon.md": "---\ntitle: Soon\ndate: 2026-06-01T12:00:10Z\n---\nEdited.\n"}, False),
        ({"soon.md": "---\ntitle: Soon\ndate: 2026-06-01T12:00:10Z\ndraft: true\n---\nNot yet.\n"}, False),
    ],
    ids=["while another is read", "while it is edited", "while it is made a draft"],
)
def test_a_moment_that_comes_in_a_long_round_is_not_waited_for(
    articles: Path, store: Store, changes: dict[str, str], *, appears: bool
) -> None:
    """What is due and was not touched appears at once, by a short round; all else by the long one after it."""
    clock = Hours()
    publisher = Publisher(plan_of(write(articles, SOON)), store, 3600, clock, readers=ReadHere())
    publisher._keeper.hold()
    with capture_logs() as log:
        publisher._round("start", 0.0)
        write(articles, changes)
        clock.begin()
        publisher._round("test", 0.0)
    publisher._keeper.end()
    (line,) = events(log, "due articles published during a longer round")
    assert bool(line["changed"]) == appears
    (whole,) = (line for line in log if line.get("reason") == "test")
    assert whole["articles"] == (1 if "draft" in str(changes) else 2 + ("new.txt" in changes))


class TestThemes:
    """The theme is that of the disk in every round, and a round that does not count has not shown it."""

    def test_who_waited_for_the_right_to_publish_has_the_theme_of_now(self, articles: Path, store: Store) -> None:
        """Not the one that was there when it began to wait."""
        with _turns(articles, store) as turn:
            _set_theme(articles, "new")
            turn()
            assert _page(store) == "new: One"

    def test_a_theme_edited_while_a_safeguard_refuses_is_seen_when_it_no_longer_does(
        self, articles: Path, store: Store
    ) -> None:
        """Though every file is then as the last edition has it."""
        with _turns(articles, store) as turn:
            turn()
            away = articles.rename(articles.with_name("away"))
            articles.mkdir()
            _set_theme(articles, "new")
            assert events(turn(), "round refused")
            away.replace(articles)
            assert _page(store) == "old: One"
            turn()
            assert _page(store) == "new: One"

    def test_what_is_wrong_with_a_theme_still_is_while_a_safeguard_refuses(
        self, articles: Path, store: Store
    ) -> None:
        """A round that is refused has composed nothing, and finds nothing mended."""
        with _turns(articles, store) as turn:
            turn()
            folder = articles.with_name("theme")
            folder.rename(folder.with_name("elsewhere"))
            log = turn()
            away = articles.rename(articles.with_name("away"))
            articles.mkdir()
            log += turn()
            assert events(log, "round refused")
            assert [problem.place for problem in store.operator.report()[0].problems] == [folder.as_posix()]
            away.replace(articles)
            write(articles, {"one.txt": "Two\n\nEdited.\n"})
            log += turn()
            assert events(log, "published")
            assert [line["article"] for line in log if "article" in line] == [folder.as_posix()]

    def test_a_folder_that_vanishes_stops_no_article(self, articles: Path, store: Store) -> None:
        """Pages are made by the theme as it was; the folder is named as long as it is not there, and logged once.

        That a round has nothing to compose is no sign that it is there again.
        """
        with _turns(articles, store) as turn:
            turn()
            folder = articles.with_name("theme")
            folder.rename(articles.with_name("away"))
            log: list[EventDict] = []
            for title in ("Two", "Three", "Four"):
                write(articles, {"one.txt": f"{title}\n\nEdited.\n"})
                log += turn()
                assert _page(store) == f"old: {title}"
                log += turn()
                assert [problem.place for problem in store.operator.report()[0].problems] == [folder.as_posix()]
            assert [line["article"] for line in log if line["log_level"] == "error"] == [folder.as_posix()]
            articles.with_name("away").rename(folder)
            _set_theme(articles, "new")
            turn()
            assert _page(store) == "new: Four"
            assert store.operator.report()[0].problems == ()


def _set_theme(articles: Path, words: str) -> Path:
    """A theme beside the articles, whose pages of articles are these words and a title."""
    return write(articles.with_name("theme"), {"article.html": f"{words}: {{{{ article.title }}}}"})


@contextmanager
def _turns(articles: Path, store: Store) -> Iterator[Callable[[], list[EventDict]]]:
    """A publisher that was started with the theme "old"; each call is a turn, and gives the log of it."""
    plan = replace(plan_of(articles), theme=read_theme(_set_theme(articles, "old")))
    publisher = Publisher(plan, store, 3600, lambda: datetime.now(UTC).replace(microsecond=0), readers=ReadHere())

    def turn() -> list[EventDict]:
        with capture_logs() as log:
            publisher._attempt("test")
        return log

    yield turn
    publisher._keeper.end()


def _page(store: Store) -> str:
    """The page of the article, as it is served."""
    found = response_at(store, "/one")
    assert found is not None
    (plain,) = (each.body for each in found[1].representations if each.coding == "identity")
    return plain.decode()


def test_feeds_name_an_outside_hub_only_while_it_pushes(articles: Path, store: Store) -> None:
    """The next round after it fell silent leaves it out, and one after it pushed names it again."""
    silent, own = "https://hub.example.com", "https://news.example.org/hub"
    store.hub_watch.configure([silent])

    def names() -> list[str]:
        found = response_at(store, "/feed.json")
        assert found is not None
        body = next(each.body for each in found[1].representations if each.coding == "identity")
        return [hub["url"] for hub in json.loads(body)["hubs"]]

    def deed(log: list[EventDict]) -> None:
        wait_for(lambda: events(log, "published"), "the first round")
        assert names() == [own, silent]
        for is_silent, expected in ((True, [own]), (False, [own, silent])):
            store.hub_watch.change(silent, silent=is_silent)
            os.kill(os.getpid(), signal.SIGHUP)
            wait_for(lambda expected=expected: names() == expected, "the feeds")  # type: ignore[misc]

    run(articles, store, deed, hubs=(own, silent))
