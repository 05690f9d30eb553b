"""Feeds as other platforms write them, read for what a move needs."""

from datetime import UTC, datetime

import pytest

from feedsvc.core.errors import FeedError
from feedsvc.operations.adopt.parse import OldEntry, OldFeedPage, parse

MAY = datetime(2024, 5, 1, 6, 30, tzinfo=UTC)
JUNE = datetime(2024, 6, 1, tzinfo=UTC)
HERE = "https://old.example.org/feed/"

WORDPRESS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
    xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel><title>Harbour</title>
    <atom:link href="https://old.example.org/feed/" rel="self" type="application/rss+xml" />
    <link>https://old.example.org</link><generator>https://wordpress.org/?v=6.5</generator>
    <item><title>Nets &#038; ropes</title><link>https://old.example.org/2024/05/nets/</link>
      <dc:creator><![CDATA[Ann]]></dc:creator><pubDate>Wed, 01 May 2024 08:30:00 +0200</pubDate>
      <guid isPermaLink="false">https://old.example.org/?p=17</guid>
      <description><![CDATA[<p>Short.</p>]]></description>
      <content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded></item>
  </channel></rss>"""
JEKYLL = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://old.example.org/"><generator>Jekyll</generator>
  <link href="https://old.example.org/feed.xml" rel="self"/><id>https://old.example.org/feed.xml</id>
  <entry xml:lang="en"><title type="html">Nets &amp;amp; ropes</title>
    <link href="/2024/05/01/nets.html" rel="alternate"/>
    <published>2024-05-01T06:30:00+00:00</published><updated>2024-06-01T00:00:00Z</updated>
    <id>https://old.example.org/2024/05/01/nets</id><content type="html">&lt;p&gt;All of it.&lt;/p&gt;</content>
  </entry></feed>"""
HUGO = """<rss version="2.0"><channel><generator>Hugo</generator><item><title>Nets &amp; ropes</title>
  <link>https://old.example.org/posts/nets/</link><pubDate>Wed, 01 May 2024 06:30:00 +0000</pubDate>
  <guid>https://old.example.org/posts/nets/</guid><description>All of it.</description></item></channel></rss>"""
GHOST = """<rss version="2.0"><channel><item><title><![CDATA[Nets & ropes]]></title>
  <link>https://old.example.org/nets/</link><guid isPermaLink="false">65f0a1b2c3d4e5f600000001</guid>
  <pubDate>Wed, 01 May 2024 06:30:00 GMT</pubDate></item></channel></rss>"""
RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example.org/"/>
  <item rdf:about="https://old.example.org/nets"><title>Nets &amp; ropes</title>
  <link>https://old.example.org/nets</link><dc:date>2024-05-01T06:30:00Z</dc:date></item></rdf:RDF>"""
XHTML = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Nets &amp; ropes</title><id>urn:x:1</id>
  <updated>2024-05-01T06:30:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>All
  of it.</p></div></content></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [{"id": 17, "url": "/nets",
  "title": "Nets & ropes", "date_published": "2024-05-01T08:30:00+02:00", "content_text": "All <of> it."}]}"""


def only(page: OldFeedPage) -> OldEntry:
    """The one entry of a page."""
    (entry,) = page.entries
    return entry


SHAPES = {
    "WordPress": (
        WORDPRESS,
        "https://old.example.org/?p=17",
        "https://old.example.org/2024/05/nets/",
        None,
        "All",
    ),
    "Jekyll": (
        *(JEKYLL, "https://old.example.org/2024/05/01/nets", "https://old.example.org/2024/05/01/nets.html"),
        *(JUNE, "All"),
    ),
    "Hugo": (HUGO, "https://old.example.org/posts/nets/", "https://old.example.org/posts/nets/", None, "All"),
    "Ghost": (GHOST, "65f0a1b2c3d4e5f600000001", "https://old.example.org/nets/", None, ""),
    "RSS 1.0": (RSS_1, "https://old.example.org/nets", "https://old.example.org/nets", None, ""),
    "Atom without link": (XHTML, "urn:x:1", "", MAY, "All"),
    "JSON Feed": (JSON, "17", "https://old.example.org/nets", None, "All &lt;of&gt; it."),
}


@pytest.mark.parametrize(("text", "own", "link", "updated", "content"), SHAPES.values(), ids=SHAPES)
def test_what_other_platforms_write_is_read(
    text: str, own: str, link: str, updated: datetime | None, content: str
) -> None:
    """Id, link, title, dates and words of an entry, whatever the format."""
    entry = only(parse(text.encode(), HERE))
    assert (entry.id, entry.link, entry.published, entry.updated) == (own, link, MAY, updated)
    assert entry.title == "Nets & ropes"
    assert content in entry.content


IDS = {
    "kept to the byte": ("<guid> a b\t</guid><link>http://x.example/</link>", " a b\t"),
    "a relative one is no link": ("<guid isPermaLink='false'>posts/17</guid>", "posts/17"),
    "the link where there is no guid": ("<link> http://x.example/1 </link>", "http://x.example/1"),
    "the link where the guid is empty": ("<guid/><link>http://x.example/1</link>", "http://x.example/1"),
    "none": ("<title>Untitled</title>", ""),
}


@pytest.mark.parametrize(("item", "own"), IDS.values(), ids=IDS)
def test_the_id_is_what_a_reader_knows_the_entry_by(item: str, own: str) -> None:
    """Nothing is resolved, trimmed or lowered: one byte of difference shows the article again."""
    assert only(parse(f"<rss><channel><item>{item}</item></channel></rss>".encode(), HERE)).id == own


def test_a_permanent_guid_stands_for_a_missing_link() -> None:
    """RSS 2.0: a guid is a permanent link unless it says otherwise."""
    text = "<rss><channel><item><guid>https://x.example/1</guid></item></channel></rss>"
    assert only(parse(text.encode(), HERE)).link == "https://x.example/1"


def test_a_date_that_is_none_does_not_stop_the_reading() -> None:
    """The entry is still known by its link."""
    text = "<rss><channel><item><guid>1</guid><pubDate>last Tuesday</pubDate></item></channel></rss>"
    assert only(parse(text.encode(), HERE)).published is None


def test_a_slightly_broken_feed_is_read_as_far_as_it_goes() -> None:
    """Readers do so too, and have shown what it holds."""
    text = "\n<rss><channel><item><title>A & B &nbsp;</title><guid>1</guid></item></channel>"
    assert only(parse(text.encode(), HERE)).id == "1"


def test_entities_are_not_followed() -> None:
    """A feed cannot make us read files."""
    text = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><guid>a&x;</guid></item></rss>'
    assert only(parse(text.encode(), HERE)).id == "a"


OLDER = {
    "RFC 5005 in Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/2023"/></feed>',
    "RSS": '<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><a:link rel="next" href="/2023"/></channel></rss>',
    "JSON Feed": '{"items": [], "next_url": "/2023"}',
}


@pytest.mark.parametrize("text", OLDER.values(), ids=OLDER)
def test_older_pages_are_found(text: str) -> None:
    """By the link that each format has for them, relative to where the feed is."""
    assert parse(text.encode(), HERE).older == ("https://old.example.org/2023",)


def test_wordpress_is_known_by_its_generator() -> None:
    """It has older pages and does not link to them."""
    assert parse(WORDPRESS.encode(), HERE).paged
    assert not parse(HUGO.encode(), HERE).paged


NO_FEEDS = ("", "words", "<html><body>x</body></html>", "<!doctype html><title>x", "{", "[]", '{"a": 1}', "\x00")


@pytest.mark.parametrize("text", NO_FEEDS, ids=repr)
def test_what_is_no_feed_is_refused(text: str) -> None:
    """The address is named."""
    with pytest.raises(FeedError, match=r"https://old\.example\.org/feed/ is no"):
        parse(text.encode(), HERE)
