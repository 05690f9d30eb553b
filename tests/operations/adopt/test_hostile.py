"""Any input ends in entries or in a clear error: what another platform writes, broken in every way."""

import os
import random
from collections.abc import Iterator

import pytest
from lxml import etree

from feedsvc.articles.identity.wanted_address import AddressRules
from feedsvc.core.errors import FeedError
from feedsvc.operations.adopt.fetch import fetch_feed
from feedsvc.operations.adopt.match import match, old_address
from feedsvc.operations.adopt.parse import parse

HERE = "https://old.example/feed/"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://old.example/"><link rel="next" href="?p=2"/>
<entry xml:base="notes/"><title type="html">Ropes &amp;amp; nets</title><link href="ropes.html"/><id>urn:x:1</id>
<published>2024-05-01T06:30:00Z</published><updated>2024-06-01T00:00:00+02:00</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>All of it.</p></div></content></entry></feed>"""
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>
<a:link rel="prev-archive" href="/2023.xml"/><generator>https://wordpress.org/?v=6.5</generator><item><title>Ropes
</title><link>/ropes/</link><guid isPermaLink="true">https://old.example/ropes/</guid><description>Words of it.
</description><pubDate>Wed, 01 May 2024 08:30:00 +0200</pubDate></item></channel></rss>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "next_url": "/feed-2.json", "items": [{"id": 17, "url":
"/ropes", "title": "Ropes", "date_published": "2024-05-01T08:30:00+02:00", "content_text": "All <of> it."}]}"""
FEEDS = (ATOM, RSS, JSON)
BROKEN_ADDRESS = "http://[::1/x"
FRAGMENTS = (
    *(
        BROKEN_ADDRESS,
        "//[",
        "http://[zz]/",
        "http://x:99999999/",
        "%ff%zz",
        "javascript:",
        "?",
        "#",
        "\\",
        "\u202e",
    ),
    *(
        "&#0;",
        "&#x1f;",
        "&#xd800;",
        "&bomb;",
        "<!DOCTYPE x [<!ENTITY bomb 'b'>]>",
        "<![CDATA[",
        "]]>",
        "<?x",
        "<!--",
    ),
    *("\\ud800", "\\u0000", "\\u001b", "9" * 5_000, "-1e999", "null", "[[[[", "{", '"', "true", "<", ">", "</"),
    *("0000-00-00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "-2024-05-01", "24:60", "+99:99"),
    *(' xml:base="http://["', ' href=""', ' xmlns=""', ' xmlns="urn:none"', "<item/>", "<entry/>", "<guid/>"),
    *(
        "<a>" * 300,
        "[" * 3_000,
        '{"items":' * 3_000,
        "Ã",
        "\ufeff",
        "\uffff",
        "</channel>",
        "<rdf/>",
        "\0",
        "=",
        "<!--",
        "\u202e",
    ),
)
TIMES = int(os.environ.get("MUTATIONS", "300"))
"""How many feeds are tried; ``MUTATIONS=5000`` before a release."""


def mutations(times: int) -> Iterator[bytes]:
    """Feeds with some bytes cut out, doubled or changed, and trouble put in; the same ones every time."""
    chance = random.Random(20261129)  # noqa: S311 - the same every time is what is wanted
    for number in range(times):
        feed = FEEDS[number % len(FEEDS)]
        for _ in range(chance.randint(1, 6)):
            at, length = chance.randrange(len(feed)), chance.randint(0, 40)
            piece = chance.choice(("", "", feed[at : at + length] * 2, *chance.sample(FRAGMENTS, 6)))
            feed = f"{feed[:at]}{piece}{feed[at + length :]}" or " "
        data = feed.encode("utf-8", "surrogatepass")
        yield data if chance.random() < 0.8 else data.replace(b"e", bytes([chance.randrange(256)]), 3)


def test_any_mutation_ends_in_entries_or_a_clear_error() -> None:
    """What is read can be matched and kept: text that XML and a database can carry, and whole addresses."""
    read = refused = 0
    for content in mutations(TIMES):
        try:
            page = parse(content, HERE)
        except FeedError:
            refused += 1
            continue
        read += len(page.entries)
        match(page.entries, (), lambda _digest: "")
        for entry in page.entries:
            old_address(entry.link, AddressRules(base_url="https://old.example"))
            element = etree.Element("x")
            element.text = entry.id + entry.link + entry.title + entry.content
            assert entry.published is None or entry.published.year
    assert read > TIMES / 4
    assert refused > TIMES / 20


@pytest.mark.parametrize("feed", FEEDS, ids=["Atom", "RSS", "JSON"])
@pytest.mark.parametrize("address", [BROKEN_ADDRESS, "//[", "http://[zz]/"])
def test_an_address_that_is_none_costs_no_entry(feed: str, address: str) -> None:
    """Its title, date and words may still tell its article."""
    for name in ("ropes.html", "/ropes/", '"/ropes"', "?p=2", "/2023.xml", "/feed-2.json"):
        feed = feed.replace(name, f'"{address}"' if name.startswith('"') else address)
    page = parse(feed.encode(), HERE)
    (entry,) = page.entries
    assert (entry.link, page.older) == ("", ())
    assert entry.title == "Ropes" or entry.title.startswith("Ropes &")


@pytest.mark.parametrize("base", ["http://[", "http://[zz]/"])
def test_a_base_that_is_none_counts_as_none(base: str) -> None:
    """Relative links are then those of the feed's own address."""
    content = ATOM.replace("https://old.example/", base).replace("notes/", base).encode()
    assert parse(content, HERE).entries[0].link == "https://old.example/feed/ropes.html"


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"items":['])
def test_json_nested_without_end_is_refused(opening: str) -> None:
    """However deep."""
    with pytest.raises(FeedError, match="nested too deep"):
        parse(('{"items":' + opening * 200_000).encode(), HERE)


def test_xml_nested_without_end_is_read_as_far_as_it_goes() -> None:
    """No stack is used up."""
    assert parse(RSS.replace("Words", "<b>" * 200_000 + "Words").encode(), HERE).entries[0].title == "Ropes"


@pytest.mark.parametrize(
    "source", ["http://[::1", "https://[zz]/feed", "http://", "https://a b/", "http://x:99999/"]
)
def test_an_address_to_fetch_that_is_none_is_told(source: str) -> None:
    """In one line with a remedy."""
    with pytest.raises(FeedError, match="cannot be fetched"):
        fetch_feed([source])
