"""The addresses that lead elsewhere: those people and readers try for a feed, and an article's former ones."""

from collections.abc import Mapping
from types import MappingProxyType

from feedsvc.documents.fingerprints import key

_GUESSES = {
    "/rss.xml": (
        "/feed",
        "/feed/",
        "/feeds",
        "/feeds/",
        "/feed.xml",
        "/feed.rss",
        "/feed/rss",
        "/feed/rss/",
        "/feed/rss2",
        "/feed/rss2/",
        "/rss",
        "/rss/",
        "/rss.xml/",
        "/rss/feed",
        "/rss/feed/",
        "/rss2",
        "/rss2.xml",
        "/index.xml",
        "/index.rss",
        "/blog.rss",
    ),
    "/atom.xml": (
        "/atom",
        "/atom/",
        "/atom.xml/",
        "/atom/feed",
        "/feed/atom",
        "/feed/atom/",
        "/feed.atom",
        "/index.atom",
        "/feeds/posts/default",
    ),
    "/feed.json": (
        "/feed.json/",
        "/feed/json",
        "/feed/json/",
        "/json",
        "/jsonfeed",
        "/index.json",
    ),
    "/": ("/index.html", "/index.htm"),
}

REDIRECTS: Mapping[str, str] = MappingProxyType(
    {guess: target for target, guesses in _GUESSES.items() for guess in guesses}
)
"""Guess -> path on this site. WordPress, Hugo, Jekyll, Blogger and Ghost taught people most of them."""


def redirect_key(target: str) -> str:
    """The key of a redirect to an absolute URL."""
    return key("redirect", target)
