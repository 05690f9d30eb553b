import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from builders import Noted
from read_here import ReadHere
from swapping import swapping

from feedsvc.articles.body.media import Digest, FileChangedError
from feedsvc.articles.collector import Collection, LintResult, collect, lint
from feedsvc.articles.frontmatter import parser
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.model import Problem, Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.reader import read
from feedsvc.articles.reading import session
from feedsvc.articles.reading.main import attempt
from feedsvc.articles.reading.session import Remembered
from feedsvc.articles.source.listing import Listing
from feedsvc.core.errors import DirectoryError

Before = Callable[[str], None]

MODULE = sys.modules[attempt.__module__]  # the package gives the function its name


@dataclass
class Rounds:
    """A directory that is gathered again and again, each time by what the last time left."""

    directory: Path
    rules: ReadOptions
    known: dict[str, Noted] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[int, int]] = field(default_factory=list)
    remembered: Remembered = field(default_factory=Remembered)

    def put(self, path: str, content: str = "Title\n\nWords.\n") -> None:
        """Write a file of the directory."""
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def again(self) -> Collection:
        """Gather, and remember what was found."""
        found = collect(
            self.directory,
            self.known,
            self.rules,
            self.bodies.__setitem__,
            lambda done, total: self.steps.append((done, total)),
            readers=ReadHere(),
            remembered=self.remembered,
        )
        self.remembered = replace(self.remembered, files=found.set_aside)
        self.known = {path: known for path, known in self.known.items() if path in found.present}
        self.known |= {
            taken.article.path: Noted(taken.stamp, taken.source, taken.article) for taken in found.readings
        }
        for path, stamp in found.touched.items():
            self.known[path] = self.known[path]._replace(stamp=stamp)
        return found


@pytest.fixture
def rounds(directory: Path, rules: ReadOptions) -> Rounds:
    """Give a directory that was not gathered yet."""
    return Rounds(directory, rules)


@pytest.fixture
def read_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[Before], list[str]]:
    """Let something happen before each reading; gives the paths that were read."""

    def install(before: Before) -> list[str]:
        paths: list[str] = []

        def instead(directory: Path, path: str, listing: Listing, rules: ReadOptions, digest: Digest) -> Reading:
            paths.append(path)
            before(path)
            return read(directory, path, listing, rules, digest)

        monkeypatch.setattr(MODULE, "read", instead)
        return paths

    return install


def nothing(_path: str) -> None:
    """Let nothing happen."""


def paths(gathering: Collection) -> list[str]:
    """Tell which files were read."""
    return [taken.article.path for taken in gathering.readings]


def test_new_articles_are_read_in_the_order_of_their_paths(rounds: Rounds) -> None:
    """Only files with an article's suffix are read; the others are what articles refer to."""
    for path in ("b.txt", "news/c.html", "a.md", "pic.png", "notes.doc"):
        rounds.put(path)
    found = rounds.again()
    assert paths(found) == ["a.md", "b.txt", "news/c.html"]
    assert found.present == {"a.md", "b.txt", "news/c.html"}


def test_bodies_are_handed_on(rounds: Rounds) -> None:
    """A body is kept by its digest at once, and not held."""
    rounds.put("a.txt")
    (taken,) = rounds.again().readings
    assert "Words." in rounds.bodies[taken.article.body]


def test_markdown_is_handed_on_where_it_is_asked_for(rounds: Rounds) -> None:
    """What stands below the header, as it was written, under its own digest; of no other kind of file."""
    rounds.put("a.md", "---\ntitle: A\n---\n\n# B\n\n*c* {{< d >}}\n\n")
    rounds.put("b.txt")
    assert [taken.article.markdown for taken in rounds.again().readings] == [None, None]
    rounds.rules = replace(rounds.rules, keep_markdown=True)
    digest, none = (taken.article.markdown for taken in rounds.again().readings)
    assert none is None
    assert digest is not None
    assert rounds.bodies[digest] == "# B\n\n*c* {{< d >}}"


def test_progress_counts_what_has_to_be_read(rounds: Rounds) -> None:
    """Unchanged files are no work."""
    rounds.put("a.txt")
    rounds.again()
    rounds.put("b.txt")
    rounds.put("c.txt")
    rounds.again()
    assert rounds.steps == [(1, 1), (1, 2), (2, 2)]


def test_unchanged_file_is_not_opened(rounds: Rounds, read_after: Callable[[Before], list[str]]) -> None:
    """Size and times say enough."""
    rounds.put("a.txt")
    rounds.again()
    opened = read_after(nothing)
    found = rounds.again()
    assert found.unchanged == {"a.txt"}
    assert not opened
    assert not found.readings


def test_touched_file_is_not_read_again(rounds: Rounds, read_after: Callable[[Before], list[str]]) -> None:
    """Written again with the same bytes it gets a new stamp, by which it is unchanged the next time."""
    rounds.put("a.txt")
    rounds.again()
    os.utime(rounds.directory / "a.txt", ns=(1, 1))
    opened = read_after(nothing)
    assert set(rounds.again().touched) == {"a.txt"}
    assert rounds.again().unchanged == {"a.txt"}
    assert not opened


def test_edited_file_is_read_again(rounds: Rounds) -> None:
    """An edit of the same length counts as any other."""
    rounds.put("a.txt", "Title\n\nWords.\n")
    rounds.again()
    rounds.put("a.txt", "Title\n\nWards.\n")
    assert paths(rounds.again()) == ["a.txt"]


def test_an_article_that_reads_as_before_is_the_one_in_memory(rounds: Rounds) -> None:
    """After an upgrade every file is read again; the ledger is not to stand in memory twice."""
    rounds.put("a.txt", "Title\n\nWords.\n")
    rounds.again()
    rounds.put("a.txt", "Title\n\nWords.\n\n\n")
    before = rounds.known["a.txt"].article
    (taken,) = rounds.again().readings
    assert taken.article is before


def test_changed_rules_read_everything_again(rounds: Rounds) -> None:
    """A new base URL stands in every body."""
    rounds.put("a.txt")
    rounds.again()
    rounds.rules = replace(rounds.rules, base_url="https://example.net")
    assert paths(rounds.again()) == ["a.txt"]
    assert rounds.again().unchanged == {"a.txt"}


def test_changed_rules_read_a_touched_file_too(rounds: Rounds) -> None:
    """The same bytes come out otherwise."""
    rounds.put("a.txt")
    rounds.again()
    os.utime(rounds.directory / "a.txt", ns=(1, 1))
    rounds.rules = replace(rounds.rules, base_url="https://example.net")
    assert paths(rounds.again()) == ["a.txt"]


@pytest.mark.parametrize("before", [None, "old"], ids=["added", "changed"])
def test_picture_that_changes_has_its_article_read_again(rounds: Rounds, before: str | None) -> None:
    """The picture's address is in the article, which itself did not change."""
    rounds.put("a.md", "# Title\n\n![A view](pic.png)\n")
    if before:
        rounds.put("pic.png", before)
    rounds.again()
    rounds.put("pic.png", "new")
    os.utime(rounds.directory / "a.md", ns=(1, 1))
    (taken,) = rounds.again().readings
    assert [file.size for file in taken.article.media] == [3]


def test_file_that_cannot_be_read_does_not_stop_the_others(rounds: Rounds) -> None:
    """It is set aside as a problem, and still counts as present."""
    rounds.put("a.md", "---\ndraft: perhaps\n---\nWords.\n")
    rounds.put("b.md")
    found = rounds.again()
    assert paths(found) == ["b.md"]
    assert [(problem.path, problem.severity) for problem in found.problems] == [("a.md", "problem")]
    assert found.present == {"a.md", "b.md"}


def test_warnings_are_told_beside_the_reading(rounds: Rounds) -> None:
    """A warning lets its article be published."""
    rounds.put("a.md", "# Title\n\n![A view](missing.png)\n")
    found = rounds.again()
    assert paths(found) == ["a.md"]
    assert [(problem.place, problem.severity) for problem in found.problems] == [("a.md:3", "warning")]


def raising(error: Exception) -> Before:
    """Let one of the files fail."""

    def before(path: str) -> None:
        if path == "a.txt":
            raise error

    return before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "cannot be read (Permission denied)"),
        (OSError(5, "Input/output error"), "cannot be read (Input/output error)"),
        (ZeroDivisionError("by\nzero"), "fault of feedsvc (ZeroDivisionError('by\\nzero'))"),
        (RecursionError(), "fault of feedsvc (RecursionError())"),
    ],
    ids=["unreadable", "bad disk", "fault in a reader", "nested too deep"],
)
def test_any_failure_costs_one_article_only(
    rounds: Rounds, read_after: Callable[[Before], list[str]], error: Exception, words: str
) -> None:
    """What went wrong is told in one line, and the file is tried again in the next round."""
    rounds.put("a.txt")
    rounds.put("b.txt")
    read_after(raising(error))
    for _ in range(2):
        (problem,) = rounds.again().problems
        assert problem.path == "a.txt"
        assert words in problem.what
    assert set(rounds.known) == {"b.txt"}


def test_failure_to_keep_a_body_ends_the_gathering(rounds: Rounds) -> None:
    """That the store fails is no fault of the article."""

    def keep(_digest: str, _body: str) -> None:
        raise RuntimeError("disk full")

    rounds.put("a.txt")
    with pytest.raises(RuntimeError, match="disk full"):
        collect(rounds.directory, {}, rounds.rules, keep, lambda _done, _total: None, readers=ReadHere())


def test_file_written_to_while_it_is_read_is_read_again(
    rounds: Rounds, read_after: Callable[[Before], list[str]]
) -> None:
    """A half-written file is not published, and not a problem either."""
    rounds.put("a.txt", "Half\n\nof it.\n")
    rounds.put("b.txt", "Other\n\nwords.\n")
    written: list[str] = []

    def before(_path: str) -> None:
        if not written:
            written.append("once")
            rounds.put("a.txt", "Whole\n\nof all of it.\n")

    read_after(before)
    found = rounds.again()
    assert [taken.article.title for taken in found.readings] == ["Whole", "Other"]
    assert not found.problems
    assert rounds.again().unchanged == {"a.txt", "b.txt"}


def test_file_that_never_rests_waits_for_the_next_round(
    rounds: Rounds, read_after: Callable[[Before], list[str]]
) -> None:
    """It is tried twice, then set aside; what was kept of it stays."""
    rounds.put("a.txt")
    opened = read_after(lambda path: rounds.put(path, "x" * (1 + len(opened))))
    found = rounds.again()
    assert opened == ["a.txt", "a.txt"]
    assert not found.readings
    assert found.present == {"a.txt"}
    assert "while it was read" in found.problems[0].what


def test_file_that_vanishes_while_it_is_read_is_set_aside(
    rounds: Rounds, read_after: Callable[[Before], list[str]]
) -> None:
    """Editors remove a file and write it anew; it counts as present until the next scan misses it."""
    rounds.put("a.txt")
    read_after(lambda path: (rounds.directory / path).unlink())
    found = rounds.again()
    assert found.present == {"a.txt"}
    assert [problem.path for problem in found.problems] == ["a.txt"]
    assert rounds.again() == Collection()


def test_file_that_vanishes_once_it_is_read_is_set_aside_too(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read may have been a part of it."""

    def read_and_remove(directory: Path, path: str, listing: Listing, rules: ReadOptions) -> Reading:
        reading = read(directory, path, listing, rules)
        (directory / path).unlink()
        return reading

    rounds.put("a.txt")
    monkeypatch.setattr(MODULE, "read", read_and_remove)
    found = rounds.again()
    assert not found.readings
    assert [problem.path for problem in found.problems] == ["a.txt"]


def test_article_whose_picture_moved_is_read_again(
    rounds: Rounds, read_after: Callable[[Before], list[str]]
) -> None:
    """The second reading goes by a new listing."""
    rounds.put("a.md")
    moved: list[str] = []

    def before(path: str) -> None:
        if not moved:
            moved.append(path)
            raise FileChangedError(path)

    read_after(before)
    assert paths(rounds.again()) == ["a.md"]


def test_touched_file_that_cannot_be_opened_is_a_problem(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at its bytes fails silently, because the reader meets the same error and tells it."""
    rounds.put("a.txt")
    rounds.again()
    os.utime(rounds.directory / "a.txt", ns=(1, 1))

    def refuse(*_: object) -> Reading:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(session, "open_file", refuse)
    monkeypatch.setattr(MODULE, "read", refuse)
    assert "Permission denied" in rounds.again().problems[0].what


def test_whoever_hears_the_progress_may_end_the_scan(rounds: Rounds) -> None:
    """Before anything is read, it hears that nothing is."""
    rounds.put("news/a.txt")

    def progress(done: int, total: int) -> None:
        assert (done, total) == (0, 0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(rounds.directory, {}, rounds.rules, rounds.bodies.__setitem__, progress, readers=ReadHere())
    assert not rounds.bodies


def test_a_folder_swapped_with_a_link_publishes_nothing_from_outside(rounds: Rounds) -> None:
    """What was checked is what is read: not even a file of the same name, size and time comes in its place."""
    outside = rounds.directory.parent / "outside"
    for folder, word in ((rounds.directory / "news", "public"), (outside, "secret")):
        folder.mkdir()
        for name in ("a.md", "b.txt", "c.html"):
            (folder / name).write_text(f"<p>A {word} thing. ![p](p.png)</p>\n")
            os.utime(folder / name, ns=(1, 1))
        (folder / "p.png").write_text(word)
    with swapping(rounds.directory / "news", str(outside)):
        for _ in range(2_000):
            rounds.known.clear()
            found = rounds.again()
            assert not any("secret" in taken.article.title for taken in found.readings)
    assert any("public" in body for body in rounds.bodies.values())
    assert not any("secret" in body for body in rounds.bodies.values())


def test_known_articles_of_a_held_folder_are_present(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that lost its rights removes nothing."""
    for path in ("a.txt", "news/b.txt", "news/deep/c.txt"):
        rounds.put(path)
    rounds.again()
    real = os.scandir

    def scandir(folder: int) -> object:
        if Path(f"/proc/self/fd/{folder}").readlink().name == "news":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    found = rounds.again()
    assert found.present == {"a.txt", "news/b.txt", "news/deep/c.txt"}
    assert [problem.path for problem in found.problems] == ["news"]


def test_removed_file_is_not_present(rounds: Rounds) -> None:
    """Nothing else is said of it."""
    rounds.put("a.txt")
    rounds.again()
    (rounds.directory / "a.txt").unlink()
    assert rounds.again() == Collection(missing=frozenset({"a.txt"}))


def test_problems_are_sorted_by_place(rounds: Rounds) -> None:
    """The scan's and the readers' stand in one list."""
    rounds.put("b.md", "")
    rounds.put("c.md", "")
    (rounds.directory / "bb.md").symlink_to("nowhere")
    found = rounds.again()
    assert [problem.path for problem in found.problems] == ["b.md", "bb.md", "c.md"]
    assert all(isinstance(problem, Problem) for problem in found.problems)


def test_missing_directory_is_no_empty_one(rounds: Rounds) -> None:
    """A directory that vanished must not empty the feeds."""
    rounds.directory.rmdir()
    with pytest.raises(DirectoryError):
        rounds.again()


def test_a_survey_finds_what_a_gathering_finds(directory: Path, rules: ReadOptions) -> None:
    """It counts the articles and tells the same problems, though it keeps no article."""
    (directory / "good.md").write_text("# Good\n\nText.\n")
    (directory / "odd.md").write_text("![](gone.png)\n\nText.\n")
    (directory / "bad.md").write_text("---\ndate: yesterday\n---\nText.\n")
    heard: list[tuple[int, int]] = []
    found = lint(directory, rules, lambda done, total: heard.append((done, total)), readers=ReadHere())
    gathered = collect(
        directory, {}, rules, lambda _digest, _body: None, lambda _done, _total: None, readers=ReadHere()
    )
    assert found == LintResult(2, gathered.problems)
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_survey_reads_again_what_moved(
    directory: Path, rules: ReadOptions, read_after: Callable[[Before], list[str]]
) -> None:
    """A file that grew while it was read is read once more, and counts as it then is."""
    file = directory / "a.md"
    file.write_text("# A\n\nHalf.\n")
    rest = iter(["# A\n\nHalf, and the rest.\n"])

    def grow(_path: str) -> None:
        for text in rest:
            file.write_text(text)

    read = read_after(grow)
    assert lint(directory, rules, lambda _done, _total: None, readers=ReadHere()) == LintResult(1, ())
    assert read == ["a.md", "a.md"]


@pytest.mark.parametrize("path", ["news/_index.md", "README.md", "CHANGELOG.md", "bundle/index.md"])
def test_a_parser_that_fails_over_one_file_never_ends_the_round(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Also over one that is no article: it is a problem of that file, and all others are read."""
    split = parser.split

    def fail(text: str, notes: Notes, *, known_only: bool) -> tuple[Header, str]:
        if notes.path == path:
            raise ZeroDivisionError("by zero")
        return split(text, notes, known_only=known_only)

    monkeypatch.setattr(parser, "split", fail)
    rounds.put(path, "---\ntitle: Page\n---\nWords.\n")
    rounds.put("bundle/other.txt")
    rounds.put("one.txt")
    (rounds.directory / "package.json").write_text("{}")
    found = rounds.again()
    assert "one.txt" in {taken.article.path for taken in found.readings}
    (problem,) = (each for each in found.problems if each.path == path)
    assert "fault of feedsvc (ZeroDivisionError('by zero'))" in problem.what
