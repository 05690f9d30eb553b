"""The page of one article."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from rendered_pages import RenderedPage, render_article

from feedsvc.articles.model import Author, Enclosure, Links, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.model import Entry

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
AWKWARD = '</title><b>R&B</b> &amp; "it\'s" <3'


class Show(Protocol):
    """Shows an article that differs in the fields named."""

    def __call__(self, *, site: Site = ..., **fields: object) -> RenderedPage:
        """The page, of another site if one is given."""


@pytest.fixture
def show(site: Site, make_entry: Callable[..., Entry], make_record: Callable[..., Record]) -> Show:
    """The page of an article."""
    whole = site

    def shown(*, site: Site = whole, **fields: object) -> RenderedPage:
        return render_article(site, make_entry(**fields), record=make_record(listed=True))

    return shown


def test_words_are_escaped_exactly_once(site: Site, show: Show) -> None:
    """Markup in a title, summary, name or tag is text, in elements as in attributes."""
    page = show(
        site=replace(site, title=AWKWARD),
        title=AWKWARD,
        summary=AWKWARD,
        authors=(Author(AWKWARD),),
        tags=(AWKWARD,),
    )
    assert (
        page.texts("//h1 | //main//*[contains(@class, 'p-author') or contains(@class, 'p-cat')]") == [AWKWARD] * 3
    )
    assert page.texts("//title") == [f"{AWKWARD} · {AWKWARD}"]
    assert set(page.values("//meta[@name='description' or @name='author' or @property='og:title']/@content")) == {
        AWKWARD
    }


def test_its_body_stands_in_it_as_it_is(show: Show) -> None:
    """It was sanitised when the article was read; a second escaping would show tags."""
    body = '<p>a &amp; b {{ 7 * 7 }} {% x %}</p>\n<pre tabindex="0">  two\n    spaces</pre>'
    assert f"\n{body}\n</div>" in show(content=body).text


def test_it_tells_when_and_by_whom(show: Show) -> None:
    """In words and for machines (h-entry); its language where it differs."""
    page = show(authors=(Author("Jo"),), tags=("sea", "air"), language="he")
    assert page.values('//article//time[@class="dt-published"]/@datetime') == ["2026-05-01T08:30:00Z"]
    assert page.texts('//article//time[@class="dt-published"]') == ["May 1, 2026"]
    assert page.texts('//li/a[@class="p-category"]') == ["sea", "air"]
    assert page.values('//li/a[@class="p-category"]/@href')[0] == "https://example.org/tags/sea/"
    assert page.values('//a[@rel="author"]/@href') == ["https://example.org/authors/jo/"]
    assert page.pairs("//article", "lang", "dir") == [("he", "rtl")]
    assert page.values('//link[@rel="canonical"]/@href') == ["https://example.org/news/tide"]


def test_an_article_without_a_language_shows_its_direction_by_its_letters(show: Show) -> None:
    """It may be written in another than the site's."""
    page = show()
    assert page.pairs("//article", "lang", "dir") == [(None, None)]
    assert page.values('//*[@class="e-content"]/@dir') == ["auto"]


def test_search_engines_are_led_to_where_it_first_stood(show: Show) -> None:
    """RFC 6596, for an article that was taken over from another site."""
    page = show(links=Links(canonical="https://e.example/a"))
    assert page.values('//link[@rel="canonical"]/@href') == ["https://e.example/a"]


def test_a_link_post_shows_what_it_is_about(show: Show) -> None:
    """Its body need not name the page; a post that has none shows none."""
    path = '//article//a[@class="u-bookmark-of"]/@href'
    link = "https://e.example/?a=1&b=2"
    assert show(links=Links(link)).values(path) == [link]
    assert show().values(path) == []


def test_an_edit_is_dated(show: Show) -> None:
    """Where there was one."""
    path = '//time[@class="dt-updated"]'
    assert show(updated=datetime(2026, 6, 2, tzinfo=UTC)).texts(path) == ["June 2, 2026"]
    assert show().texts(path) == []


@pytest.mark.parametrize(
    ("media_type", "path"),
    [
        ("audio/mpeg", "//audio[@controls]/@src"),
        ("video/mp4", "//video[@controls]/@src"),
        ("application/pdf", '//p[@class="enclosure"]/a/@href'),
    ],
)
def test_an_enclosure_the_text_does_not_show_gets_a_player(show: Show, media_type: str, path: str) -> None:
    """One that the text shows has one already, also where its address is written with ``&amp;``."""
    file = Enclosure("https://example.org/a?x=1&y=2", media_type, 7)
    assert show(enclosures=(file,)).values(path) == [file.url]
    shown = show(enclosures=(file,), content='<audio src="https://example.org/a?x=1&amp;y=2"></audio>')
    assert shown.values('//p[@class="enclosure"]') == []


def test_search_engines_and_previews_are_told_what_it_is(show: Show) -> None:
    """JSON-LD in the words of schema.org, and Open Graph."""
    picture = Picture("https://example.org/a.png", width=640, height=480, alt="A tide")
    page = show(authors=(Author("Jo", "https://jo.example"),), tags=("sea",), image=picture, language="fr")
    (told,) = (json.loads(text) for text in page.texts('//script[@type="application/ld+json"]'))
    assert told == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": "The tide",
        "description": "All about the tide.",
        "url": "https://example.org/news/tide",
        "mainEntityOfPage": "https://example.org/news/tide",
        "datePublished": "2026-05-01T08:30:00Z",
        "dateModified": "2026-05-01T08:30:00Z",
        "inLanguage": "fr",
        "keywords": ["sea"],
        "image": "https://example.org/a.png",
        "author": [{"@type": "Person", "name": "Jo", "url": "https://jo.example"}],
        "isPartOf": {"@type": "WebSite", "name": "The Gazette", "url": "https://example.org/"},
    }
    graph = dict(page.pairs("//meta[@property]", "property", "content"))
    assert graph["og:type"] == "article"
    assert graph["og:url"] == "https://example.org/news/tide"
    assert (graph["og:image"], graph["og:image:width"]) == ("https://example.org/a.png", "640")


def test_no_word_ends_the_script_element(show: Show) -> None:
    """HTML, 4.12.1.3: what looks like its end would be its end."""
    page = show(title="</script><script>alert(1)</script><!--")
    assert len(page.values("//script")) == 1
    assert json.loads(page.texts("//script")[0])["headline"].startswith("</script>")


def test_readers_find_the_feeds_around_it(
    site: Site, make_entry: Callable[..., Entry], make_record: Callable[..., Record]
) -> None:
    """The site's and the section's in every format, and one of each tag; if it is unlisted, the site's alone."""
    record = make_record(tags=("sea",), authors=(Author("Jo"),), section="news/local", listed=True)
    site_feeds, section = ("/", "/news/local/")
    files = ("rss.xml", "atom.xml", "feed.json")
    path = '//link[@rel="alternate"]/@href'
    every = [f"https://example.org{base}{file}" for base in (site_feeds, section) for file in files]
    page = render_article(site, make_entry(), record=record)
    assert page.values(path) == [*every, "https://example.org/tags/sea/atom.xml"]
    hidden = render_article(site, make_entry(), record=replace(record, listed=False))
    assert hidden.values(path) == every[:3]


def test_it_leads_to_its_neighbours(
    site: Site, make_entry: Callable[..., Entry], make_record: Callable[..., Record]
) -> None:
    """The older and the newer one by their titles; the first and the last have one."""
    early, middle, late = (
        make_record(name, published=NOON + timedelta(hours=hour), listed=True)
        for hour, name in enumerate(("early", "middle", "late"))
    )
    page = render_article(site, make_entry(), early, late, record=middle)
    path = '//nav[@class="ways"]/a'
    assert page.pairs(path, "rel", "href") == [
        ("prev", "https://example.org/news/early"),
        ("next", "https://example.org/news/late"),
    ]
    assert page.texts(f"{path}/bdi") == ["The early", "The late"]
    assert page.values('//link[@rel="prev"]/@href') == ["https://example.org/news/early"]
    assert render_article(site, make_entry(), early, middle, record=late).pairs(path, "rel", "href") == [
        ("prev", "https://example.org/news/middle")
    ]
    assert render_article(site, make_entry(), record=early).values("//nav") == []


@pytest.mark.parametrize("listed", [True, False])
def test_how_its_folder_is_spelled_counts(
    site: Site, make_record: Callable[..., Record], make_entry: Callable[..., Entry], listed: bool
) -> None:
    """As a reader reads it, in the titles of the section's feeds; of an unlisted article no page tells them."""
    one, other = (
        render_article(
            site, make_entry(), record=make_record(path=f"{folder}/tide.md", section="sea-stories", listed=listed)
        )
        for folder in ("sea_stories", "Sea-Stories")
    )
    assert (one.document != other.document) is listed
