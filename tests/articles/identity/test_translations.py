"""Articles in several languages."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import read_path
from feedsvc.articles.identity.translations import Translation, split_language, translations_of
from feedsvc.articles.model import Article
from feedsvc.articles.record import Record

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
