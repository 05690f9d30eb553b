import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import html

from feedsvc.articles.article import Author, Enclosure, Links
from feedsvc.channels import Channel, Site
from feedsvc.documents import Entry
from feedsvc.documents.pages import STYLE, article_page, channel_page, gone_page, missing_page

FEEDS = [
    ("application/rss+xml", "https://example.org/rss.xml"),
    ("application/atom+xml", "https://example.org/atom.xml"),
    ("application/feed+json", "https://example.org/feed.json"),
]
ROOT = Channel("The Gazette", "News of the harbour", "/", (), None)


def _tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def _text(page: bytes, path: str) -> list[str]:
    return [str(element.text_content()) for element in _tree(page).xpath(path)]


def _values(page: bytes, path: str) -> list[str]:
    return [str(value) for value in _tree(page).xpath(path)]


@pytest.fixture(params=["channel", "empty", "article", "gone", "missing"])
def page(request: pytest.FixtureRequest, site: Site, make_entry: Callable[..., Entry]) -> bytes:
    """Each kind of page."""
    return {
        "channel": lambda: channel_page(site, ROOT, [make_entry()]),
        "empty": lambda: channel_page(site, ROOT, []),
        "article": lambda: article_page(site, make_entry()),
        "gone": lambda: gone_page(site),
        "missing": lambda: missing_page(site),
    }[request.param]()


class TestEveryPage:
    def test_it_names_the_feeds_with_their_types(self, page: bytes) -> None:
        """Readers find them by these links."""
        links = _tree(page).xpath('//head/link[@rel="alternate"]')
        assert [(link.get("type"), link.get("href")) for link in links] == FEEDS

    def test_it_needs_no_script_and_nothing_from_outside(self, page: bytes) -> None:
        """What a page loads is its stylesheet, from its own host."""
        assert _values(page, "//script | //@onclick | //@style | //iframe") == []
        (style,) = _values(page, '//link[@rel="stylesheet"]/@href')
        assert re.fullmatch(r"/style\.css\?[0-9a-f]{8}", style)

    def test_it_can_be_read_aloud_and_on_a_telephone(self, page: bytes) -> None:
        """A language, one heading of the first rank, a way past the header, and the width of the screen."""
        assert (_values(page, "/html/@lang"), len(_text(page, "//h1"))) == (["en"], 1)
        assert _values(page, '//a[@class="skip"]/@href') == ["#main"]
        assert len(_values(page, '//main[@id="main"]')) == 1
        assert _values(page, '//meta[@name="viewport"]/@content') == ["width=device-width, initial-scale=1"]

    def test_it_leads_home(self, page: bytes) -> None:
        """Or is at home."""
        assert _values(page, '//a[@href="https://example.org/"] | //link[@href="https://example.org/"]')


def test_a_stylesheet_below_a_prefix_is_asked_for_there(site: Site) -> None:
    """A site may live below a path of another."""
    page = missing_page(replace(site, base_url="https://example.org/blog"))
    assert _values(page, '//link[@rel="stylesheet"]/@href')[0].startswith("/blog/style.css?")


def test_the_stylesheet_asks_for_nothing() -> None:
    """No font and no picture comes from anywhere; both dark and light are served."""
    assert b"url(" not in STYLE
    assert b"@import" not in STYLE
    assert b"prefers-color-scheme: dark" in STYLE


def test_a_channel_shows_addresses_to_copy(site: Site) -> None:
    """Whole, as text, one for each format."""
    assert _text(channel_page(site, ROOT, []), '//dl[@class="feeds"]//code') == [url for _, url in FEEDS]


def test_a_channel_lists_its_newest_articles(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Title, link, date, people and summary of each, newest first."""
    newest = [
        make_entry(title="B", authors=(Author("Jo"), Author("Ann"))),
        make_entry(title="A", summary="", language="de"),
    ]
    page = channel_page(site, ROOT, newest)
    assert _text(page, '//li[@class="h-entry"]//h3') == ["B", "A"]
    assert _values(page, "//li//time/@datetime") == ["2026-05-01T08:30:00Z"] * 2
    assert _text(page, '//li//*[contains(@class, "p-author")]') == ["Jo", "Ann"]
    assert _text(page, '//li/p[@class="p-summary"]') == ["All about the tide."]
    assert _values(page, "//li/@lang") == ["de"]


def test_an_empty_channel_says_so(site: Site) -> None:
    """Instead of an empty list."""
    page = channel_page(site, replace(ROOT, description=""), [])
    assert "Nothing has been published here yet" in page.decode()
    assert _values(page, "//ol | //meta[@name='description'] | //*[@class='lead']") == []


AWKWARD = '</title><b>R&B</b> &amp; "it\'s" <3'


def test_words_are_escaped_exactly_once(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Markup in a title, summary, name or tag is text, in elements as in attributes."""
    entry = make_entry(title=AWKWARD, summary=AWKWARD, authors=(Author(AWKWARD),), tags=(AWKWARD,))
    page = article_page(replace(site, title=AWKWARD), entry)
    assert _text(page, "//h1 | //main//*[contains(@class, 'p-')]") == [AWKWARD] * 3
    assert _text(page, "//title") == [f"{AWKWARD} · {AWKWARD}"]
    assert _values(page, "//meta[@name='description' or @name='author']/@content") == [AWKWARD] * 2
    listed = channel_page(site, replace(ROOT, title=AWKWARD, description=AWKWARD), [entry])
    assert _text(listed, "//h1 | //h3 | //*[@class='lead' or @class='p-summary']") == [AWKWARD] * 4


def test_an_articles_body_stands_in_its_page_as_it_is(site: Site, make_entry: Callable[..., Entry]) -> None:
    """It was sanitised when the article was read; a second escaping would show tags."""
    body = "<p>a &amp; b {{ 7 * 7 }} {% x %}</p>\n<pre>  two\n    spaces</pre>"
    assert f"\n{body}\n</div>" in article_page(site, make_entry(content=body)).decode()


def test_an_article_tells_when_and_by_whom(site: Site, make_entry: Callable[..., Entry]) -> None:
    """In words and for machines (h-entry); its language where it differs."""
    page = article_page(site, make_entry(authors=(Author("Jo"),), tags=("sea", "air"), language="he"))
    assert _values(page, '//article//time[@class="dt-published"]/@datetime') == ["2026-05-01T08:30:00Z"]
    assert _text(page, '//article//time[@class="dt-published"]') == ["2026-05-01"]
    assert _text(page, '//li/a[@class="p-category"]') == ["sea", "air"]
    assert _values(page, '//li/a[@class="p-category"]/@href')[0] == "https://example.org/tags/sea/"
    assert _values(page, '//a[@rel="author"]/@href') == ["https://example.org/authors/jo/"]
    assert _values(page, "//article/@lang") == ["he"]
    assert _values(page, '//link[@rel="canonical"]/@href') == ["https://example.org/news/tide"]


def test_search_engines_are_led_to_where_it_first_stood(site: Site, make_entry: Callable[..., Entry]) -> None:
    """RFC 6596, for an article that was taken over from another site."""
    page = article_page(site, make_entry(links=Links(canonical="https://e.example/a")))
    assert _values(page, '//link[@rel="canonical"]/@href') == ["https://e.example/a"]


def test_a_link_post_shows_what_it_is_about(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Its body need not name the page; a post that has none shows none."""
    path = '//article//a[@class="u-bookmark-of"]/@href'
    link = "https://e.example/?a=1&b=2"
    assert _values(article_page(site, make_entry(links=Links(link))), path) == [link]
    assert _values(article_page(site, make_entry()), path) == []


def test_an_edit_is_dated(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Where there was one."""
    edited = make_entry(updated=datetime(2026, 6, 2, tzinfo=UTC))
    path = '//time[@class="dt-updated"]'
    assert _text(article_page(site, edited), path) == ["2026-06-02"]
    assert _text(article_page(site, make_entry()), path) == []


@pytest.mark.parametrize(
    ("media_type", "path"),
    [
        ("audio/mpeg", "//audio[@controls]/@src"),
        ("video/mp4", "//video[@controls]/@src"),
        ("application/pdf", '//p[@class="enclosure"]/a/@href'),
    ],
)
def test_an_enclosure_the_text_does_not_show_gets_a_player(
    site: Site, make_entry: Callable[..., Entry], media_type: str, path: str
) -> None:
    """One that the text shows has one already, also where its address is written with ``&amp;``."""
    file = Enclosure("https://example.org/a?x=1&y=2", media_type, 7)
    assert _values(article_page(site, make_entry(enclosures=(file,))), path) == [file.url]
    shown = make_entry(enclosures=(file,), content='<audio src="https://example.org/a?x=1&amp;y=2"></audio>')
    assert _values(article_page(site, shown), '//p[@class="enclosure"]') == []
