"""Verification: each feed that was just written is parsed as a reader would, and must hold the ids that it should.

That is done with each entry once, when it is written, and with the frame of each feed: a whole element within a
whole element is a whole one (XML 1.0, section 3.1). Neither a fault of a library nor of ours may reach a reader as
broken XML or as a feed with other ids: that cannot be taken back.
"""

import json
from collections.abc import Callable, Sequence

from lxml import etree

from feedsvc.core.errors import InvalidFeedError

Ids = Callable[[bytes], tuple[str, ...]]
"""Gives the ids of a feed's entries in their order. Raises ValueError, KeyError or
TypeError where the bytes are no such feed."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_REMEDY = "hold back the articles with these ids for now (draft: true), and please report this fault of feedsvc"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def verify(path: str, content: bytes, ids: Ids, expected: Sequence[str]) -> None:
    """See to it that a feed, which ``path`` names, parses and holds the ``expected`` ids, in their order.

    Raises:
        InvalidFeedError: It does not; the message names the ids concerned.
    """
    try:
        found = ids(content)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidFeedError(f"{path} came out broken ({error})", _REMEDY) from error
    if found != tuple(expected):
        differing = sorted({*found} ^ {*expected}) or ["the same ids in another order"]
        raise InvalidFeedError(f"{path} holds other entries than it should ({', '.join(differing[:5])})", _REMEDY)


def prefixes(content: bytes) -> frozenset[str]:
    """The prefixes of the namespaces that the root of an XML document declares."""
    return frozenset(prefix for prefix in etree.fromstring(content, _PARSER).nsmap if prefix)


def rss_ids(content: bytes) -> tuple[str, ...]:
    """The guids of an RSS feed's items."""
    return tuple(item.findtext("guid", "") for item in _parsed(content, "rss").iterfind("channel/item"))


def atom_ids(content: bytes) -> tuple[str, ...]:
    """The ids of an Atom feed's entries."""
    root = _parsed(content, f"{_ATOM}feed")
    return tuple(entry.findtext(f"{_ATOM}id", "") for entry in root.iterfind(f"{_ATOM}entry"))


def json_ids(content: bytes) -> tuple[str, ...]:
    """The ids of a JSON Feed's items."""
    return tuple(item["id"] for item in json.loads(content)["items"])


def _parsed(content: bytes, root: str) -> etree._Element:
    try:
        found = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if found.tag != root:
        raise ValueError(f"its root is {found.tag}")
    return found
