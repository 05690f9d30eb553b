import pytest

from feedsvc.documents.redirects import REDIRECTS

FEEDS = {"/rss.xml", "/atom.xml", "/feed.json"}


def test_every_guess_leads_to_something_real() -> None:
    """To a feed or to the first page, never to another guess: one hop, and no loop."""
    assert set(REDIRECTS.values()) == FEEDS | {"/"}
    assert not REDIRECTS.keys() & (FEEDS | {"/"})


@pytest.mark.parametrize(
    ("guess", "path"),
    [
        ("/feed", "/rss.xml"),
        ("/feed/", "/rss.xml"),
        ("/rss", "/rss.xml"),
        ("/rss/", "/rss.xml"),
        ("/rss/feed", "/rss.xml"),
        ("/index.xml", "/rss.xml"),
        ("/feed.xml", "/rss.xml"),
        ("/feed.rss", "/rss.xml"),
        ("/index.rss", "/rss.xml"),
        ("/atom", "/atom.xml"),
        ("/atom/", "/atom.xml"),
        ("/feed.atom", "/atom.xml"),
        ("/index.atom", "/atom.xml"),
        ("/feed/atom/", "/atom.xml"),
        ("/feed.json/", "/feed.json"),
        ("/index.html", "/"),
    ],
)
def test_a_guess_leads_to_the_format_it_means(guess: str, path: str) -> None:
    """What names no format means RSS, which every reader knows."""
    assert REDIRECTS[guess] == path
