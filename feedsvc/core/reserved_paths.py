"""Reserved paths: URL paths that belong to the site itself, so that no article or channel gets one."""

RESERVED = frozenset(
    {
        *("404", "admin", "api", "archive", "assets", "atom", "authors", "favicon", "feed", "feeds", "healthz"),
        *("hub", "index", "json", "jsonfeed", "media", "metrics", "opml", "private", "readyz", "robots", "rss"),
        *("rss2", "search", "sitemap", "static", "style", "tags", "websub"),
    }
)
"""First segments of paths that the site uses now or may use later; the page of no article begins with one."""

_PAGES = frozenset({"html", "htm", "php", "asp", "aspx"})
"""Suffixes of pages. Such a page is the site's own only at the top, as ``index`` or ``404``."""

HUB = "/hub"
"""Where the site's own WebSub hub takes subscriptions."""

MEDIA = "/media/"
"""The path below which media files lie. Each URL contains a digest of its bytes, so caches may keep it for
ever."""


def is_reserved(path: str) -> bool:
    """Whether no article may have the page ``path``, a URL path with a leading slash, decoded.

    Files count by their names without suffixes: ``/rss.xml`` is the site's own, ``/search.html`` is not.
    """
    first, _, rest = path[1:].partition("/")
    stem, _, suffix = first.partition(".")
    if not first or first.startswith("."):
        return True
    if rest or not suffix:
        return first in RESERVED
    return stem in {"404", "index"} if suffix.lower() in _PAGES else stem in RESERVED


ROBOTS, SITEMAP = "/robots.txt", "/sitemap.xml"
"""The files for crawlers at the root of every site."""
