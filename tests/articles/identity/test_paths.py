"""What a path says."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import read_path

UTC_DAYS = Calendar(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("path", "section", "slug", "name"),
    [
        ("story.txt", "", "story", "Story"),
        ("news/City Hall/my_story.md", "news/city-hall", "my-story", "My story"),
        ("news/index.md", "", "news", "News"),
        ("a/b/INDEX.html", "a", "b", "B"),
        ("index.md", "", "index", "Index"),
        ("news/2024-05-01-Bridge opens.md", "news", "bridge-opens", "Bridge opens"),
        ("2024-05-01-party/index.md", "", "party", "Party"),
        ("Über uns.md", "", "uber-uns", "Über uns"),
        ("новости/привет.txt", "novosti", "privet", "Привет"),
        ("!!!/???.txt", "", "", "???"),
        ("---.md", "", "", "---"),
    ],
)
def test_section_slug_and_name(path: str, section: str, slug: str, name: str) -> None:
    """The folder is the section, the name the slug; an index stands for its folder."""
    place = read_path(path, UTC_DAYS)
    assert (place.section, place.slug, place.name) == (section, slug, name)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2024/05/01/slug/index.md", "2024-05-01"),
        ("blog/2024/05/slug.md", "2024-05-01"),
        ("2023/05/2024-06-02-slug.md", "2024-06-02"),
        ("2024/05/15/index.md", "2024-05-15"),
        ("_posts/11-9-2017-slug.md", "2017-09-11"),
        ("2024/slug.md", None),
    ],
)
def test_the_name_counts_before_the_folders(path: str, day: str | None) -> None:
    """Whatever of them gives a date."""
    published = read_path(path, UTC_DAYS).published
    assert (published and published.date().isoformat()) == day


def test_folders_of_jekyll_stand_in_no_address() -> None:
    """They say how a file is handled, and are no part of a site."""
    assert [read_path(path, UTC_DAYS).section for path in ("_posts/a.md", "news/_drafts/a.md")] == ["", "news"]


@pytest.mark.parametrize(
    ("path", "draft"),
    [
        ("_drafts/a.md", True),
        ("drafts/a.md", True),
        ("blog/_drafts/2024/a.md", True),
        ("drafts.md", False),
        ("my-drafts/a.md", False),
    ],
)
def test_a_drafts_folder_keeps_back_what_is_in_it(path: str, draft: bool) -> None:
    """Jekyll's folder and the plain word, at any depth."""
    assert read_path(path, UTC_DAYS).draft is draft


def test_a_date_in_the_name_is_when_it_was_published() -> None:
    """At midnight in the site's zone."""
    assert read_path("2024-05-01-a.md", Calendar(ZoneInfo("Asia/Tokyo"))).published == datetime(
        2024, 4, 30, 15, tzinfo=UTC
    )


def test_an_impossible_date_in_the_name_is_told() -> None:
    """The name then stays whole."""
    place = read_path("2024-02-31-a.md", UTC_DAYS)
    assert (place.slug, place.published) == ("2024-02-31-a", None)
    assert place.date_error is not None


def test_a_long_name_makes_a_short_slug() -> None:
    """URLs are read aloud."""
    assert len(read_path(f"{'word-' * 50}.md", UTC_DAYS).slug) <= 100
