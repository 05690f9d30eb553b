"""Foreign parsers read in every golden document all that was told, as far as each of them can tell it."""

import json
from calendar import timegm
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import fastfeedparser
import feedparser
import podcastparser
import pytest
from repository import DATA

GOLDEN = DATA / "feeds"
CASES = sorted(path.name.removesuffix(".input.json") for path in GOLDEN.glob("*.input.json"))
Told = Mapping[str, object]
"""What a parser tells of an entry, under the names of :class:`feedsvc.documents.feeds.model.Entry`."""


def golden(case: str, file: str) -> bytes:
    """A golden document."""
    return (GOLDEN / f"{case}.{file}").read_bytes()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _words(text: str) -> str:
    """Without what parsers make of white space in a title."""
    return " ".join(text.split())


def by_feedparser(content: bytes) -> list[Told]:
    """RSS and Atom, as most readers in Python see them."""
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    return [
        {
            "id": entry.id,
            "url": entry.link,
            "title": _words(entry.title),
            "content": entry.content[0].value if "content" in entry else "",
            "published": datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
            "updated": datetime.fromtimestamp(timegm(entry.updated_parsed), UTC),
            "authors": [author.name for author in entry.get("authors", [])],
            "tags": [tag.term for tag in entry.get("tags", [])],
            "enclosures": [(each.href, each.type) for each in entry.enclosures],
            "lengths": [int(each.get("length", 0)) for each in entry.enclosures],
            "links": [(link.rel, link.href) for link in entry.links if link.rel in {"related", "via"}],
        }
        for entry in parsed.entries
    ]


def by_fastfeedparser(content: bytes) -> list[Told]:
    """All three formats; it knows the first author only."""
    return [
        {
            "id": entry["id"],
            "url": entry["link"],
            "title": _words(entry["title"]),
            "content": entry["content"][0]["value"] if "content" in entry else "",
            "published": _moment(entry["published"]),
            "updated": _moment(entry["updated"]),
            "authors": [entry["author"]] if "author" in entry else [],
            "tags": [tag["term"] for tag in entry.get("tags", [])],
            "enclosures": [
                *((each["url"], each["type"]) for each in entry.get("enclosures", [])),
                *((link["href"], link["type"]) for link in entry["links"] if link["rel"] == "enclosure"),
            ],
        }
        for entry in fastfeedparser.parse(content).entries
    ]


def by_podcastparser(content: bytes) -> list[Told]:
    """RSS, as podcast players see it; it takes pictures for files to play as well."""
    return [
        {
            "id": episode["guid"],
            "url": episode["link"],
            "title": _words(episode["title"]),
            "content": episode.get("description_html", ""),
            "published": datetime.fromtimestamp(episode["published"], UTC),
            "enclosures": [
                (each["url"], each["mime_type"])
                for each in episode["enclosures"][:1]
                if not each["mime_type"].startswith("image/")
            ],
            "duration": episode["total_time"],
        }
        for episode in podcastparser.parse("https://gazette.example/rss.xml", BytesIO(content))["episodes"]
    ]


@dataclass(frozen=True, slots=True)
class Reader:
    """A parser, the format it is given, and of how many it tells where there are more."""

    name: str
    file: str
    read: Callable[[bytes], list[Told]]
    most: Mapping[str, int] = field(default_factory=dict)


_ONE_FILE = {"enclosures": 1, "lengths": 1, "links": 0}
"""RSS has one enclosure an item, and no word for other links."""
READERS = (
    Reader("feedparser, RSS", "rss.xml", by_feedparser, _ONE_FILE),
    Reader("feedparser, Atom", "atom.xml", by_feedparser),
    Reader("fastfeedparser, RSS", "rss.xml", by_fastfeedparser, {"authors": 1, **_ONE_FILE}),
    Reader("fastfeedparser, Atom", "atom.xml", by_fastfeedparser, {"authors": 1}),
    Reader("fastfeedparser, JSON", "feed.json", by_fastfeedparser, {"authors": 1}),
    Reader("podcastparser, RSS", "rss.xml", by_podcastparser, _ONE_FILE),
)
EACH = pytest.mark.parametrize("reader", READERS, ids=[reader.name for reader in READERS])


def _told(case: str) -> list[Told]:
    """What each entry of a golden feed was made of."""
    return [_entry(entry) for entry in json.loads(golden(case, "input.json"))["entries"]]


def _entry(entry: dict[str, Any]) -> Told:
    files, links = entry.get("enclosures", []), entry.get("links", {})
    related = [*filter(None, [links.get("external")]), *links.get("related", [])]
    return {
        "id": entry["id"],
        "url": entry["url"],
        "title": _words(entry["title"]),
        "content": entry["content"],
        "published": _moment(entry["published"]),
        "updated": _moment(entry["updated"]),
        "authors": [author["name"] for author in entry.get("authors", [])],
        "tags": entry.get("tags", []),
        "enclosures": [(file["url"], file["media_type"]) for file in files],
        "lengths": [file.get("length", 0) for file in files],
        "links": [*(("related", each) for each in related), *(("via", each) for each in links.get("via", []))],
        "duration": files[0].get("duration", 0) if files else 0,
    }


def _as_told_by(reader: Reader, told: Told, names: Iterable[str]) -> Told:
    """What the reader should find of it."""
    values = {name: told[name] for name in names}
    return {
        name: value[: reader.most.get(name)] if isinstance(value, list) else value
        for name, value in values.items()
    }


def _by_id(entries: Iterable[Told]) -> dict[object, Told]:
    return {entry["id"]: entry for entry in entries}


@EACH
@pytest.mark.parametrize("case", CASES)
def test_a_parser_reads_what_was_told(case: str, reader: Reader) -> None:
    """Ids, addresses, titles, dates, all authors, words, tags, all files to play, links: whatever it knows of."""
    found = _by_id(reader.read(golden(case, reader.file)))
    told = _by_id(_told(case))
    assert found.keys() == told.keys()
    for each, entry in found.items():
        assert entry == _as_told_by(reader, told[each], entry)


DAMAGE: Mapping[str, tuple[bytes, bytes]] = {
    "id": (b"2026-09-12:news/fog-bell", b"2026-09-12:news/fog"),
    "url": (b"/news/fog-bell", b"/news/dog-bell"),
    "title": (b"rings again", b"rings"),
    "content": (b"A bronze bell", b"A silver bell"),
    "published": (b"06:00:00", b"06:00:01"),
    "updated": (b"07:45:00", b"07:45:01"),
    "authors": (b"Ines Vogt", b"Inge Vogt"),
    "tags": (b"sound &", b"smell &"),
    "enclosures": (b"audio/mpeg", b"audio/ogg"),
    "lengths": (b"184320", b"184321"),
    "links": (b"https://lighthouse.example/log/811", b"https://lighthouse.example/log/812"),
}
"""A field, and what to put in place of what in the golden feed that has everything."""


def _tells(reader: Reader, name: str) -> bool:
    return name in reader.read(golden("everything", reader.file))[0] and reader.most.get(name) != 0


TELLING = [(name, reader) for name in DAMAGE for reader in READERS if _tells(reader, name)]


@pytest.mark.parametrize(("name", "reader"), TELLING, ids=[f"{name}: {reader.name}" for name, reader in TELLING])
def test_a_parser_notices_what_is_wrong(name: str, reader: Reader) -> None:
    """The comparison above can fail: in each field that the parser tells, another value is seen as another."""
    content = golden("everything", reader.file)
    before, after = reader.read(content), reader.read(content.replace(*DAMAGE[name]))
    assert [entry[name] for entry in after] != [entry[name] for entry in before]


def test_each_field_is_told() -> None:
    """Every one by a parser at least, and all but the lengths and links of files by three."""
    assert {name for name in DAMAGE if sum(name == told for told, _ in TELLING) < 3} == {"lengths", "links"}
