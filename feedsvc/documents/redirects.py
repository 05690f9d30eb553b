"""The addresses that lead elsewhere: those people and readers try for a feed, and an article's former ones."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.fingerprints import key
from feedsvc.documents.model import DocumentSpec

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


def redirect_key(target: str) -> str:
    """The key of a redirect to an absolute URL."""
    return key("redirect", target)


def idle_aliases(site: Site, specs: Iterable[DocumentSpec], public: Iterable[Record]) -> Iterator[Problem]:
    """A warning for each alias of a public article under which something else answers, or nothing.

    Args:
        site: What the operator says about the whole site.
        specs: All that the site serves, each path once.
        public: Every article that is out.
    """
    asking = [record for record in public if record.article.aliases]
    served = {spec.path: spec.key for spec in specs} if asking else {}
    for record in asking:
        leads = redirect_key(site.url(record.page))
        for alias in record.article.aliases:
            if alias != record.page and served.get(alias) != leads:
                what = f'the alias "{alias}" has no effect, since that address is not free'
                remedy = "take it out of the header, or give up what has the address"
                yield Problem(record.article.path, None, what, remedy, "warning", of_site=True)


def former_paths(record: Record) -> Iterator[str]:
    """The other addresses of an article: the pages it had, and the aliases of its header.

    An alias counts with and without a slash at its end, since other programs wrote it either way.
    """
    yield from record.former_pages
    for alias in record.article.aliases:
        path = alias.rstrip("/")
        if path and path.split("/", 2)[1] not in _OPERATORS:
            yield path
            yield f"{path}/"
