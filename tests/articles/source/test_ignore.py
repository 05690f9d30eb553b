"""What ``.feedsvcignore`` leaves out of a scan."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from feedsvc.articles.source.scanner import scan
from feedsvc.core.errors import DirectoryError

TREE = ("a.md", "b.txt", "notes/a.md", "notes/deep/b.md", "build/out.html", "build/keep.md", "x/build/c.md")


def lay(directory: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the tree and the ignore files."""
    for path in TREE:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(path)
    for path, patterns in files.items():
        (directory / path).write_bytes(patterns.encode() if isinstance(patterns, str) else patterns)


CASES: Mapping[str, tuple[Mapping[str, str | bytes], set[str]]] = {
    "a suffix": ({".feedsvcignore": "*.txt\n"}, {"b.txt"}),
    "a folder anywhere": ({".feedsvcignore": "build/\n"}, {"build/out.html", "build/keep.md", "x/build/c.md"}),
    "anchored": ({".feedsvcignore": "/build/\n/a.md\n"}, {"build/out.html", "build/keep.md", "a.md"}),
    "a star stops at a slash": ({".feedsvcignore": "notes/*.md\n"}, {"notes/a.md"}),
    "two stars do not": ({".feedsvcignore": "notes/**/*.md\n"}, {"notes/a.md", "notes/deep/b.md"}),
    "taken back in": ({".feedsvcignore": "*.md\n!a.md\n"}, {"notes/deep/b.md", "build/keep.md", "x/build/c.md"}),
    "never below a folder": ({".feedsvcignore": "/build/\n!build/keep.md\n"}, {"build/out.html", "build/keep.md"}),
    "comment and blank": ({".feedsvcignore": "# *.md\n\n"}, set()),
    "with a mark and CRLF": ({".feedsvcignore": b"\xef\xbb\xbf*.txt\r\n"}, {"b.txt"}),
    "in a folder": ({"notes/.feedsvcignore": "/a.md\n"}, {"notes/a.md"}),
    "the deeper counts more": (
        {".feedsvcignore": "b.*\n", "notes/deep/.feedsvcignore": "!b.md\n"}, {"b.txt"},
    ),
    "not out of its folder": ({"notes/.feedsvcignore": "a.md\nb.txt\n"}, {"notes/a.md"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_patterns_mean_what_they_mean_to_git(directory: Path, name: str) -> None:
    """The last one that fits decides; what is left out of a scan is no article, and no media either."""
    files, out = CASES[name]
    lay(directory, files)
    listing = scan(directory)
    assert set(TREE) - set(listing.files) == out
    assert not listing.problems


def test_a_line_that_is_no_pattern_is_a_warning(directory: Path) -> None:
    """It names the line and has no effect; the others hold."""
    lay(directory, {"notes/.feedsvcignore": "deep/\n!\n"})
    listing = scan(directory)
    assert "notes/deep/b.md" not in listing.files
    (problem,) = listing.problems
    assert (problem.place, problem.severity) == ("notes/.feedsvcignore:2", "warning")


UNKNOWN = {
    "no UTF-8": b"\xff\xfe\x00",
    "too large": b"a" * 100_001,
    "too many patterns": b"".join(b"draft-%d\n" % number for number in range(1_001)),
    "too many wildcards": b"draft-*-*.md\n" * 251,
    "a pattern too long": b"*a" * 40_000,
    "patterns too long together": b"".join(b"?" * 90 + b"%d\n" % number for number in range(900)),
}


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
class TestUnknownPatterns:
    """Where nobody can say what is to be left out, nothing new may be published: a leak cannot be taken back."""

    def test_a_folder_is_held(self, directory: Path, content: bytes) -> None:
        """What was known below counts as present, and a problem names the file."""
        lay(directory, {"notes/.feedsvcignore": content})
        listing = scan(directory)
        assert not any(path.startswith("notes/") for path in listing.files)
        assert listing.holds("notes/deep/b.md")
        assert [problem.path for problem in listing.problems] == ["notes/.feedsvcignore"]

    def test_at_the_top_the_scan_ends(self, directory: Path, content: bytes) -> None:
        """The round is refused, with the file's name."""
        lay(directory, {".feedsvcignore": content})
        with pytest.raises(DirectoryError, match=r"\.feedsvcignore"):
            scan(directory)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"# drafts\n" + UNKNOWN["too many patterns"], ".feedsvcignore:1002"),
        (UNKNOWN["too many wildcards"], ".feedsvcignore:251"),
        (b"a.md\n\n" + b"*?" * 20_000, ".feedsvcignore:3"),
    ],
)
def test_what_is_too_much_to_match_names_its_line(directory: Path, content: bytes, place: str) -> None:
    """And what to do."""
    lay(directory, {"notes/.feedsvcignore": content})
    (problem,) = scan(directory).problems
    assert (problem.place, problem.severity) == (f"notes/{place}", "problem")
    assert "fewer" in problem.remedy


HEAVY = {
    "many stars": ("*a*a*a*a*a*a*a*a*b", "a" * 240),
    "many double stars": ("a/**/" * 12 + "b", "a/" * 60 + "c"),
    "stars and double stars": ("**/*a*/**/*a*/**/*a*/**/*a*/b", "aaaaa/" * 30 + "c"),
    "question marks": ("?*" * 60 + "b", "a" * 240),
    "many classes": ("[a-z]*" * 30 + "0", "a" * 240),
}


@pytest.mark.parametrize("name", HEAVY)
def test_no_pattern_makes_the_scan_try_every_way_there_is(directory: Path, name: str) -> None:
    """A matcher that tries them all takes hours for one such path; this one takes time linear in it."""
    pattern, path = HEAVY[name]
    lay(directory, {".feedsvcignore": f"{pattern}\n"})
    (directory / path).parent.mkdir(parents=True, exist_ok=True)
    (directory / path).write_text(path)
    begin = time.process_time()
    assert path in scan(directory).files
    assert time.process_time() - begin < 1


def test_a_link_to_patterns_outside_of_the_directory_is_not_followed(directory: Path) -> None:
    """Nobody who may write articles can have another file of the machine read."""
    lay(directory, {})
    (directory.parent / "patterns").write_text("a.md\n")
    (directory / "notes" / ".feedsvcignore").symlink_to(directory.parent / "patterns")
    listing = scan(directory)
    assert listing.holds("notes/a.md")
    assert "leads out" in listing.problems[0].what


def test_a_link_to_patterns_inside_is_followed(directory: Path) -> None:
    """Several folders may share one list."""
    lay(directory, {"patterns": "a.md\n"})
    (directory / "notes" / ".feedsvcignore").symlink_to("../patterns")
    assert set(TREE) - set(scan(directory).files) == {"notes/a.md"}


def test_a_name_that_is_no_text_is_judged_by_what_it_shows(directory: Path) -> None:
    """It is left out in silence where a pattern fits."""
    lay(directory, {".feedsvcignore": "*.tar\n"})
    Path(os.fsdecode(os.fsencode(directory) + b"/caf\xe9.tar")).write_text("x")
    assert not scan(directory).problems


def test_a_pipe_in_its_place_is_never_waited_for(directory: Path) -> None:
    """The folder is held."""
    lay(directory, {})
    os.mkfifo(directory / "notes" / ".feedsvcignore")
    assert scan(directory).holds("notes/a.md")
