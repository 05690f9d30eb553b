"""``feedsvc status`` as a health check: its exit status tells whether a person is needed."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from commands import run_command
from serving import write

from feedsvc.cli.options import Exit
from feedsvc.operations.status import OVERDUE, shown
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.store import Store, open_store


@pytest.fixture(autouse=True)
def long_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lease lapses while a test runs, however busy the machine is."""
    monkeypatch.setattr("feedsvc.store.lease.LENGTH", 3600.0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A working directory with one article, which is published."""
    write(tmp_path / "articles", {"story.txt": "A story\n\nIt is short.\n"})
    assert run_command(tmp_path, "publish").returncode == Exit.OK
    return tmp_path


def at_work(_home: Path, store: Store) -> None:
    """A process has the right to publish."""
    assert store.publisher.acquire(LeaseOwner.this()) is not None


def idle(_home: Path, _store: Store) -> None:
    """The process that published has ended."""


def failed(home: Path, store: Store) -> None:
    """The last round failed."""
    at_work(home, store)
    report, _ = store.operator.report()
    store.operator.keep_report(replace(report, failure="the disk is full"))


def hanging(home: Path, store: Store) -> None:
    """The publisher keeps its lease, and has run no round since long before its interval."""
    began(home, store, interval=60)


def back(home: Path, store: Store) -> None:
    """A publisher has just started, long after the last round."""
    began(home, store, interval=60, held=0)


def rare(home: Path, store: Store) -> None:
    """The publisher scans once a day."""
    began(home, store, interval=86_400)


def began(home: Path, store: Store, interval: float, held: int = 2 * OVERDUE) -> None:
    """The last round began two hours ago; its publisher has had its lease for ``held`` seconds."""
    at_work(home, store)
    with closing(sqlite3.connect(home / "feedsvc.db")) as connection, connection:
        connection.execute("UPDATE lease SET acquired = acquired - ? WHERE id = 1", (held * 1000,))
    report, _ = store.operator.report()
    begin = int(time.time()) - 2 * OVERDUE
    store.operator.keep_report(replace(report, time=begin, seconds=1.0, interval=interval))


def refused(home: Path, store: Store) -> None:
    """A safeguard has refused the round."""
    (home / "articles/story.txt").unlink()
    assert run_command(home, "publish").returncode == Exit.REFUSED
    at_work(home, store)


def set_aside(home: Path, store: Store) -> None:
    """One file is wrong, and all others are published."""
    write(home / "articles", {"broken.md": "---\ndate: 31 February\n---\nText.\n"})
    assert run_command(home, "publish").returncode == Exit.PROBLEMS
    at_work(home, store)


SITUATIONS: dict[str, tuple[Callable[[Path, Store], None], list[str]]] = {
    "all is well": (at_work, []),
    "one file is wrong": (set_aside, []),
    "nobody publishes": (idle, ["nobody publishes"]),
    "the publisher hangs": (hanging, ["the publisher has run no round since {last}"]),
    "the publisher has just come back": (back, []),
    "the publisher scans once a day": (rare, []),
    "the last round failed": (failed, ["the last round failed"]),
    "a safeguard holds": (refused, ["a safeguard holds (removals)"]),
}


@pytest.mark.parametrize(("prepare", "reasons"), SITUATIONS.values(), ids=SITUATIONS)
def test_it_ends_with_1_when_a_person_is_needed(
    home: Path, prepare: Callable[[Path, Store], None], reasons: list[str]
) -> None:
    """And says why, to people in its first line and to programs by name."""
    with closing(open_store(f"sqlite:///{home}/feedsvc.db")) as store:
        prepare(home, store)
        last = shown(store.operator.report()[0].time)
        reasons = [reason.format(last=last) for reason in reasons]
        done = run_command(home, "status")
        assert done.returncode == (Exit.PROBLEMS if reasons else Exit.OK)
        assert done.stdout.splitlines()[0] == f"state        {'; '.join(reasons) or 'all is well'}"
        told = run_command(home, "status", "--format", "json")
        assert told.returncode == done.returncode
        assert json.loads(told.stdout)["attention"] == reasons


def test_before_the_first_edition(tmp_path: Path) -> None:
    """Nothing can be served yet."""
    open_store(f"sqlite:///{tmp_path}/feedsvc.db").close()
    done = run_command(tmp_path, "status")
    assert done.returncode == Exit.PROBLEMS
    assert "nothing is published yet; nobody publishes" in done.stdout


@pytest.mark.parametrize("content", [None, b"this is no database" * 100])
def test_it_ends_with_2_when_it_cannot_tell(tmp_path: Path, content: bytes | None) -> None:
    """No store, or one that cannot be read."""
    if content is not None:
        (tmp_path / "feedsvc.db").write_bytes(content)
    done = run_command(tmp_path, "status")
    assert (done.returncode, done.stdout) == (Exit.FAILED, "")
    assert done.stderr.startswith("feedsvc: ")
