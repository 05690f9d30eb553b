"""Which articles a round checks again, by what the last scan saw."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from read_here import ReadHere
from serving import write

from feedsvc.articles.collection import Collection
from feedsvc.articles.collector import collect
from feedsvc.articles.last_scan import LastScan
from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions

FILES = {
    "a.md": "A",
    "b.md": "![](seen.png) ![](missing.png)",
    "news/c.md": "C",
    "news/_index.md": "---\ntitle: News\n---\n",
    "seen.png": "png",
}


class Rounds:
    """A directory that is read again and again."""

    def __init__(self, directory: Path, rules: ReadOptions) -> None:
        self.directory = directory
        self.rules = rules
        self.known: dict[str, Noted] = {}
        self.last: LastScan | None = None

    def again(self, touched: AbstractSet[str] | None = None) -> Collection:
        """Read what has changed; ``touched`` is what file events say."""
        found = collect(
            self.directory,
            self.known,
            self.rules,
            lambda *_: None,
            lambda *_: None,
            readers=ReadHere(),
            last=self.last,
            touched=touched,
        )
        assert found.selection is not None
        self.known = {path: known for path, known in self.known.items() if path not in found.missing}
        self.known |= {each.article.path: Noted(each.stamp, each.source, each.article) for each in found.readings}
        self.last = LastScan(found.selection, self.rules, self.known, found.failed)
        return found


class Noted:
    """A file as it was read."""

    def __init__(self, stamp: str, source: str, article: Article) -> None:
        self.stamp = stamp
        self.source = source
        self.article = article
        self.settled = True


@pytest.fixture
def rounds(tmp_path: Path, rules: ReadOptions) -> Rounds:
    """A directory that was read once."""
    made = Rounds(write(tmp_path / "articles", FILES), rules)
    made.again()
    return made


def _read(found: Collection) -> list[str]:
    return [reading.article.path for reading in found.readings]


CHANGES: dict[str, tuple[Callable[[Path], object], set[str], list[str]]] = {
    "an edit": (lambda home: write(home, {"a.md": "Other"}), {"a.md"}, ["a.md"]),
    "a new article": (lambda home: write(home, {"d.md": "D"}), {"d.md"}, ["d.md"]),
    "a picture that an article shows": (lambda home: write(home, {"seen.png": "x"}), {"seen.png"}, ["b.md"]),
    "one that it lacked": (lambda home: write(home, {"missing.png": "png"}), {"missing.png"}, ["b.md"]),
    "one that nobody shows": (lambda home: write(home, {"other.png": "png"}), {"other.png"}, []),
    "a page of a section": (
        lambda home: write(home, {"news/_index.md": "---\ntitle: New\n---\n"}),
        {"news/_index.md"},
        ["news/c.md"],
    ),
    "a rename": (lambda home: (home / "a.md").rename(home / "z.md"), {"a.md", "z.md"}, ["z.md"]),
    "nothing": (lambda _home: None, set(), []),
}


@pytest.mark.parametrize("is_told", [False, True], ids=["by a scan", "by events"])
@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_read_and_nothing_else(rounds: Rounds, name: str, *, is_told: bool) -> None:
    """Whether events tell of it or a scan sees it."""
    change, touched, read = CHANGES[name]
    change(rounds.directory)
    found = rounds.again(touched if is_told else None)
    assert _read(found) == read
    assert found.missing == ({"a.md"} if name == "a rename" else set())
    assert _read(rounds.again()) == []
    assert {*rounds.known} == {*found.selection.articles} if found.selection else False


def test_what_events_missed_is_seen_by_the_next_scan(rounds: Rounds) -> None:
    """Events only make it sooner."""
    write(rounds.directory, {"a.md": "Other", "d.md": "D"})
    assert _read(rounds.again({"d.md"})) == ["d.md"]
    assert _read(rounds.again()) == ["a.md"]


def test_a_file_that_could_not_be_read_is_tried_in_every_round(rounds: Rounds) -> None:
    """It may be the other file that was mended: a data file, or one with the same id."""
    write(rounds.directory, {"bad.md": "---\ndate: [\n---\nBad."})
    assert rounds.again({"bad.md"}).failed == {"bad.md"}
    for touched in (set[str](), {"a.md"}, None):
        found = rounds.again(touched)
        assert found.failed == {"bad.md"}
        assert [problem.path for problem in found.problems] == ["bad.md"]


def test_patterns_hold_for_files_that_come_later(rounds: Rounds) -> None:
    """Also patterns that left nothing out when they were written."""
    write(rounds.directory, {".feedsvcignore": "private*"})
    assert _read(rounds.again()) == []
    write(rounds.directory, {"private.md": "Not for you."})
    assert _read(rounds.again({"private.md"})) == []
