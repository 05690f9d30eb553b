"""Every golden document is valid, and foreign parsers read in it what was told."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

import fastfeedparser
import feedparser
import podcastparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

DATA = Path(__file__).parent.parent / "data"
SCHEMAS = DATA / "schemas"
CASES = sorted(path.name.removesuffix(".input.json") for path in (DATA / "feeds").glob("*.input.json"))
Element = etree._Element

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
PROFILE = "https://www.rssboard.org/rss-profile"


def golden(case: str, file: str) -> bytes:
    """A golden document."""
    return (DATA / "feeds" / f"{case}.{file}").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_atom_is_valid(case: str) -> None:
    """By a RELAX NG schema of RFC 4287."""
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    document = etree.fromstring(golden(case, "atom.xml"))
    assert schema.validate(document), schema.error_log


@pytest.mark.parametrize("case", CASES)
def test_json_feed_is_valid(case: str) -> None:
    """By a JSON Schema of version 1.1; unknown members are errors."""
    validator = Draft202012Validator(json.loads((SCHEMAS / "jsonfeed.schema.json").read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(json.loads(golden(case, "feed.json")))] == []


def _one(channel: Element, path: str) -> bool:
    return len(channel.findall(path, NAMES)) == 1


def _each(channel: Element, path: str, rule: Callable[[str], bool]) -> bool:
    return all(rule(found.text or "") for found in channel.findall(path, NAMES))


def _is_date(text: str) -> bool:
    """RFC 822 with the year in four digits."""
    return parsedate_to_datetime(text).tzinfo is not None and bool(re.search(r" \d{4} ", text))


RULES: dict[str, Callable[[Element], bool]] = {
    "element-channel-title": lambda c: _one(c, "title") and bool(c.findtext("title")),
    "element-channel-link": lambda c: _one(c, "link") and _each(c, "link", lambda url: url.startswith("http")),
    "element-channel-description": lambda c: _one(c, "description") and bool(c.findtext("description")),
    "element-channel-language": lambda c: _each(c, "language", lambda tag: bool(re.fullmatch(r"[A-Za-z-]+", tag))),
    "element-channel-lastbuilddate": lambda c: _each(c, "lastBuildDate", _is_date),
    "element-channel-docs": lambda c: _each(c, "docs", lambda url: url.endswith("rss-specification")),
    "element-channel-ttl": lambda c: _each(c, "ttl", str.isdigit),
    "element-channel-image": lambda c: all(
        [child.tag for child in image] == ["url", "title", "link"]
        and (image.findtext("title"), image.findtext("link")) == (c.findtext("title"), c.findtext("link"))
        for image in c.findall("image")
    ),
    "element-channel-item-title": lambda c: all(_one(item, "title") for item in c.findall("item")),
    "element-channel-item-link": lambda c: all(_one(item, "link") for item in c.findall("item")),
    "element-channel-item-description": lambda c: all(
        len(item.findall("description")) < 2 for item in c.findall("item")
    ),
    "element-channel-item-author": lambda c: c.find("item/author") is None,
    "element-channel-item-enclosure": lambda c: all(
        len(item.findall("enclosure")) < 2
        and all(set(found.keys()) == {"url", "length", "type"} for found in item.findall("enclosure"))
        and all((found.get("length") or "").isdigit() for found in item.findall("enclosure"))
        for item in c.findall("item")
    ),
    "element-channel-item-guid": lambda c: (
        all(_one(item, "guid[@isPermaLink='false']") for item in c.findall("item"))
        and len({guid.text for guid in c.findall("item/guid")}) == len(c.findall("item"))
    ),
    "element-channel-item-pubdate": lambda c: (
        all(_one(item, "pubDate") for item in c.findall("item")) and _each(c, "item/pubDate", _is_date)
    ),
    "namespace-elements-atom-link": lambda c: _one(
        c, "atom:link[@rel='self'][@href][@type='application/rss+xml']"
    ),
    "namespace-elements-content-encoded": lambda c: all(
        len(item.findall("content:encoded", NAMES)) < 2 for item in c.findall("item")
    ),
    "namespace-elements-dublin-creator": lambda c: _each(c, "item/dc:creator", bool),
}
"""The address of a rule within the profile to what it asks of a channel."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{PROFILE}#{rule}")
@pytest.mark.parametrize("case", CASES)
def test_rss_follows_the_profile(case: str, rule: str) -> None:
    """The RSS Advisory Board's best practices, one by one."""
    root = etree.fromstring(golden(case, "rss.xml"))
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    assert RULES[rule](root[0])


def _told(case: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads(golden(case, "input.json"))["entries"]
    return entries


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("case", CASES)
def test_feedparser_finds_nothing_to_mend(case: str, file: str) -> None:
    """Its ``bozo`` bit is for documents that are not well-formed or lie about their encoding."""
    headers = {"content-type": f"application/{file.partition('.')[0]}+xml; charset=utf-8"}
    assert not feedparser.parse(golden(case, file), response_headers=headers).bozo


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml", "feed.json"])
@pytest.mark.parametrize("case", [case for case in CASES if case != "empty"])
def test_fastfeedparser_reads_what_was_told(case: str, file: str) -> None:
    """Ids, addresses, titles, dates, first authors, words and tags, the same from every format."""
    entries = fastfeedparser.parse(golden(case, file)).entries
    for entry, told in zip(entries, _told(case), strict=True):
        assert (entry["id"], entry["link"]) == (told["id"], told["url"])
        assert entry["title"].split() == str(told["title"]).split()
        for name in ("published", "updated"):
            assert datetime.fromisoformat(entry[name]) == datetime.fromisoformat(str(told[name]))
        authors = told.get("authors")
        assert entry.get("author") == (authors[0]["name"] if isinstance(authors, list) else None)
        assert [tag["term"] for tag in entry.get("tags", [])] == told.get("tags", [])
        if told["content"]:
            assert entry["content"][0]["value"] == told["content"]


@pytest.mark.parametrize("case", CASES)
def test_podcastparser_reads_what_was_told(case: str) -> None:
    """A parser of podcast players: ids, titles, dates, and what there is to play."""
    episodes = podcastparser.parse("https://gazette.example/rss.xml", BytesIO(golden(case, "rss.xml")))["episodes"]
    told = {entry["id"]: entry for entry in _told(case)}
    assert {episode["guid"] for episode in episodes} == told.keys()
    for episode in episodes:
        entry = told[episode["guid"]]
        assert episode["title"].split() == str(entry["title"]).split()
        assert episode["published"] == datetime.fromisoformat(str(entry["published"])).timestamp()
        enclosures = entry.get("enclosures")
        if isinstance(enclosures, list):
            first = episode["enclosures"][0]
            assert (first["url"], first["mime_type"]) == (enclosures[0]["url"], enclosures[0]["media_type"])
            assert episode["total_time"] == enclosures[0].get("duration", 0)
