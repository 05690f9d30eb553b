"""How one article will come out, and where each value is from."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import READERS
from serving import write

from feedsvc.articles.safeguards import Overrides
from feedsvc.cli.publish import run_round
from feedsvc.core.errors import DirectoryError
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now
from feedsvc.operations.status import read_status
from feedsvc.publishing.options import round_options
from feedsvc.publishing.shown_article import ShownArticle, show_file

HEADED = """---
Title: Tea for two
pubDate: 2026-03-01 10:00
tags: [tea, "arithmetic"]
author: Ines
description: A pot, twice.
lang: de
slug: tea
expires: 2100-01-01
---
Fill the pot *twice*.
"""
STORIES = {
    "headed.md": HEADED,
    "news/2026-03-02-bare_words.txt": "The kettle is on\n\nIt will be hot soon.\n",
    "drafts/idea.md": "# An idea\n\nNot yet.\n",
    "ahead.md": "---\ndate: 2099-01-01\n---\n# Ahead\n\nIn time.\n",
    "quiet.md": "---\nunlisted: true\ndate: 2026-01-01\n---\n# Quiet\n\nPsst.\n",
    "broken.md": "---\ntitle: x\ndate: 31 February\n---\nText.\n",
    "notes.adoc": "No format of ours.\n",
    ".hidden.md": "# Hidden\n",
    "undated.md": "# Undated\n\nText.\n",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site that was never published."""
    write(tmp_path / "stories", STORIES)
    return Settings.model_validate(
        {
            "articles": tmp_path / "stories",
            "base_url": "https://e.example",
            "site": {"author": "The Gazette"},
            "store": {"url": f"sqlite:///{tmp_path}/feedsvc.db"},
        }
    )


def shown_file(settings: Settings, file: Path) -> ShownArticle:
    """The article in a file."""
    return show_file(round_options(settings), settings.store_url, file, now(), READERS)


def shown(settings: Settings, path: str) -> ShownArticle:
    """An article of the directory."""
    return shown_file(settings, settings.articles / path)


def values(found: ShownArticle) -> dict[str, tuple[object, str]]:
    """Its values with their origins, by name."""
    return {each.name: (each.value, each.origin) for each in found.values}


ORIGINS: dict[tuple[str, str], tuple[object, str]] = {
    ("headed.md", "title"): ("Tea for two", '"Title" in the header, line 2'),
    ("headed.md", "published"): ("2026-03-01T10:00:00Z", '"pubDate" in the header, line 3'),
    ("headed.md", "tags"): (("tea", "arithmetic"), '"tags" in the header, line 4'),
    ("headed.md", "authors"): (("Ines",), '"author" in the header, line 5'),
    ("headed.md", "summary"): ("A pot, twice.", '"description" in the header, line 6'),
    ("headed.md", "language"): ("de", '"lang" in the header, line 7'),
    ("headed.md", "page"): ("https://e.example/tea", 'the top folder, and "slug" in the header, line 8'),
    ("headed.md", "expires"): ("2100-01-01T00:00:00Z", '"expires" in the header, line 9'),
    ("headed.md", "id"): ("tag:e.example,2026-03-01:tea", "made of the authority, date and page"),
    ("news/2026-03-02-bare_words.txt", "title"): ("The kettle is on", "the text"),
    ("news/2026-03-02-bare_words.txt", "published"): ("2026-03-02T00:00:00Z", "the file's name or folders"),
    ("news/2026-03-02-bare_words.txt", "page"): (
        "https://e.example/news/bare-words",
        "the folder news, and the file's name",
    ),
    ("news/2026-03-02-bare_words.txt", "authors"): ("The Gazette", "the setting [site] author"),
    ("news/2026-03-02-bare_words.txt", "language"): ("en", "the setting [site] language"),
    ("news/2026-03-02-bare_words.txt", "summary"): ("It will be hot soon.", "the text"),
    ("drafts/idea.md", "draft"): ("yes", "the folder drafts"),
    ("headed.md", "draft"): ("no", "no header hides it"),
}


@pytest.mark.parametrize(("place", "told"), ORIGINS.items(), ids=[" ".join(each) for each in ORIGINS])
def test_each_value_tells_where_it_is_from(
    settings: Settings, place: tuple[str, str], told: tuple[object, str]
) -> None:
    """A key with its line, the file's name or folder, a setting, or the text."""
    assert values(shown(settings, place[0]))[place[1]] == told


def test_a_file_that_nothing_dates_has_its_own_time(settings: Settings) -> None:
    """Where there is no git."""
    published, origin = values(shown(settings, "undated.md"))["published"]
    written = datetime.fromtimestamp((settings.articles / "undated.md").stat().st_mtime, UTC)
    assert (published, origin) == (f"{written:%Y-%m-%dT%H:%M:%SZ}", "the time of the file")


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("headed.md", "published"),
        ("drafts/idea.md", "draft"),
        ("ahead.md", "scheduled"),
        ("quiet.md", "unlisted"),
        ("broken.md", "set aside"),
        ("notes.adoc", "set aside"),
        (".hidden.md", "set aside"),
    ],
)
def test_it_tells_what_becomes_of_the_article(settings: Settings, path: str, state: str) -> None:
    """What is set aside has a problem that says why, and nothing else has one."""
    found = shown(settings, path)
    assert found.state == state
    assert any(each.severity == "problem" for each in found.problems) is (state == "set aside")


def test_the_problem_of_a_broken_file_has_its_line(settings: Settings) -> None:
    """As in a round."""
    (problem,) = shown(settings, "broken.md").problems
    assert problem.place == "broken.md:3"


def test_the_entry_stands_in_it_as_each_format_tells_it(settings: Settings) -> None:
    """The very ones that the feeds will hold."""
    entries = shown(settings, "headed.md").entries
    assert list(entries) == ["RSS", "Atom", "JSON Feed"]
    assert entries["RSS"].startswith("<item")
    assert "tag:e.example,2026-03-01:tea</guid>" in entries["RSS"]
    assert entries["Atom"].startswith("<entry")
    assert "&lt;em&gt;twice&lt;/em&gt;" in entries["Atom"]
    assert '"content_html": "<p>Fill the pot <em>twice</em>.</p>' in entries["JSON Feed"]


def test_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    """No store is made, and one that is there stays as it is."""
    shown(settings, "headed.md")
    assert [each.name for each in tmp_path.iterdir()] == ["stories"]
    run_round(settings, Overrides())
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.suffix == ".json"}
    edition = read_status(settings).edition
    write(settings.articles, {"headed.md": HEADED.replace("twice", "thrice")})
    assert "thrice" in shown(settings, "headed.md").entries["Atom"]
    assert read_status(settings).edition == edition
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.suffix == ".json"} == before


def test_what_is_public_keeps_what_the_ledger_knows(settings: Settings) -> None:
    """A new date in the header changes nothing, and what is shown says why; so does a new address of the site."""
    run_round(settings, Overrides())
    write(settings.articles, {"headed.md": HEADED.replace("2026-03-01", "2026-04-01")})
    moved = settings.model_copy(update={"base_url": "https://new.example"})
    told = values(shown(moved, "headed.md"))
    assert told["published"] == ("2026-03-01T10:00:00Z", "the ledger, where it was settled")
    assert told["id"] == ("tag:e.example,2026-03-01:tea", "the ledger")
    assert told["page"] == ("https://new.example/tea", "the ledger")


def test_a_file_elsewhere_is_refused(settings: Settings, tmp_path: Path) -> None:
    """The message names both, and the way out."""
    (tmp_path / "other.md").write_text("# Other\n")
    with pytest.raises(DirectoryError, match="is not in the articles directory"):
        shown_file(settings, tmp_path / "other.md")
    with pytest.raises(DirectoryError):
        shown_file(settings.model_copy(update={"articles": tmp_path / "nowhere"}), tmp_path / "nowhere/x.md")


def test_a_link_in_a_circle_is_named(settings: Settings, tmp_path: Path) -> None:
    """As an article, and as the directory of the articles."""
    (settings.articles / "circle.md").symlink_to("circle.md")
    assert shown(settings, "circle.md").state == "set aside"
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(DirectoryError, match="cannot be reached"):
        shown_file(settings.model_copy(update={"articles": tmp_path / "circle"}), tmp_path / "circle/x.md")


def test_a_file_that_is_not_there_is_named(settings: Settings) -> None:
    """It may be misspelt."""
    found = shown(settings, "nowhere.md")
    assert found == replace(found, state="set aside", values=(), entries={})
    assert found.problems
