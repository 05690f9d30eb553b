"""Themes: read from disk, shown by pages and by nothing else, and never in the way of an article."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from read_here import ReadHere
from repository import DOCS
from serving import write
from stored_site import response_at

from feedsvc.articles.options import ReadOptions
from feedsvc.channels.site import Site
from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.loading import load_settings
from feedsvc.documents.model import preview_path
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.reporter import Outcome
from feedsvc.publishing.round import publish
from feedsvc.publishing.theme_folder import check_usable, read_theme, reread
from feedsvc.store.store import open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
GUIDE = DOCS / "how-to/themes.md"
MINE = {"base.html": "<title>{{ page.title }}</title><p>Mine {% block main %}{% endblock %}"}
Round = Callable[[Theme], Outcome]


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[tuple[Round, Callable[[str], str]]]:
    """Rounds over two articles, each with a theme; and what a path then holds."""
    articles = write(
        tmp_path / "articles", {"2026-05-01-one.txt": "One\n\nFirst.\n", "2026-05-02-two.txt": "Two\n"}
    )
    plan = RoundOptions(
        articles,
        Site("https://example.org", "News", "All of it.", "en"),
        ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000),
        "example.org",
    )
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    hours = iter(range(99))

    def run(theme: Theme) -> Outcome:
        now = NOON + timedelta(hours=next(hours))
        memory = store.publisher.state()
        return publish(
            replace(plan, theme=theme),
            store.publisher,
            memory,
            now,
            afresh=True,
            progress=lambda *_: None,
            readers=ReadHere(),
        )

    def read(path: str) -> str:
        found = response_at(store, path)
        assert found is not None
        (plain,) = (each.body for each in found[1].representations if each.coding == "identity")
        return plain.decode()

    yield run, read
    store.close()


def test_a_theme_is_its_templates_and_stylesheets(tmp_path: Path) -> None:
    """Also in folders below; hidden and other files are left alone."""
    files = {
        "base.html": "a",
        "parts/foot.html": "b",
        "style.css": "c",
        "x.css": "d",
        ".git/x.html": "e",
        "x.md": "f",
    }
    theme = read_theme(write(tmp_path / "sea", files))
    assert theme.sources == (("base.html", "a"), ("parts/foot.html", "b"), ("style.css", "c"))
    assert theme.problems == ()
    assert reread(theme) == theme
    write(tmp_path / "sea", {"base.html": "other"})
    assert reread(theme) != theme
    assert read_theme(None) is reread(BUILT_IN) is BUILT_IN


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the setting that names it; a file is no folder either."""
    write(tmp_path, {"file": ""})
    for name in ("nowhere", "file"):
        with pytest.raises(SettingsError, match=f"{name} is no folder"):
            read_theme(tmp_path / name)


@pytest.mark.parametrize(
    ("theme", "is_refused"),
    [
        ("stories/theme", True),
        ("stories", True),
        ("stories/.theme", False),
        ("stories/left/out", False),
        ("theme", False),
    ],
)
def test_a_theme_among_the_articles_is_refused(tmp_path: Path, theme: str, is_refused: bool) -> None:
    """Its templates would be published as articles, unless nobody sees them there."""
    (tmp_path / theme).mkdir(parents=True)
    write(tmp_path / "stories", {".feedsvcignore": "left/\n"})
    given = {"articles": tmp_path / "stories", "pages.theme": tmp_path / theme}
    refusal = pytest.raises(SettingsError, match="lies in the articles directory") if is_refused else nullcontext()
    with refusal:
        check_usable(load_settings(given=given))


def test_a_theme_that_cannot_be_reached_is_refused_in_plain_words(tmp_path: Path) -> None:
    """As one in a folder that may not be searched; here its name is longer than any may be."""
    with pytest.raises(SettingsError, match="is no folder that can be read"):
        check_usable(load_settings(given={"articles": tmp_path, "pages.theme": tmp_path / ("x" * 300)}))


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Of a file, which is left out, or of the folder, which is refused; the store keeps text alone."""
    (tmp_path / os.fsdecode(b"caf\xe9.html")).write_text("x", "utf-8")
    theme = read_theme(tmp_path)
    assert theme.sources == ()
    assert [(each.path, each.remedy) for each in theme.problems] == [(f"{tmp_path}/caf\ufffd.html", "rename it")]
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    with pytest.raises(SettingsError, match="is no folder that can be read"):
        read_theme(folder)


def test_a_folder_that_vanishes_leaves_the_theme_as_it_was(tmp_path: Path) -> None:
    """With one problem that names it, however often it is looked for, until it is there again."""
    folder = write(tmp_path / "sea", MINE)
    theme = read_theme(folder)
    folder.rename(tmp_path / "away")
    left = reread(theme)
    assert left.sources == theme.sources
    assert [(problem.place, problem.of_site) for problem in left.problems] == [(folder.as_posix(), True)]
    assert reread(left) == left
    (tmp_path / "away").rename(folder)
    assert reread(left) == theme


@pytest.mark.parametrize(
    ("content", "what"), [(b"caf\xe9", "not UTF-8"), (b" " * 1_000_001, "too large")], ids=["bytes", "size"]
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    """And feedsvc's own is used in its place."""
    (tmp_path / "base.html").write_bytes(content)
    theme = read_theme(tmp_path)
    assert theme.sources == ()
    (problem,) = theme.problems
    assert problem.path == f"{tmp_path}/base.html"
    assert what in problem.what


def test_another_theme_moves_every_page_and_nothing_else(rounds: tuple[Round, Callable[[str], str]]) -> None:
    """Feeds keep their bytes; the pages of articles and channels, the 404 and the previews are made anew."""
    run, read = rounds
    before = run(BUILT_IN).state.responses
    pages = {path: read(path) for path in ("/one", "/two", preview_path("/"))}
    after = run(Theme("sea", tuple(MINE.items()))).state.responses
    moved = {path for path in before if before[path].digest != after[path].digest}
    assert moved == {"/", "404"}
    assert all(read(path) != page for path, page in pages.items())
    assert "Mine" in read("/one")
    assert run(Theme("sea", tuple(MINE.items()))).changed == 0


def test_a_stylesheet_moves_its_address_in_every_page(rounds: tuple[Round, Callable[[str], str]]) -> None:
    """So that browsers fetch it with them."""
    run, read = rounds
    run(BUILT_IN)
    before = re.findall(r"style\.css\?\w+", read("/one"))
    run(Theme("sea", (("style.css", "h1 { color: teal }"),)))
    assert read("/style.css") == "h1 { color: teal }"
    assert re.findall(r"style\.css\?\w+", read("/one")) != before


def test_a_broken_template_is_told_in_every_round_and_holds_nothing_back(
    rounds: tuple[Round, Callable[[str], str]],
) -> None:
    """Once for all pages, as long as it is broken; then they are as the theme has them."""
    run, read = rounds
    broken = Theme("sea", (("article.html", "{{ article.title }}\n{{ article.colour }}"),))
    for _ in range(2):
        outcome = run(broken)
        assert [problem.place for problem in outcome.problems] == ["sea/article.html:2"]
        assert outcome.counts.published == 2
        assert "First." in read("/one")
    mended = run(Theme("sea", (("article.html", "{{ article.title }}!"),)))
    assert mended.problems == ()
    assert read("/one") == "One!"


def test_the_example_in_the_documentation_works(rounds: tuple[Round, Callable[[str], str]]) -> None:
    """As it stands there."""
    run, read = rounds
    ((name, text),) = re.findall(r"<!-- example (\S+) -->\n```html\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert run(Theme("harbour", ((name, text),))).problems == ()
    assert 'Printed at the harbour. <a href="https://example.org/rss.xml">Subscribe to News</a>' in read("/one")
