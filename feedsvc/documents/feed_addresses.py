"""The addresses at which other programs have their feeds: after a move readers go on asking for them for years.

An address without a name in it stands for the feed of the site. One with a name leads to the channel of that name,
if there is one: a tag, an author or a folder. Each leads to a format that the reader of the old feed understands.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from feedsvc.channels.kinds import author_path, tag_path

_RSS, _ATOM, _JSON = "rss.xml", "atom.xml", "feed.json"

ADDRESSES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "WordPress": {
            "/feed": _RSS,
            "/feed/rss": _RSS,
            "/feed/rss2": _RSS,
            "/feed/rdf": _RSS,
            "/feed/atom": _ATOM,
            "/feed/json": _JSON,
            "/wp-feed.php": _RSS,
            "/wp-rss.php": _RSS,
            "/wp-rss2.php": _RSS,
            "/wp-rdf.php": _RSS,
            "/wp-atom.php": _ATOM,
            "/category/{tag}/feed": _RSS,
            "/category/{tag}/feed/rss2": _RSS,
            "/category/{tag}/feed/atom": _ATOM,
            "/categories/{tag}/feed": _RSS,
            "/tag/{tag}/feed": _RSS,
            "/tag/{tag}/feed/rss2": _RSS,
            "/tag/{tag}/feed/atom": _ATOM,
            "/tags/{tag}/feed": _RSS,
            "/author/{author}/feed": _RSS,
            "/author/{author}/feed/rss2": _RSS,
            "/author/{author}/feed/atom": _ATOM,
            "/{folder}/feed": _RSS,
        },
        "Hugo": {
            "/index.xml": _RSS,
            "/index.rss": _RSS,
            "/index.json": _JSON,
            "/tags/{tag}/index.xml": _RSS,
            "/categories/{tag}/index.xml": _RSS,
            "/authors/{author}/index.xml": _RSS,
            "/{folder}/index.xml": _RSS,
        },
        "Jekyll": {
            "/feed.xml": _RSS,
            "/feed/{tag}.xml": _ATOM,
            "/feed/by_tag/{tag}.xml": _ATOM,
            "/blog/categories/{tag}/atom.xml": _ATOM,
        },
        "Ghost": {
            "/rss": _RSS,
            "/tag/{tag}/rss": _RSS,
            "/author/{author}/rss": _RSS,
            "/{folder}/rss": _RSS,
        },
        "Eleventy": {
            "/feed/feed.xml": _ATOM,
            "/feed/feed.json": _JSON,
            "/feed.json/": _JSON,
            "/{folder}/feed.xml": _ATOM,
        },
        "Pelican": {
            "/feeds": _RSS,
            "/feeds/all.atom.xml": _ATOM,
            "/feeds/all.rss.xml": _RSS,
            "/feeds/{tag}.atom.xml": _ATOM,
            "/feeds/{tag}.rss.xml": _RSS,
            "/feeds/{tag}.tag.atom.xml": _ATOM,
            "/feeds/{tag}.tag.rss.xml": _RSS,
        },
        "Blogger": {
            "/feeds/posts/default": _ATOM,
            "/feeds/posts/default/-/{tag}": _ATOM,
            "/atom": _ATOM,
        },
        "Hexo and Octopress": {
            "/categories/{tag}/atom.xml": _ATOM,
            "/tag/{tag}/atom.xml": _ATOM,
        },
        "Movable Type": {
            "/index.rdf": _RSS,
            "/index.atom": _ATOM,
        },
        "Tumblr": {
            "/tagged/{tag}/rss": _RSS,
        },
        "what people try": {
            "/feed.rss": _RSS,
            "/feed.atom": _ATOM,
            "/rss2": _RSS,
            "/rss2.xml": _RSS,
            "/rss/feed": _RSS,
            "/rss.xml/": _RSS,
            "/atom/feed": _ATOM,
            "/atom.xml/": _ATOM,
            "/blog.rss": _RSS,
            "/json": _JSON,
            "/jsonfeed": _JSON,
        },
    }
)
"""Program -> address -> the file of the feed. Where the address names no file, a slash may stand at its end."""


def _variants(address: str) -> tuple[str, ...]:
    is_file = "." in address.rpartition("/")[2]
    return (address,) if is_file or address.endswith("/") else (address, f"{address}/")


SITE_FEEDS: Mapping[str, str] = MappingProxyType(
    {
        variant: f"/{file}"
        for addresses in ADDRESSES.values()
        for address, file in addresses.items()
        if "{" not in address
        for variant in _variants(address)
    }
)
"""Address -> path, of those that stand for the whole site."""

_NAMES = {"tag": r"(?:[^/]+/)*?(?P<tag>[^/]+)", "author": r"(?P<author>[^/]+)", "folder": r"(?P<folder>.+)"}
"""A category within others, as WordPress has them, is known by its own name."""
_PATTERNS = tuple(
    (re.compile(re.sub(r"\\\{(\w+)\\\}", lambda found: _NAMES[found[1]], re.escape(address)) + "/?"), file)
    for addresses in ADDRESSES.values()
    for address, file in addresses.items()
    if "{" in address
)
_POSTS = frozenset({"blog", "post", "posts"})
"""Folders that hold all posts in other programs: where no channel has the name, the site's feed is meant."""
_LONGEST = 512
"""Characters of the longest address that is compared with the patterns."""


def channel_feeds_meant(path: str) -> Iterator[tuple[str, str]]:
    """The channels, by path, of which an address of another program may be the feed, each with the feed's file.

    The caller takes the first that exists.
    """
    if len(path) > _LONGEST:
        return
    for pattern, file in _PATTERNS:
        if found := pattern.fullmatch(path):
            for kind, name in found.groupdict().items():
                yield from ((channel, file) for channel in _channels(kind, name))


def _channels(kind: str, name: str) -> Iterator[str]:
    """The paths that a channel of that name may have. Categories of other programs are tags, or were folders."""
    if kind == "author":
        yield from (author_path(name), f"/authors/{name}/")
    if kind == "tag":
        yield from (tag_path(name), f"/tags/{name}/")
    if kind in {"folder", "tag"}:
        yield f"/{name}/"
    if kind == "folder" and name in _POSTS:
        yield "/"
