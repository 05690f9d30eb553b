"""``robots.txt`` and the sitemap, of sites of which the wire tells nothing: private ones, and very large ones."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import pytest
from lxml import etree

from feedsvc.articles.record import Record
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.documents.site_files import find_sitemap, robots, sitemap_paths
from feedsvc.documents.snapshot import MemorySnapshot

MAKE = Callable[..., Record]
_NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def snapshot(site: Site, make_record: MAKE) -> MemorySnapshot:
    """Of seven articles, one of which is not listed and one on another site."""
    records = [replace(make_record(str(number)), settled=True, listed=True) for number in range(6)]
    records.append(replace(records[0], id="quiet", page="/quiet", listed=False))
    records.append(replace(records[0], id="away", page="https://else.example.org/away"))
    held = {record.id: record for record in records}
    return MemorySnapshot(site, held, select(site, records), lambda digest: digest)


def addresses(snapshot: MemorySnapshot, path: str, most: int) -> list[str]:
    """What the sitemap at a path names."""
    found = find_sitemap(snapshot, path, most)
    assert found is not None
    return [loc.text or "" for loc in etree.fromstring(found().content).iterfind(".//s:loc", _NAMES)]


def test_a_sitemap_that_would_be_too_large_has_parts(snapshot: MemorySnapshot) -> None:
    """None holds more than it may, together they hold what one would, and the first names the others."""
    whole = addresses(snapshot, "/sitemap.xml", 1000)
    parts = list(sitemap_paths(snapshot, 5))
    assert parts[0] == "/sitemap.xml"
    assert addresses(snapshot, "/sitemap.xml", 5) == [snapshot.site.url(path) for path in parts[1:]]
    each = [addresses(snapshot, path, 5) for path in parts[1:]]
    assert max(map(len, each)) <= 5
    assert sorted(chain.from_iterable(each)) == sorted(whole)
    assert list(sitemap_paths(snapshot, 1000)) == ["/sitemap.xml"]
    assert find_sitemap(snapshot, "/sitemap-articles-9.xml", 5) is None


def test_what_is_not_listed_or_on_another_site_is_left_out(snapshot: MemorySnapshot) -> None:
    """The other site has a sitemap of its own."""
    named = addresses(snapshot, "/sitemap.xml", 1000)
    assert len(set(named)) == len(named)
    assert snapshot.site.url("/news/5") in named
    assert not [each for each in named if "quiet" in each or "else.example.org" in each]


def test_a_private_site_tells_crawlers_to_stay_away(snapshot: MemorySnapshot) -> None:
    """And has no sitemap."""
    private = replace(snapshot, site=replace(snapshot.site, private=True))
    assert find_sitemap(private, "/sitemap.xml") is None
    assert robots(private.site).content == b"User-agent: *\nDisallow: /\n"
