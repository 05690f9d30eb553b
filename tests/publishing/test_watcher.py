"""File events wake the publisher; where there are none, one line says so."""

import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest
import structlog
import watchfiles
from serving import wait_for, write
from structlog.testing import capture_logs

from feedsvc.publishing import watcher
from feedsvc.publishing.watcher import FolderWatch, is_relevant

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
    monkeypatch.setattr(watcher, "RETRY", 0.01)
    monkeypatch.setattr(watcher, "CHECK_INTERVAL", 10)
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
    monkeypatch.setattr(watcher, "CHECK_INTERVAL", 10)
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


def test_one_line_tells_that_there_are_no_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher tries again, tells it no second time, and takes up events when there are some."""
    monkeypatch.setattr(watcher, "RETRY", 0.01)
    failures = iter([OSError(28, "No space left on device")] * 3)
    real, failed = watchfiles.watch, threading.Event()

    def limited(*paths: Path, **options: Any) -> object:  # noqa: ANN401 - handed on as they come
        if (failure := next(failures, None)) is not None:
            raise failure
        failed.set()
        return real(*paths, **options)

    monkeypatch.setattr(watcher, "watch", limited)
    structlog.reset_defaults()
    bell = Bell()
    with capture_logs() as log, FolderWatch(tmp_path, 1, bell):
        wait_for(failed.is_set, "the fourth attempt")
        until_watching(tmp_path, bell)
    (line,) = log
    assert (line["event"], line["error"]) == ("file events unavailable", "No space left on device")


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
