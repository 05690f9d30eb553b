"""A small blog that moved to feedsvc: what was at its root, and the feeds of the program that it came from."""

from collections.abc import Iterator

import pytest
from serving import Service, write

STORIES = {
    "2026-05-01-harbour.md": "---\ntags: [Sea, High Tide]\nauthor: Ada\n---\n# The harbour\n\nBoats are back.\n",
    "news/2026-05-02-light.md": "---\nauthor: Ben\n---\n# The light\n\nIt burns again.\n",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, as a blog of two stories has it."""
    home = tmp_path_factory.mktemp("root")
    stories = write(home / "stories", STORIES)
    with Service(home, stories, "--port", 0, "--interval", 3600) as service:
        yield service.ready()


MOVED = {
    "/feed/": "/rss.xml",
    "/?feed=rss2": "/rss.xml",
    "/?feed=atom": "/atom.xml",
    "/?feed=rss2&tag=sea": "/tags/sea/rss.xml",
    "/index.rdf": "/rss.xml",
    "/wp-rss2.php": "/rss.xml",
    "/tags/sea/index.xml": "/tags/sea/rss.xml",
    "/categories/sea/feed/": "/tags/sea/rss.xml",
    "/category/high-tide/feed/atom/": "/tags/high-tide/atom.xml",
    "/tag/High%20Tide/rss/": "/tags/high-tide/rss.xml",
    "/author/ada/rss/": "/authors/ada/rss.xml",
    "/author/ben/feed": "/authors/ben/rss.xml",
    "/news/index.xml": "/news/rss.xml",
    "/category/news/feed/": "/news/rss.xml",
    "/posts/index.xml": "/rss.xml",
    "/feed/by_tag/sea.xml": "/tags/sea/atom.xml",
    "/feed/feed.json": "/feed.json",
    "/feeds/all.atom.xml": "/atom.xml",
    "/feeds/sea.atom.xml": "/tags/sea/atom.xml",
}


@pytest.mark.parametrize("address", MOVED)
def test_the_feed_of_another_program_leads_to_the_right_one(service: Service, address: str) -> None:
    """By one redirect, to a feed that is there."""
    answer = service.get(address)
    assert answer.status_code == 301
    target = answer.headers["location"].removeprefix(service.url)
    assert target == MOVED[address]
    assert service.get(target).status_code == 200


@pytest.mark.parametrize(
    "address", ["/tags/land/index.xml", "/harbour/feed/", "/?feed=rss2&cat=7", "/?feed=comments-rss2"]
)
def test_where_no_channel_is_meant_nothing_is_redirected(service: Service, address: str) -> None:
    """Comments, a category by its number and an unused tag have no feed; a reader must not get another."""
    assert service.get(address).status_code in {200, 404}
    assert "rss" not in service.get(address).headers["content-type"]
