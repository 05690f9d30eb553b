"""Walking back through a feed and its archive as a subscriber would (RFC 5005, section 4)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
RELATIONS = ("current", "prev-archive", "next-archive")


@dataclass(frozen=True, slots=True)
class Step:
    """One feed document on the way."""

    url: str
    ids: tuple[str, ...]
    links: dict[str, str]
    """Relation to address, of those that lead through the history."""
    archived: bool
    """Whether it says of itself that it is a page of an archive."""


def walk(get: Callable[[str], bytes], url: str) -> list[Step]:
    """All documents from ``url`` back to the oldest page."""
    return list(steps(get, url))


def steps(get: Callable[[str], bytes], url: str) -> Iterator[Step]:
    """One document after another; what is fetched next is not yet fetched."""
    seen = set()
    while url:
        assert url not in seen, f"the walk comes to {url} again"
        seen.add(url)
        step = _step(url, get(url))
        yield step
        url = step.links.get("prev-archive", "")


def _step(url: str, content: bytes) -> Step:
    return _json_step(url, content) if url.endswith(".json") else _xml_step(url, content)


def _json_step(url: str, content: bytes) -> Step:
    feed = json.loads(content)
    links = {"prev-archive": feed["next_url"]} if "next_url" in feed else {}
    return Step(url, tuple(item["id"] for item in feed["items"]), links, archived=False)


def _xml_step(url: str, content: bytes) -> Step:
    root = etree.fromstring(content)
    feed = root if root.tag == f"{ATOM}feed" else root[0]
    entry, name = (f"{ATOM}entry", f"{ATOM}id") if feed is root else ("item", "guid")
    links = {link.get("rel", ""): link.get("href", "") for link in feed.iterfind(f"{ATOM}link")}
    return Step(
        url,
        tuple(each.findtext(name) or "" for each in feed.iterfind(entry)),
        {rel: href for rel, href in links.items() if rel in RELATIONS},
        archived=feed.find(f"{HISTORY}archive") is not None,
    )
