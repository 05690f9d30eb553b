"""The addresses of other programs' feeds: one table, of which each row leads somewhere."""

import re
from pathlib import Path

import pytest
from repository import ROOT

from feedsvc.documents.feed_addresses import ADDRESSES, SITE_FEEDS, channel_feeds_meant

URLS = Path(ROOT / "docs/reference/urls.md").read_text("utf-8")


def test_an_address_means_one_feed_whichever_program_had_it() -> None:
    """No two rows contradict each other."""
    rows = [row for addresses in ADDRESSES.values() for row in addresses.items()]
    assert len({address for address, _ in rows}) == len(rows)


@pytest.mark.parametrize("program", ADDRESSES)
def test_every_address_is_listed_in_the_reference(program: str) -> None:
    """With the program that has it."""
    line = next(line for line in URLS.splitlines() if line.startswith(f"| {program} |"))
    assert set(re.findall(r"`([^`]+)`", line)) == set(ADDRESSES[program])


@pytest.mark.parametrize("address", [each for rows in ADDRESSES.values() for each in rows if "{" in each])
@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_with_a_name_leads_to_its_channel(address: str, slash: str) -> None:
    """In the format of the row, whether a slash stands at its end or not."""
    file = next(rows[address] for rows in ADDRESSES.values() if address in rows)
    channel = {"tag": "/tags/harbour/", "author": "/authors/harbour/", "folder": "/harbour/"}
    path = re.sub(r"\{\w+\}", "harbour", address)
    kind = next(iter(re.findall(r"\{(\w+)\}", address)))
    assert (channel[kind], file) in set(channel_feeds_meant(path + slash))


@pytest.mark.parametrize("path", ["/harbour", "/harbour/", "/tags/harbour/", "/a/b/c.html", f"/{'a/' * 400}feed"])
def test_other_addresses_mean_no_feed(path: str) -> None:
    """However long they are."""
    assert list(channel_feeds_meant(path)) == []


def test_a_category_in_another_is_known_by_its_own_name() -> None:
    """As WordPress has it."""
    assert ("/tags/coast/", "rss.xml") in set(channel_feeds_meant("/category/sea/coast/feed/"))


def test_the_feeds_of_the_site_are_found_with_and_without_a_slash() -> None:
    """But a file has none."""
    assert SITE_FEEDS["/feed"] == SITE_FEEDS["/feed/"] == "/rss.xml"
    assert "/index.rdf/" not in SITE_FEEDS
