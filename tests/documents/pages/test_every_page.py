"""What holds for each kind of page."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from gettext import NullTranslations

import pytest
from rendered_pages import RenderedPage, render_article, render_listing

from feedsvc.articles.model import Author
from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import LANGUAGES, translation_of
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.model import preview_path
from feedsvc.documents.pages.listings import missing
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.theme import BUILT_IN
from feedsvc.documents.redirects import gone_page

FEEDS = [
    ("application/rss+xml", "https://example.org/rss.xml"),
    ("application/atom+xml", "https://example.org/atom.xml"),
    ("application/feed+json", "https://example.org/feed.json"),
]
LATER = datetime(2026, 6, 2, tzinfo=UTC)
KINDS = ("landing", "empty", "section", "archive", "directory", "preview", "article", "gone", "missing")


def _pages(site: Site, records: list[Record], entry: Entry) -> Mapping[str, Callable[[], RenderedPage]]:
    return {
        "landing": lambda: render_listing(site, "/", *records),
        "empty": lambda: render_listing(site, "/"),
        "section": lambda: render_listing(site, "/news/", *records),
        "archive": lambda: render_listing(replace(site, archive_size=1), "/archive/1/", *records),
        "directory": lambda: render_listing(site, "/tags/", *records),
        "preview": lambda: render_listing(site, preview_path("/news/"), *records),
        "article": lambda: render_article(site, entry, record=records[0]),
        "gone": lambda: RenderedPage(gone_page(PageRenderer(site), "/old")),
        "missing": lambda: RenderedPage(missing(PageRenderer(site), records).make()),
    }


@pytest.fixture(params=KINDS)
def page(
    request: pytest.FixtureRequest,
    site: Site,
    make_entry: Callable[..., Entry],
    make_record: Callable[..., Record],
) -> RenderedPage:
    """Each kind of page."""
    fields = {"listed": True, "tags": ("sea",), "authors": (Author("Jo"),)}
    records = [make_record("tide", **fields), make_record("ebb", **fields)]
    return _pages(site, records, make_entry(tags=("sea",)))[request.param]()


def test_it_names_the_feeds_of_the_site_with_their_types(page: RenderedPage) -> None:
    """Readers find them by these links."""
    assert set(FEEDS) <= set(page.pairs('//head/link[@rel="alternate"]', "type", "href"))


def test_it_needs_no_script_and_nothing_from_outside(page: RenderedPage) -> None:
    """What a page loads is its stylesheet, from its own host; JSON-LD is data, which nothing runs."""
    assert page.values('//script[@type!="application/ld+json"] | //@onclick | //@style | //iframe') == []
    (style,) = page.values('//link[@rel="stylesheet"]/@href')
    assert re.fullmatch(r"/style\.css\?[0-9a-f]{8}", style)


def test_it_can_be_read_aloud_and_on_a_telephone(page: RenderedPage) -> None:
    """A language with its direction, one first heading, a way past the header, and the width of the screen."""
    assert page.pairs("/html", "lang", "dir") == [("en", "ltr")]
    assert len(page.texts("//h1")) == 1
    assert page.values('//a[@class="skip"]/@href') == ["#main"]
    assert len(page.values('//main[@id="main"]')) == 1
    assert page.values('//meta[@name="viewport"]/@content') == ["width=device-width, initial-scale=1"]


def test_it_leads_home(page: RenderedPage) -> None:
    """Or is at home."""
    assert page.values('//a[@href="https://example.org/"] | //link[@href="https://example.org/"]')


def test_it_is_small(page: RenderedPage) -> None:
    """With its stylesheet, and before any content coding."""
    assert len(page.document.content) + len(BUILT_IN.style("style.css")) < 30_000


def test_only_what_is_there_is_for_search_engines(page: RenderedPage) -> None:
    """A page that answers in vain, or in place of a feed, has no address of its own."""
    own = page.document.traits.kind == "page"
    assert bool(page.values('//link[@rel="canonical"]/@href')) == own
    assert bool(page.values('//meta[@name="robots"]')) != own


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_the_direction_of_its_language(
    site: Site, make_entry: Callable[..., Entry], make_record: Callable[..., Record], kind: str
) -> None:
    """CLDR tells which languages are written from right to left."""
    records = [make_record(name, listed=True, tags=("sea",)) for name in ("tide", "ebb")]
    page = _pages(replace(site, language="ar"), records, make_entry())[kind]()
    assert page.pairs("/html", "lang", "dir") == [("ar", "rtl")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_nothing_in_another_language(
    site: Site,
    make_entry: Callable[..., Entry],
    make_record: Callable[..., Record],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    """What its templates say is in the catalogue as it is asked for there, spaces included."""
    monkeypatch.setattr(translation_of(language).translations, "_fallback", _NoOther())
    records = [make_record(name, listed=True, tags=("sea",)) for name in ("tide", "ebb")]
    for make in _pages(replace(site, language=language), records, make_entry(updated=LATER)).values():
        assert make().texts("//*[@class='skip']") == [translation_of(language).say("Skip to the text")]


class _NoOther(NullTranslations):
    """Stands behind a catalogue, and has nothing."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1, msgid2, n)


def test_a_stylesheet_below_a_prefix_is_asked_for_there(site: Site) -> None:
    """A site may live below a path of another."""
    page = RenderedPage(gone_page(PageRenderer(replace(site, base_url="https://example.org/blog")), "/a"))
    assert page.values('//link[@rel="stylesheet"]/@href')[0].startswith("/blog/style.css?")


@pytest.mark.parametrize("name", ["style.css", "feed.css"])
def test_a_stylesheet_asks_for_nothing(name: str) -> None:
    """No font and no picture comes from anywhere; both dark and light are served."""
    style = BUILT_IN.style(name)
    assert b"url(" not in style
    assert b"@import" not in style
    assert b"prefers-color-scheme: dark" in style
