"""Pages that list articles and channels."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rendered_pages import listing_pages, render_listing

from feedsvc.articles.model import Author
from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.model import PREVIEW, preview_path
from feedsvc.documents.pages.listings import MOST, NAMED, SHOWN, missing
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.redirects import gone_page

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
AWKWARD = '</title><b>R&B</b> &amp; "it\'s" <3'
ADDRESSES = [f"https://example.org/{file}" for file in ("rss.xml", "atom.xml", "feed.json")]
Make = Callable[..., Record]


def _many(make_record: Make, count: int, **fields: object) -> list[Record]:
    """So many articles, the newest first."""
    moments = [NOON + timedelta(hours=hour) for hour in range(count)]
    records = [
        make_record(f"a{number}", published=moment, listed=True, section="", **fields)
        for number, moment in enumerate(moments)
    ]
    return records[::-1]


def test_a_channel_shows_addresses_to_copy(site: Site) -> None:
    """Whole, as text, one for each format."""
    assert render_listing(site, "/").texts('//dl[@class="feeds"]//code') == ADDRESSES


def test_readers_open_with_the_feed(site: Site) -> None:
    """Its address stands percent-encoded in theirs; a program on the device listens to ``feed:``."""
    page = render_listing(replace(site, base_url="https://example.org/é&b"), "/")
    links = page.values('//*[@class="readers"]/a/@href')
    assert links[0] == "feed:https://example.org/é&b/rss.xml"
    assert "https://www.inoreader.com/?add_feed=https%3A%2F%2Fexample.org%2F%C3%A9%26b%2Frss.xml" in links


def test_a_channel_lists_its_newest_articles(site: Site, make_record: Make) -> None:
    """Title, link, date, people and summary of each, newest first."""
    newest = make_record("b", title="B", authors=(Author("Jo"), Author("Ann")))
    page = render_listing(site, "/", newest, make_record("c", title="A", summary="", language="de"))
    assert page.texts('//li[@class="h-entry"]//h3') == ["B", "A"]
    assert page.values('//li[@class="h-entry"]//a/@href')[0] == "https://example.org/news/b"
    assert page.values("//li//time/@datetime") == ["2026-05-01T08:30:00Z"] * 2
    assert page.texts('//li//*[contains(@class, "p-author")]') == ["Jo", "Ann"]
    assert page.texts('//li/p[@class="p-summary"]') == ["All about the b."]
    assert page.values('//li[@class="h-entry"]/@lang') == ["de"]


def test_an_article_from_right_to_left_stands_so_in_a_list(site: Site, make_record: Make) -> None:
    """Whatever the direction of the site."""
    page = render_listing(site, "/", make_record("a", language="fa"), make_record("b"))
    assert page.pairs('//li[@class="h-entry"]', "lang", "dir") == [("fa", "rtl"), (None, None)]


def test_an_empty_channel_says_so(site: Site) -> None:
    """Instead of an empty list."""
    page = render_listing(replace(site, description=""), "/")
    assert "Nothing has been published here yet" in page.text
    assert page.values("//ol[@reversed] | //meta[@name='description'] | //*[@class='lead']") == []


def test_words_are_escaped_exactly_once(site: Site, make_record: Make) -> None:
    """Markup in a title, a summary or a name is text, in elements as in attributes."""
    page = render_listing(
        replace(site, title=AWKWARD, description=AWKWARD),
        "/",
        make_record(title=AWKWARD, summary=AWKWARD, tags=(AWKWARD,)),
    )
    assert page.texts("//h1 | //h3/a | //*[@class='lead' or @class='p-summary']") == [AWKWARD] * 4
    assert page.texts("//title") == [AWKWARD]
    assert AWKWARD in page.texts('//ul[@class="channels"]/li/a')
    (told,) = page.texts("//script")
    assert json.loads(told)["name"] == AWKWARD


def test_the_landing_page_names_every_channel_with_its_formats(site: Site, make_record: Make) -> None:
    """Sections, tags and authors, each under its heading."""
    record = make_record(tags=("Sea",), authors=(Author("Jo"),))
    page = render_listing(site, "/", record)
    assert page.texts('//*[@aria-labelledby="channels"]/h3') == ["Sections", "Tags", "Authors"]
    assert page.texts('//ul[@class="channels"]/li/a') == ["News", "Sea", "Jo"]
    feeds = [f"https://example.org/tags/sea/{file}" for file in ("rss.xml", "atom.xml", "feed.json")]
    assert page.values('//ul[@class="channels"]/li[a="Sea"]//span/a/@href') == feeds
    assert page.values('//a[@type="text/x-opml"]/@href') == ["https://example.org/feeds.opml"]


def test_of_very_many_tags_the_landing_page_names_those_with_the_most_articles(
    site: Site, make_record: Make
) -> None:
    """And leads to a page with all of them."""
    tags = tuple(f"t{number:03}" for number in range(NAMED + 1))
    records = [make_record("a", tags=tags), make_record("b", tags=tags[1:])]
    page = render_listing(site, "/", *records)
    assert page.texts('//ul[@class="channels"]/li/a')[1:] == list(tags[1:])
    assert page.values('//p[@class="more"]/a/@href') == ["https://example.org/tags/"]


def test_the_page_of_all_tags_names_them_by_number_and_by_name(site: Site, make_record: Make) -> None:
    """Each with its number of articles; those with the most come first, where there are many."""
    tags = tuple(f"t{number:03}" for number in range(MOST + 1))
    records = [make_record("a", tags=tags), make_record("b", tags=tags[1:]), make_record("c", tags=tags[-1:])]
    page = render_listing(site, "/tags/", *records)
    counts = [f"{tag} {count}" for tag, count in zip(tags, [1, *[2] * (MOST - 1), 3], strict=True)]
    most = [counts[-1], *counts[1:-1]]
    assert page.texts('//ul[@class="counted"]/li') == [*most, *counts]
    assert page.values('//ul[@class="counted"]/li/a/@href')[:1] == [f"/tags/{tags[-1]}/"]


@pytest.mark.slow
def test_no_page_of_tags_is_larger_than_30_kilobytes(site: Site, make_record: Make) -> None:
    """However many there are; each stands on one page, and leads to the others."""
    tags = tuple(f"{number} {'wort ' * 6}ü" for number in range(900))
    record = make_record("a", tags=tags)
    pages = [render_listing(site, "/tags/", record)]
    while len(pages) < len(set(pages[0].values('//nav[@class="pages"]/a/@href'))):
        pages.append(render_listing(site, f"/tags/page/{len(pages) + 1}/", record))
    assert len(pages) > 2
    assert all(len(page.text.encode()) < 30_000 for page in pages)
    named = [name for page in pages for name in page.values('//main/ul[@class="counted"]/li/a/@href')]
    assert len(named) == len(set(named)) == 900


def test_a_page_of_tags_is_there_only_for_tags(site: Site, make_record: Make) -> None:
    """Nor one of authors where none are named."""
    assert not {"/tags/", "/authors/"} & listing_pages(site, [make_record()]).keys()


def test_the_way_back_reaches_every_article(site: Site, make_record: Make) -> None:
    """From the first page along the older ones; and forth again the same way."""
    records = _many(make_record, 60)
    small = replace(site, archive_size=7)
    path, seen, way = "/", set(), []
    while True:
        page = render_listing(small, path, *records)
        seen.update(page.texts('//*[contains(@class, "p-name") and self::a]'))
        way.append(path)
        older = page.values('//link[@rel="prev"]/@href')
        assert page.values('//nav[@class="ways"]/a[@rel="prev"]/@href') == older
        if not older:
            break
        path = older[0].removeprefix("https://example.org")
    assert seen == {record.article.title for record in records}
    assert way == ["/", *(f"/archive/{number}/" for number in range(6, 0, -1))]
    assert render_listing(small, "/archive/1/", *records).values('//link[@rel="next"]/@href') == [
        "https://example.org/archive/2/"
    ]
    assert render_listing(small, "/archive/9/", *records).values('//link[@rel="next"]/@href') == [
        "https://example.org/"
    ]


def test_a_new_article_leaves_the_full_pages_as_they_are(site: Site, make_record: Make) -> None:
    """They are counted from the oldest, and do not say how many there are."""
    small = replace(site, archive_size=5)
    records = _many(make_record, 23)
    before, after = listing_pages(small, records[1:]), listing_pages(small, records)
    moved = {path for path in before if before[path].key != after[path].key}
    assert moved == {"/", preview_path("/"), "/archive/5/"}


def test_a_short_channel_has_no_archive(site: Site, make_record: Make) -> None:
    """Its page holds all there is, as its feeds do."""
    assert listing_pages(site, _many(make_record, 10)).keys() == {"/", preview_path("/")}
    assert render_listing(site, "/", *_many(make_record, 10)).values('//link[@rel="prev"]') == []


def test_a_first_page_shows_no_more_than_it_may(site: Site, make_record: Make) -> None:
    """The others are on the pages before it."""
    page = render_listing(site, "/", *_many(make_record, SHOWN + 5))
    assert len(page.texts('//li[@class="h-entry"]')) == SHOWN
    assert page.values('//link[@rel="prev"]/@href') == ["https://example.org/archive/1/"]


def test_each_channel_has_a_page_about_its_feeds(site: Site, make_record: Make) -> None:
    """What a feed is, how to subscribe, its addresses and its newest articles; search engines leave it alone."""
    page = render_listing(site, preview_path("/news/"), make_record())
    assert page.texts("//h1") == ["News · The Gazette"]
    assert page.texts('//dl[@class="feeds"]//code')[0] == "https://example.org/news/rss.xml"
    assert "This is a feed" in page.texts("//h2")
    assert len(page.texts("//ol[not(@reversed)]/li")) == 3
    assert page.texts('//li[@class="h-entry"]//h3') == ["The tide"]
    assert page.values('//a[@href="https://example.org/news/"]')
    assert page.values('//meta[@name="robots"]/@content') == ["noindex"]
    assert page.document.traits == PREVIEW


def test_the_page_about_a_feed_is_there_only_where_it_is_wanted(site: Site, make_record: Make) -> None:
    """Some caches cannot tell apart who asks."""
    plain = replace(site, previewed=False)
    assert not [path for path in listing_pages(plain, [make_record()]) if not path.startswith("/")]


def test_an_edit_of_the_body_makes_no_list_anew(site: Site, make_record: Make) -> None:
    """A list shows titles, dates and summaries."""
    records = _many(make_record, 12)
    edited = [replace(each, article=replace(each.article, body="other", meaning="other")) for each in records]
    renamed = [replace(each, article=replace(each.article, title="other")) for each in records]
    keys = [
        {path: recipe.key for path, recipe in listing_pages(site, each).items()}
        for each in (records, edited, renamed)
    ]
    assert keys[0] == keys[1]
    assert all(keys[0][path] != keys[2][path] for path in keys[0])


def test_a_404_leads_to_the_newest(site: Site, make_record: Make) -> None:
    """And says where the feeds are."""
    page = missing(PageRenderer(site), [make_record("b"), make_record("a")]).make().content.decode()
    assert page.index("/news/b") < page.index("/news/a") < page.index("<code")
    assert ADDRESSES[1] in page


def test_a_410_says_nothing_of_what_it_was(site: Site) -> None:
    """It was taken back; the feeds go on."""
    one, other = (gone_page(PageRenderer(site), path).content for path in ("/a", "/b"))
    assert one == other
    assert ADDRESSES[0].encode() in one
