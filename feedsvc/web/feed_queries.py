"""Queries that ask for a feed, as those of WordPress without permalinks do: ``/?feed=rss2``."""

from urllib.parse import parse_qs

FEED_QUERY = b"feed="
"""The parameter in each query that asks for a feed (:func:`path_meant`)."""
_FORMATS_ASKED = {"rss": "rss", "rss2": "rss2", "rdf": "rdf", "atom": "atom", "json": "json", "feed": "rss2"}
_MOST_FIELDS = 10


def path_meant(path: str, query: bytes) -> str | None:
    """The address without a query that a feed of WordPress without permalinks has, such as ``/?feed=rss2&tag=x``.

    None where the query asks for no feed, or for one of what has no name in it, such as a category by its number.
    """
    if FEED_QUERY not in query:
        return None
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    form = _FORMATS_ASKED.get(asked.pop("feed", [""])[0])
    if form is None or not asked.keys().isdisjoint({"cat", "author", "p", "page_id", "s", "m"}):
        return None
    named = {"tag": "tag", "category_name": "category", "author_name": "author"}
    folder = next((f"/{base}/{asked[key][0]}/" for key, base in named.items() if key in asked), f"{path}/")
    return f"/{folder.strip('/')}/feed/{form}".replace("//", "/")
