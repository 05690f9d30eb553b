"""Which files are articles: by their names, their headers, and the patterns of ignore files."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan
from feedsvc.articles.source.selection import ArticleSelection, left_out_line, select_articles
from feedsvc.core.errors import DirectoryError

Select = Callable[..., ArticleSelection]

HEADED = "---\ntitle: x\n---\nWords.\n"
DATED = "---\ntitle: x\ndate: 2024-01-01\n---\nWords.\n"


@pytest.fixture
def select(directory: Path) -> Select:
    """Write files, and part them into articles and what is left out."""

    def write_and_select(*paths: str, include: tuple[str, ...] = (), **contents: str) -> ArticleSelection:
        for path in (*paths, *contents):
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(contents.get(path, "Words.\n"))
        return select_articles(directory, scan(directory), include)

    return write_and_select


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "posts/readme.txt",
        "Readme.de.md",
        "README_zh-cn.html",
        "LICENSE.md",
        "LICENSE-MIT.txt",
        "CHANGELOG.md",
        "contributing.md",
        "TODO.md",
        "requirements.txt",
        "requirements-dev.txt",
        "robots.txt",
        "humans.txt",
        "ads.txt",
        "google0123456789abcdef.html",
        "404.html",
        "404.md",
        "search.md",
        "search/index.html",
        "_index.md",
        "posts/_index.fr.md",
        "a (Ida's conflicted copy 2024-05-01).md",
        "a (conflicted copy 2024-05-01 120000).txt",
        "a_conflict-20240501-120000.md",
        "a.sync-conflict-20240501-120000-ABCDEFG.md",
        "a (SFConflict ida@example.org 2024-05-01-12-00-00).md",
        "a [Conflict].md",
        "a_REMOTE_1234.md",
    ],
)
def test_a_file_that_is_no_article_by_its_name_is_left_out(select: Select, path: str) -> None:
    """Wherever it lies; it is counted and named."""
    found = select("story.md", path)
    assert (found.articles, list(found.left_out), dict(found.counts)) == (
        ("story.md",),
        [path],
        {"no articles": 1},
    )
    assert found.named[path]


@pytest.mark.parametrize(
    "path",
    [
        "changelog-2024.md",
        "license-to-kill.md",
        "todo.md",
        "the-conflict.md",
        "a (1).md",
        "my requirements.txt",
        "research.md",
        "1404.md",
        "public/a.txt",
        "static/a.html",
        "build/a.md",
        "assets/deep/a.txt",
        "index.md",
    ],
)
def test_what_only_sounds_like_it_is_an_article(select: Select, path: str) -> None:
    """Also in a folder with a generator's name, where no generator is at work."""
    assert path in select(path).articles


@pytest.mark.parametrize(
    "project",
    [
        "_config.yml",
        "hugo.toml",
        "config.toml",
        ".eleventy.js",
        "eleventy.config.mjs",
        "mkdocs.yml",
        "pelicanconf.py",
        "package.json",
        "Gemfile",
        "README.md",
        ".gitignore",
    ],
)
def test_folders_of_generators_are_left_out_where_one_is_at_work(select: Select, project: str) -> None:
    """Beside such a folder or above it; Markdown with a header is an article all the same."""
    static = ("static/a.txt", "docs/public/deep/b.html", "_includes/c.md", "themes/x/d.md")
    found = select(f"site/{project}", *(f"site/{path}" for path in static), "public/e.txt", "site/f.txt")
    assert found.left_out.keys() >= {f"site/{path}" for path in static}
    assert set(found.articles) == {"public/e.txt", "site/f.txt"}
    assert "site/static/g.md" in select(**{"site/static/g.md": HEADED}).articles


def test_a_header_makes_a_file_of_a_project_an_article_and_a_date_a_page(select: Select) -> None:
    """A README of a bundle, or a story about search; a copy in conflict stays one."""
    copy = "a.sync-conflict-20240501-120000-ABCDEFG.md"
    files = {"README.md": HEADED, "404.md": HEADED, "search.md": DATED, copy: DATED, "_index.md": DATED}
    assert set(select(**files).articles) == {"README.md", "search.md"}


def test_a_broken_header_is_told_and_not_passed_over(select: Select) -> None:
    """Whoever reads it finds out what is wrong with it."""
    assert select(**{"README.md": "---\ntitle: [\n---\n"}).articles == ("README.md",)


def test_resources_of_a_headless_bundle_are_no_articles(select: Select) -> None:
    """Hugo publishes neither them nor the bundle."""
    files = {"b/index.md": "---\nheadless: true\n---\n", "b/a.md": HEADED, "c/index.md": HEADED, "c/a.md": HEADED}
    assert set(select(**files).left_out) == {"b/a.md"}


def test_each_can_be_let_in(select: Select, directory: Path) -> None:
    """By a setting, or by a pattern in a file; the later pattern counts."""
    paths = ("README.md", "hugo.toml", "static/a.txt", "static/b.txt", "node_modules/c.txt", "robots.txt")
    assert select(*paths, include=("README.md", "static/")).left_out.keys() == {"node_modules/", "robots.txt"}
    (directory / ".feedsvcignore").write_text("!static/\n!node_modules/\nstatic/b.txt\n")
    found = select()
    assert set(found.articles) == {"static/a.txt", "node_modules/c.txt"}
    assert set(found.left_out) == {"README.md", "robots.txt"}


def test_kinds_that_are_not_read_are_counted_by_suffix(select: Select) -> None:
    """A folder that holds nothing else says so."""
    found = select("a.adoc", "b.ADOC", "c.org", "d.ipynb", "e.png", "f", "README.md")
    assert found.counts == (("no articles", 1), (".adoc", 2), (".ipynb", 1), (".org", 1))
    assert left_out_line(found.counts) == "no articles: 1, not read: 2 .adoc and 1 .ipynb and 1 .org"
    assert found.named["c.org"] == ".org is not read"


def test_what_is_left_out_is_served_where_an_article_links_to_it(
    select: Select, directory: Path, rules: ReadOptions
) -> None:
    """As any file of the site is; a section's page leads to the section."""
    (directory / "hugo.toml").write_text("")
    files = {"a.md": "[x](assets/step.html) [y](/robots.txt) [z](n/_index.md)", "n/_index.md": HEADED}
    listing = select("assets/step.html", "static/robots.txt", **files).listing
    reading = read(directory, "a.md", listing, rules)
    assert [file.source for file in reading.article.media] == ["assets/step.html", "static/robots.txt"]
    assert 'href="https://example.org/n/"' in reading.body


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
