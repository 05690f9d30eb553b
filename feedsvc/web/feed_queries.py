"""Queries that ask for a feed, of WordPress without permalinks (``/?feed=rss2``), Squarespace and Blogger."""

import re
from urllib.parse import parse_qs

_PARAMETER = re.compile(rb"(?:feed|format|alt)=")
_WORDPRESS = {"rss": "rss", "rss2": "rss2", "rdf": "rdf", "atom": "atom", "json": "json", "feed": "rss2"}
_NAMED = {"tag": "tag", "category_name": "category", "category": "category", "author_name": "author"}
"""The parameter that names a channel, to the folder that WordPress's permalinks have for it."""
_NUMBERED = frozenset({"cat", "author", "p", "page_id", "s", "m"})
_BLOGGER = re.compile(r"/feeds/posts/default(?:/-/([^/]+))?/?")
_MOST_FIELDS = 10


def may_ask_for_feed(query: bytes) -> bool:
    """Whether a query, or an address with one, has a parameter of those that ask for a feed."""
    return _PARAMETER.search(query) is not None


def path_meant(path: str, query: bytes) -> str | None:
    """The address without a query that is the same feed, as WordPress's permalinks have it.

    WordPress has ``/?feed=rss2&tag=x``, Squarespace ``/blog?format=rss`` (also with ``tag`` and ``category``), and
    Blogger ``/feeds/posts/default?alt=rss``, which without the query is Atom.

    Returns:
        None where the query asks for no feed, or names what is meant by a number, such as ``cat=3``.
    """
    if not may_ask_for_feed(query):
        return None
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    first = {name: values[0] for name, values in asked.items()}
    if first.get("alt") == "rss" and (blogger := _BLOGGER.fullmatch(path)):
        return "/feed" if blogger[1] is None else f"/tag/{blogger[1]}/feed"
    form = _WORDPRESS.get(first.pop("feed", ""))
    if form is None and first.get("format") != "rss":
        return None
    if not first.keys().isdisjoint(_NUMBERED):
        return None
    folder = next((f"{base}/{first[name]}" for name, base in _NAMED.items() if name in first), path.strip("/"))
    return "/".join(["", *filter(None, (folder.strip("/"), "feed", form))])
