"""Reserved paths: URL paths that belong to the site itself, so that no article or channel gets one."""

RESERVED = frozenset(
    {
        *("404", "admin", "api", "archive", "assets", "atom", "authors", "favicon", "feed", "feeds", "healthz"),
        *("hub", "index", "json", "jsonfeed", "media", "metrics", "opml", "private", "readyz", "robots", "rss"),
        *("rss2", "search", "sitemap", "static", "style", "tags", "websub"),
    }
)
"""First segments of paths that the site uses now or may use later; the page of no article begins with one."""

MEDIA = "/media/"
"""The path below which media files lie. Each URL contains a digest of its bytes, so caches may keep it for
ever."""
