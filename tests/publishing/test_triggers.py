"""What requests a round: time that passes, a clock that is set, and files that change."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
import structlog
import watchfiles
from serving import PATIENCE, wait_for, write
from structlog.testing import capture_logs

from feedsvc.publishing import triggers
from feedsvc.publishing.triggers import FIRST_DELAY, LONGEST_DELAY, Backoff, FolderWatch, Schedule, is_relevant

Inbox = SimpleQueue[str]
SOON = 2.0
"""Seconds in which a busy machine gets from one line of a test to the next."""


@pytest.fixture
def inbox() -> Inbox:
    """Where reasons arrive."""
    return SimpleQueue()


@pytest.fixture
def schedule(inbox: Inbox) -> Iterator[Schedule]:
    """A schedule that runs."""
    timer = Schedule(inbox.put)
    timer.start()
    yield timer
    timer.stop()


def in_seconds(seconds: float) -> datetime:
    """A moment from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_the_interval_repeats(schedule: Schedule, inbox: Inbox) -> None:
    """A scan comes again and again."""
    schedule.every(0.05)
    assert [inbox.get(timeout=PATIENCE) for _ in range(3)] == ["interval"] * 3


def test_a_moment_comes_once(schedule: Schedule, inbox: Inbox) -> None:
    """The next publication is awaited by one job."""
    schedule.at(in_seconds(0.05))
    assert inbox.get(timeout=PATIENCE) == "due"
    with pytest.raises(Empty):
        inbox.get(timeout=0.2)


def test_a_moment_that_has_passed_comes_at_once(schedule: Schedule, inbox: Inbox) -> None:
    """A process that slept through the moment makes up for it, however late."""
    schedule.at(in_seconds(-3600))
    assert inbox.get(timeout=PATIENCE) == "due"


def test_a_new_moment_takes_the_place_of_the_old(schedule: Schedule, inbox: Inbox) -> None:
    """Only the next moment counts."""
    schedule.at(in_seconds(SOON))
    schedule.at(in_seconds(3600))
    with pytest.raises(Empty):
        inbox.get(timeout=SOON + 0.2)


def test_no_moment_disarms(schedule: Schedule, inbox: Inbox) -> None:
    """When nothing is scheduled any more, nothing comes; asking twice does no harm."""
    schedule.at(in_seconds(SOON))
    schedule.at(None)
    schedule.at(None)
    with pytest.raises(Empty):
        inbox.get(timeout=SOON + 0.2)


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def taken(inbox: Inbox) -> list[str]:
    """What has arrived by now."""
    return [inbox.get_nowait() for _ in range(inbox.qsize())]


@pytest.mark.parametrize(
    ("now", "steady", "wakes"),
    [
        (NOON + timedelta(seconds=1), 101.0, []),
        (NOON + timedelta(seconds=2), 101.0, []),
        (NOON, 101.0, []),
        (NOON + HOUR, 3700.0, []),
        (NOON + HOUR, 101.0, ["clock"]),
        (NOON - HOUR, 101.0, ["clock"]),
    ],
    ids=[
        "a heartbeat",
        "the next second has begun",
        "not yet",
        "a long round",
        "the clock was set forward, or the machine slept",
        "the clock was set back",
    ],
)
def test_a_clock_that_is_set_is_noticed(inbox: Inbox, now: datetime, steady: float, wakes: list[str]) -> None:
    """The timer waits by another clock, and would be late by as much."""
    timer = Schedule(inbox.put)
    timer.check_clock(NOON, 100.0)
    timer.check_clock(now, steady)
    assert taken(inbox) == wakes


def test_the_interval_begins_anew_when_the_clock_is_set(schedule: Schedule, inbox: Inbox) -> None:
    """Set back by an hour, the next scan must not be an hour away."""
    schedule.every(0.05)
    schedule.check_clock(NOON, 100.0)
    schedule.check_clock(NOON - HOUR, 101.0)
    while (reason := inbox.get(timeout=PATIENCE)) != "clock":
        assert reason == "interval"
    assert inbox.get(timeout=PATIENCE) == "interval"


def test_a_moment_that_the_timer_slept_through_comes_at_the_next_look(inbox: Inbox) -> None:
    """And once, however often one looks."""
    timer = Schedule(inbox.put)
    timer.at(NOON)
    timer.check_clock(NOON - timedelta(seconds=1), 99.0)
    assert taken(inbox) == []
    timer.check_clock(NOON, 100.0)
    timer.check_clock(NOON + timedelta(seconds=1), 101.0)
    assert taken(inbox) == ["due"]


def test_a_moment_that_came_is_not_looked_for(schedule: Schedule, inbox: Inbox) -> None:
    """The timer and the look call once between them."""
    moment = in_seconds(0.05)
    schedule.at(moment)
    assert inbox.get(timeout=PATIENCE) == "due"
    schedule.check_clock(moment + timedelta(seconds=1), 100.0)
    assert taken(inbox) == []


def test_waits_double_up_to_a_limit() -> None:
    """A fault that lasts is not met every second, nor forgotten for an hour."""
    backoff = Backoff()
    waits = [backoff.fail(0.0) for _ in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (waits[0], waits[-1]) == (FIRST_DELAY, LONGEST_DELAY)


def test_nothing_waits_before_the_first_failure() -> None:
    """None says that no new attempt is due by itself."""
    assert Backoff().left(5.0) is None


def test_the_wait_runs_out() -> None:
    """It counts down to 0, and stays there until the attempt is made."""
    backoff = Backoff()
    backoff.fail(10.0)
    assert [backoff.left(now) for now in (10.0, 10.75, 11.0, 12.0)] == [1.0, 0.25, 0.0, 0.0]


def test_success_begins_anew() -> None:
    """The next fault is tried again soon."""
    backoff = Backoff()
    backoff.fail(0.0)
    backoff.fail(1.0)
    backoff.succeed()
    assert backoff.left(1.0) is None
    assert backoff.fail(2.0) == FIRST_DELAY


DEEDS: dict[str, Callable[[Path], object]] = {
    "an article is written": lambda home: (home / "new.md").write_text("New"),
    "one is edited": lambda home: (home / "old.md").write_text("Edited"),
    "one is removed": lambda home: (home / "old.md").unlink(),
    "one is moved in place": lambda home: (home / ".old.md.tmp").replace(home / "old.md"),
    "a picture is written": lambda home: (home / "deep" / "a.png").write_bytes(b"png"),
    "a folder is moved away": lambda home: (home / "deep").rename(home.with_name("away")),
    "patterns are written": lambda home: (home / ".feedsvcignore").write_text("*.txt"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with two articles, and what an editor is about to move into place."""
    return write(tmp_path / "articles", {"old.md": "Old", "deep/one.md": "One", ".old.md.tmp": "Saved"})


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0
        self.reasons: set[str] = set()
        self.paths: set[str] = set()

    def __call__(self, reason: str, paths: AbstractSet[str] | None) -> None:
        """Ring."""
        self.reasons.add(reason)
        self.paths.update(paths or ())
        self.rung += 1


def until_watching(home: Path, bell: Bell) -> None:
    """Events begin at some moment after the start: touch files until one is heard of, then wait for silence."""

    def heard() -> bool:
        (home / "probe.md").write_text("Probe")
        return bell.rung > 0

    wait_for(heard, "the first event")


@pytest.mark.parametrize("name", DEEDS)
def test_what_a_scan_would_see_wakes(home: Path, name: str) -> None:
    """Whatever is written, moved or removed, at any depth."""
    bell = Bell()
    with FolderWatch(home, 1, bell):
        until_watching(home, bell)
        before = bell.rung
        DEEDS[name](home)
        wait_for(lambda: bell.rung > before, name)
    assert bell.reasons == {"files"}


def test_a_directory_put_in_its_place_is_watched_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events would go on to tell of the old one."""
    monkeypatch.setattr(triggers, "RETRY", 0.01)
    monkeypatch.setattr(triggers, "CHECK_INTERVAL", 10)
    bell = Bell()
    with FolderWatch(home, 1, bell):
        until_watching(home, bell)
        home.rename(home.with_name("away"))
        write(home, {"other.md": "Other"})
        before = bell.rung
        wait_for(lambda: bell.rung > before, "the new directory")


@pytest.mark.parametrize("name", DEEDS)
def test_a_directory_that_is_reached_by_a_link_is_watched(home: Path, name: str) -> None:
    """Deployments switch from one release to the next by a link."""
    current = home.with_name("current")
    current.symlink_to("articles")
    bell = Bell()
    with FolderWatch(current, 1, bell):
        until_watching(home, bell)
        before = bell.rung
        DEEDS[name](home)
        wait_for(lambda: bell.rung > before, name)


def test_a_link_that_leads_to_another_directory_is_followed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there now is heard of, and so is each change of it."""
    monkeypatch.setattr(triggers, "CHECK_INTERVAL", 10)
    current = home.with_name("current")
    current.symlink_to("articles")
    bell = Bell()
    with FolderWatch(current, 1, bell):
        until_watching(home, bell)
        write(home.with_name("next"), {"other.md": "Other"})
        link = home.with_name("link")
        link.symlink_to("next")
        before = bell.rung
        link.replace(current)
        wait_for(lambda: bell.rung > before, "the next release")
        before = bell.rung
        until_watching(home.with_name("next"), bell)
        (home.with_name("next") / "other.md").write_text("Edited")
        wait_for(lambda: bell.rung > before, "a change of it")


@pytest.mark.parametrize(
    ("error", "remedy"), [(errno.ENOSPC, "inotify"), (errno.ENOENT, "put the directory back")]
)
def test_one_line_tells_that_there_are_no_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, remedy: str
) -> None:
    """The watcher tries again, tells it no second time, and takes up events when there are some."""
    monkeypatch.setattr(triggers, "RETRY", 0.01)
    failures = iter([OSError(error, os.strerror(error))] * 3)
    real, failed = watchfiles.watch, threading.Event()

    def limited(*paths: Path, **options: Any) -> object:  # noqa: ANN401 - handed on as they come
        if (failure := next(failures, None)) is not None:
            raise failure
        failed.set()
        return real(*paths, **options)

    monkeypatch.setattr(triggers, "watch", limited)
    structlog.reset_defaults()
    bell = Bell()
    with capture_logs() as log, FolderWatch(tmp_path, 1, bell):
        wait_for(failed.is_set, "the fourth attempt")
        until_watching(tmp_path, bell)
    (line,) = log
    assert (line["event"], line["error"]) == ("file events unavailable", os.strerror(error))
    assert remedy in line["remedy"]


PATHS = {
    "a.md": True,
    "deep/a.TXT": True,
    "a.png": True,
    ".feedsvcignore": True,
    "deep/.feedsvcignore": True,
    "feedsvc.db-wal": False,
    "Makefile": False,
    "a.md~": False,
    ".a.md.swp": False,
    ".git/a.md": False,
    "node_modules/x/readme.md": False,
}


@pytest.mark.parametrize("path", PATHS)
def test_a_change_counts_where_a_scan_would_look(path: str) -> None:
    """Articles, media and patterns count; what is left out, and the store beside the articles, do not."""
    assert is_relevant(path, folder=False) is PATHS[path]


def test_a_folder_counts_unless_it_is_left_out() -> None:
    """What it holds came or went with it."""
    assert is_relevant("news", folder=True)
    assert not is_relevant(".git", folder=True)


def test_the_paths_that_changed_are_told(home: Path) -> None:
    """Relative to the directory, whatever link leads to it; a round then looks at them alone."""
    bell, link = Bell(), home.with_name("link")
    link.symlink_to(home)
    with FolderWatch(link, 1, bell):
        until_watching(home, bell)
        (home / "deep" / "new.md").write_text("New")
        wait_for(lambda: "deep/new.md" in bell.paths, "the path")
    assert bell.paths <= {"probe.md", "deep", "deep/new.md"}
