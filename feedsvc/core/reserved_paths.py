"""Reserved names: paths that articles and channels leave to the site."""

RESERVED = frozenset(
    {
        *("404", "admin", "api", "archive", "assets", "atom", "authors", "favicon", "feed", "feeds", "healthz"),
        *("hub", "index", "json", "jsonfeed", "media", "metrics", "opml", "private", "readyz", "robots", "rss"),
        *("rss2", "search", "sitemap", "static", "style", "tags", "websub"),
    }
)
"""First path segments that are the site's own, or may become so; no article's page begins with one."""

MEDIA = "/media/"
"""Below it every address names the bytes it leads to, and may be kept for ever."""
