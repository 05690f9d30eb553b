"""Which files are no articles in spite of their suffix."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.left_out import ArticleSelection, left_out_line, select_articles
from feedsvc.articles.source.scanner import scan

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
