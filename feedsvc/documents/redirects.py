"""The addresses that lead elsewhere: those people and readers try for a feed, and an article's former ones."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from feedsvc.articles.record import Record

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

_OPERATORS = frozenset({"admin", "api", "healthz", "hub", "metrics", "readyz", "websub"})
"""First path segments that answer machines and operators; no article may lead them elsewhere."""


def former_paths(record: Record) -> Iterator[str]:
    """The other addresses of an article: the pages it had, and the aliases of its header.

    An alias counts with and without a slash at its end, since other programs wrote it either way.
    """
    yield from record.former
    for alias in record.article.aliases:
        path = alias.rstrip("/")
        if path and path.split("/", 2)[1] not in _OPERATORS:
            yield path
            yield f"{path}/"
