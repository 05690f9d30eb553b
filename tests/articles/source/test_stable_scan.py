import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feedsvc.articles.source.listing import Listing
from feedsvc.articles.source.scanner import scan, stable_scan

KNOWN = frozenset({"a/story.txt", "b/other.txt"})


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    """A directory of two stories in two folders."""
    for path in KNOWN:
        file = tmp_path / path
        file.parent.mkdir()
        file.write_text(f"{path}\n\nWords.\n", "utf-8")
    return tmp_path


class Looks:
    """What is made of each listing, in their order. Those that come later stay as they are."""

    def __init__(self) -> None:
        self.steps: list[Callable[[Listing], Listing]] = []
        self.count = 0

    def scan(self, directory: Path, _pulse: Callable[[], None]) -> Listing:
        """List a directory."""
        self.count += 1
        listing = scan(directory)
        return self.steps.pop(0)(listing) if self.steps else listing


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Stands between the look and the directory."""
    looks = Looks()
    monkeypatch.setattr("feedsvc.articles.source.scanner.scan", looks.scan)
    return looks


def without(*paths: str) -> Callable[[Listing], Listing]:
    """A listing that lacks ``paths``."""
    return lambda listing: Listing({path: stat for path, stat in listing.files.items() if path not in paths})


def doubled(path: str, second: str) -> Callable[[Listing], Listing]:
    """A listing that has the file at ``path`` at a second place too."""
    return lambda listing: Listing({**listing.files, second: listing.files[path]})


def test_a_file_that_was_seen_nowhere_is_looked_for_again(stories: Path, looks: Looks) -> None:
    """It was moved into a folder that had been listed already."""
    looks.steps = [without("a/story.txt")]
    assert stable_scan(stories, KNOWN, lambda: None).files.keys() == KNOWN


def test_a_file_that_was_seen_twice_is_looked_at_again(stories: Path, looks: Looks) -> None:
    """It was moved into a folder that had not been listed yet."""
    (stories / "a/story.txt").rename(stories / "b/story.txt")
    looks.steps = [doubled("b/story.txt", "a/story.txt")]
    assert stable_scan(stories, KNOWN, lambda: None).files.keys() == {"b/story.txt", "b/other.txt"}


def test_an_unchanged_directory_is_listed_once(stories: Path, looks: Looks) -> None:
    """A rescan costs one walk."""
    stable_scan(stories, KNOWN, lambda: None)
    assert looks.count == 1


def test_new_articles_and_pictures_cost_no_second_look(stories: Path, looks: Looks) -> None:
    """Only one that looks like a known one does."""
    (stories / "new.txt").write_text("New\n\nWords of its own.\n", "utf-8")
    shutil.copy2(stories / "a/story.txt", stories / "new.png")
    stable_scan(stories, KNOWN, lambda: None)
    assert looks.count == 1


def test_what_is_really_gone_is_believed_at_the_second_look(stories: Path, looks: Looks) -> None:
    """Two looks that agree are enough."""
    (stories / "a/story.txt").unlink()
    assert stable_scan(stories, KNOWN, lambda: None).files.keys() == {"b/other.txt"}
    assert looks.count == 2


def test_a_directory_that_never_rests_is_not_looked_at_for_ever(stories: Path, looks: Looks) -> None:
    """The last look counts; the next round sees the rest."""
    looks.steps = [without("a/story.txt"), without("b/other.txt")] * 3
    assert stable_scan(stories, KNOWN, lambda: None).files.keys() == {"a/story.txt"}
    assert looks.count == 4
