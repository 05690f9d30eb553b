"""What a path says."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import (
    Translation,
    name_key,
    name_slug,
    read_path,
    split_language,
    translations_of,
)
from feedsvc.articles.model import Article
from feedsvc.articles.record import Record

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


@pytest.mark.parametrize(
    "spellings",
    [
        ("Café", "CAFE", "cafe\u0301", "café"),
        ("Machine Learning", "machine-learning", "machine_learning", " machine  learning "),
        ("Straße", "STRASSE"),
        ("Ёлка", "елка"),
        ("ﾃｽﾄ", "テスト"),
        ("İstanbul", "istanbul"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_spellings_of_one_name(spellings: tuple[str, ...]) -> None:
    """Case, accents, width, dashes and blanks do not count."""
    assert len({name_key(name) for name in spellings}) == len({name_slug(name) for name in spellings}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("C", "C++", "C#"),
        ("погода", "pogoda", "погодa"),
        ("कि", "की", "का"),
        ("が", "か"),
        ("北京", "背景", "Bei Jing"),
        ("🐦", "🐟", "!!!", "???"),
        ("sound & light", "sound light"),
    ],
    ids=lambda names: names[0],
)
def test_other_names_have_other_addresses(names: tuple[str, ...]) -> None:
    """Also where their transliteration is the same, or leaves nothing."""
    assert len({name_slug(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "expected"), [("Sea", "sea"), ("Ångström unit", "angstrom-unit"), ("2026", "2026")]
)
def test_a_latin_name_stands_as_it_is(name: str, expected: str) -> None:
    """People read and type these."""
    assert name_slug(name) == expected


def test_an_address_never_moves() -> None:
    """It is a promise to subscribers, so it stands here for ever."""
    assert name_slug("погода") == "pogoda-c1d5a896"
    assert name_slug("C++") == "c-cedb1bac"


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_share_an_address_only_if_they_are_one(one: str, two: str) -> None:
    """Every address is a safe part of a URL."""
    one, two = one.strip() or "a", two.strip() or "b"
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name_slug(one))
    assert (name_slug(one) == name_slug(two)) is (name_key(one) == name_key(two))


MakeArticle = Callable[..., Article]

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stem", "name", "language"),
    [
        ("tide.de", "tide", "de"),
        ("tide.pt-br", "tide", "pt-BR"),
        ("tide.pt_BR", "tide", "pt-BR"),
        ("tide.zh-hant", "tide", "zh-Hant"),
        ("tide.zh-hans-cn", "tide", "zh-Hans-CN"),
        ("tide.es-419", "tide", "es-419"),
        ("tide.FR", "tide", "fr"),
        ("tide.nds", "tide", "nds"),
        ("v1.2.fr", "v1.2", "fr"),
        ("tide", "tide", None),
        ("v1.2", "v1.2", None),
        ("node.js", "node.js", None),
        ("tide.new", "tide.new", None),
        ("de", "de", None),
        (".de", ".de", None),
        ("tide.de.old", "tide.de.old", None),
    ],
)
def test_a_name_may_end_with_a_language(stem: str, name: str, language: str | None) -> None:
    """Only what is a language is taken for one."""
    assert split_language(stem) == (name, language)


@pytest.mark.parametrize(
    ("path", "page", "name", "original"),
    [
        ("posts/trip/index.fr.md", "posts trip-fr", "Trip", "posts/trip/index"),
        ("posts/trip/index.md", "posts trip", "Trip", None),
        ("posts/tide.pt-br.md", "posts tide-pt-br", "Tide", "posts/tide"),
        ("posts/2026-03-01-tide.de.md", "posts tide-de", "Tide", "posts/2026-03-01-tide"),
        ("posts/v1.2.md", "posts v1-2", "V1.2", None),
        ("index.fr.md", " index-fr", "Index", "index"),
    ],
)
def test_each_translation_has_an_address_of_its_own(path: str, page: str, name: str, original: str | None) -> None:
    """An index stands for its folder in every language, and none takes the place of another."""
    place = read_path(path, Calendar(ZoneInfo("UTC")))
    assert (f"{place.section} {place.slug}", place.name, place.original) == (page, name, original)


def record(make_article: MakeArticle, path: str, page: str, **values: object) -> Record:
    """A public article."""
    return Record(page, make_article(path=path, **values), "", "", page, NOON, NOON, settled=True)


def test_translations_name_each_other(make_article: MakeArticle) -> None:
    """Each names itself as well; what has no other is named by nobody, nor a second one in the same language."""
    french = record(make_article, "n/tide.fr.md", "/n/tide-fr", language="fr", original="n/tide")
    german = record(make_article, "n/tide.de.md", "/n/tide-de", language="de", original="n/tide")
    english = record(make_article, "n/tide.txt", "/n/tide")
    again = record(make_article, "n/tide.zz.md", "/n/tide-2", language="de", original="n/tide")
    alone = record(make_article, "n/trip.fr.md", "/n/trip-fr", language="fr", original="n/trip")
    found = translations_of([again, french, german, english, alone, record(make_article, "x.md", "/x")], "en")
    told = (Translation("de", "/n/tide-de"), Translation("en", "/n/tide"), Translation("fr", "/n/tide-fr"))
    assert found == {french.id: told, german.id: told, english.id: told}
    assert translations_of([english], "en") == {}
