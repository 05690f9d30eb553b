"""What a round checks again by the last scan, and what file events change of it without another scan."""

import os
import shutil
import unicodedata
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from read_here import ReadHere
from serving import write

from feedsvc.articles.collector import Collection, collect
from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.last_scan import MOST, LastScan, selection_after, stable_scan
from feedsvc.articles.source.listing import Listing
from feedsvc.articles.source.scanner import scan
from feedsvc.articles.source.selection import ArticleSelection, select_articles

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


SCANNED = {
    "a.md": "A",
    "news/b.md": "B",
    "news/c.txt": "C",
    "news/pic.png": "png",
    "trip/index.md": "Trip",
    "pair/index.md": "Pair",
    "pair/other.md": "Beside it",
    "data/d.md": "D",
    "data/_index.md": "Of the folder",
    "tended/.feedsvcignore": "private*\n!README.md",
    "tended/e.md": "E",
    "tended/README.md": "Let in",
    "README.md": "---\ntitle: Me\n---\n",
    "notes.org": "* Notes",
    "search.md": "---\ndate: 2030-01-01\n---\nOf the year to come.",
    "Émile.md": "É",
}


_DECOMPOSED = unicodedata.normalize("NFD", "Émile.md")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with something of everything."""
    return write(tmp_path / "articles", SCANNED)


Happen = Callable[[Path], object]


def _write(path: str, text: str = "Other words.") -> Happen:
    return lambda home: write(home, {path: text})


def _as_seen(selection: ArticleSelection) -> tuple[object, ...]:
    listing = selection.listing
    return (
        listing.files,
        listing.data,
        listing.sidecars,
        listing.left_out,
        listing.folders.keys(),
        set(selection.articles),
        selection.left_out,
        set(selection.unread),
    )


KNOWN_BY_THEIR_PATHS: dict[str, tuple[str, Happen]] = {
    "an edit": ("a.md", _write("a.md")),
    "an edit in a folder": ("news/b.md", _write("news/b.md")),
    "a new article": ("news/new.md", _write("news/new.md")),
    "a new picture": ("news/new.png", _write("news/new.png")),
    "another picture": ("news/pic.png", _write("news/pic.png")),
    "the page of a bundle": ("trip/index.md", _write("trip/index.md")),
    "a file that an editor wrote aside": ("news/.b.md.swp", _write("news/.b.md.swp")),
    "a file that came and went": ("news/went.md", lambda _home: None),
    "a file that is ignored": ("tended/private.md", _write("tended/private.md")),
    "a text of a kind that is not read, edited": ("notes.org", _write("notes.org")),
    "a picture in the place of nothing": ("a.png", _write("a.png")),
    "nothing happened": ("a.md", lambda _home: None),
}

TO_BE_SCANNED: dict[str, tuple[str, Happen]] = {
    "a removal": ("a.md", lambda home: (home / "a.md").unlink()),
    "a rename": ("news/z.md", lambda home: (home / "a.md").rename(home / "news/z.md")),
    "a copy with the times of another": ("y.md", lambda home: os.link(home / "a.md", home / "y.md")),
    "a new folder": ("new/f.md", _write("new/f.md")),
    "a folder": ("news", lambda _home: None),
    "a folder that was taken away": ("news", lambda home: (home / "news").rename(home.with_name("taken"))),
    "a page of the site that lost its date": ("search.md", _write("search.md", "Search here.")),
    "a name in other letters": ("A.md", _write("A.md")),
    "a name in other code points": (_DECOMPOSED, _write(_DECOMPOSED)),
    "a page of a section": ("data/_index.md", _write("data/_index.md", "---\ndraft: true\n---\n")),
    "a new page of a section": ("news/_index.md", _write("news/_index.md")),
    "a sidecar": ("a.meta", _write("a.meta", ".. title: A")),
    "patterns": ("news/.feedsvcignore", _write("news/.feedsvcignore", "b.md")),
    "a project's file": ("package.json", _write("package.json", "{}")),
    "a file about the project": ("README.md", _write("README.md", "No header any more.")),
    "one that is let in": ("tended/README.md", _write("tended/README.md", "More.")),
    "a link": ("l.md", lambda home: (home / "l.md").symlink_to(home / "a.md")),
    "an index beside others": ("pair/index.md", _write("pair/index.md", "---\nheadless: true\n---\n")),
    "an article beside an index": ("trip/more.md", _write("trip/more.md")),
    "an index that comes to others": ("news/index.md", _write("news/index.md")),
    "a new text of a kind that is not read": ("news/new.org", _write("news/new.org")),
    "a copy in conflict": ("a (conflicted copy).md", _write("a (conflicted copy).md")),
    "an article in the place of a pipe": ("p.md", lambda home: os.mkfifo(home / "p.md")),
    "a name without letters": ("a\x07.md", _write("a\x07.md")),
}


@pytest.mark.parametrize("name", KNOWN_BY_THEIR_PATHS)
def test_what_is_plain_is_taken_in_as_a_scan_sees_it(home: Path, name: str) -> None:
    """No folder is listed for it."""
    path, happen = KNOWN_BY_THEIR_PATHS[name]
    before = select_articles(home, scan(home))
    happen(home)
    found = selection_after(home, before, {path})
    assert found is not None
    assert _as_seen(found) == _as_seen(select_articles(home, scan(home)))


@pytest.mark.parametrize("name", TO_BE_SCANNED)
def test_what_may_change_more_than_its_own_path_needs_a_scan(home: Path, name: str) -> None:
    """A removal too: the file may have another name now."""
    path, happen = TO_BE_SCANNED[name]
    before = select_articles(home, scan(home))
    happen(home)
    assert selection_after(home, before, {path}) is None


def test_a_folder_replaced_by_a_link_needs_a_scan(home: Path) -> None:
    """What lies behind it is none of the site's."""
    before = select_articles(home, scan(home))
    (home / "news").rename(home.with_name("elsewhere"))
    (home / "news").symlink_to(home.with_name("elsewhere"))
    assert selection_after(home, before, {"news/b.md"}) is None


def test_very_many_paths_need_a_scan(home: Path) -> None:
    """It is done sooner."""
    before = select_articles(home, scan(home))
    assert selection_after(home, before, {f"{number}.md" for number in range(MOST + 1)}) is None


def test_links_and_what_cannot_be_seen_need_a_scan(home: Path) -> None:
    """No event says of a link that the file behind it was written, nor that a folder can be read again."""
    (home / "l.md").symlink_to(home / "a.md")
    before = select_articles(home, scan(home))
    assert selection_after(home, before, {"a.md"}) is None
    (home / "l.md").unlink()
    (home / "l.md").symlink_to(home / "nowhere.md")
    assert selection_after(home, select_articles(home, scan(home)), {"a.md"}) is None


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
    monkeypatch.setattr("feedsvc.articles.source.last_scan.scan", looks.scan)
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
