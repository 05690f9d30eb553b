"""The body: HTML from any source made safe to publish, in one pass, with every URL absolute.

nh3 parses as browsers do, so that what it lets through means in a browser what it means here. Only what is
listed below is kept; the words of a tag that is not listed stay, except of those in ``_DROPPED``.
"""

import re
from collections.abc import Callable

import nh3

from feedsvc.articles.decode import clean_text

Absolute = Callable[[str], str | None]
"""Takes a URL reference as written; gives the URL to publish, or None to leave the attribute out."""

_LISTED = """
    a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p
    picture pre q rb rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot
    th thead time tr track u ul var video wbr
"""
_UNWANTED = "script style iframe object embed svg template select textarea noembed noframes title"
_TAGS = frozenset(_LISTED.split())
_DROPPED = frozenset(_UNWANTED.split())
"""Dropped with all that is in them."""

_ATTRIBUTES = {
    tag: frozenset(names.split())
    for tag, names in {
        "*": "dir id lang title",
        "a": "href hreflang type",
        "audio": "loop muted preload src",
        "blockquote": "cite",
        "code": "class",
        "col": "span",
        "colgroup": "span",
        "data": "value",
        "del": "cite datetime",
        "details": "open",
        "img": "alt height sizes src srcset width",
        "ins": "cite datetime",
        "li": "value",
        "ol": "reversed start type",
        "pre": "class",
        "q": "cite",
        "source": "height media sizes src srcset type width",
        "td": "align colspan headers rowspan",
        "th": "abbr align colspan headers rowspan scope",
        "time": "datetime",
        "track": "default kind label src srclang",
        "video": "height loop muted playsinline poster preload src width",
    }.items()
}
_ADDED = {"audio": {"controls": ""}, "video": {"controls": ""}}
"""Without controls a player cannot be started where there is no script."""

_URLS = frozenset({"cite", "href", "poster", "src"})
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)(?:\s+([^,]*))?,?")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wx]")
_LANGUAGE = re.compile(r"lang(?:uage)?-[\w.+#-]+")
_NOSCRIPT = re.compile(r"</?noscript\b[^<>]*>", re.IGNORECASE)
_PRE = re.compile(r"(<pre(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>)\n")

_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][^\s/<>]*)(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+", re.DOTALL)
_ENDLESS = re.compile(r"<[A-Za-z](?:[^\s<>]*+\s){2000}")
"""A tag with thousands of attributes, each of which the parser compares with all before it."""
_LEAVES = """
    area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td tfoot th
    thead tr track wbr
"""
_FLAT = frozenset(_LEAVES.split())
"""Tags that hold nothing, or that the next of their kind closes."""
_DEEP = 200
"""How deep tags may nest; libxml2 ends at 256, and browsers at 512."""
_WIDE = 5_000_000
"""What depth times number of tags may come to: a tag that is never closed is repeated in each that follows."""


def clean(html: str, absolute: Absolute) -> str:
    """Sanitise ``html``.

    Args:
        html: Any HTML, broken or hostile.
        absolute: Makes each URL absolute; what it raises is raised from here.

    Returns:
        A fragment with only listed tags and attributes, its tags balanced, without characters that XML
        forbids. Cleaning it again changes nothing.
    """
    faults: list[Exception] = []

    def keep(_tag: str, name: str, value: str) -> str | None:
        try:
            return _attribute(name, value, absolute)
        except Exception as fault:  # noqa: BLE001  nh3 would print and swallow it; it is raised below
            faults.append(fault)
            return None

    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        link_rel=None,
        set_tag_attribute_values=_ADDED,
        url_schemes=_SCHEMES,
    )
    cleaned = cleaner.clean(_NOSCRIPT.sub("", clean_text(html)))
    if faults:
        raise faults[0]
    return _tidy(cleaned)


def is_tangled(html: str) -> bool:
    """Whether the tags of ``html`` nest so deep that parsers would need minutes, or gigabytes, for them.

    Seen roughly and fast, before any parser is asked.
    """
    if _ENDLESS.search(html):
        return True
    if html.count("<") <= _DEEP:
        return False
    depth = deepest = 0
    tags = _TOKEN.findall(html)
    open_tags: dict[str, int] = {}
    for slash, tag in tags:
        name = tag.lower()
        if not name or name in _FLAT:
            continue
        count = open_tags.get(name, 0)
        if not slash:
            open_tags[name] = count + 1
            depth += 1
            deepest = max(deepest, depth)
        elif count:
            open_tags[name] = count - 1
            depth -= 1
            if name == "ruby":  # closes the readings in it
                depth -= open_tags.pop("rt", 0) + open_tags.pop("rp", 0)
    return deepest > _DEEP or deepest * len(tags) > _WIDE


def _attribute(name: str, value: str, absolute: Absolute) -> str | None:
    if name in _URLS:
        return absolute(value)
    if name == "srcset":
        return _srcset(value, absolute)
    if name == "class":
        return " ".join(_LANGUAGE.findall(value)) or None
    return value


def _srcset(value: str, absolute: Absolute) -> str | None:
    """Each image candidate with its URL absolute (HTML, section 4.8.4.2.1)."""
    kept = []
    for found in _CANDIDATE.finditer(value.strip(", \t\n")):
        url = absolute(found[1].rstrip(","))
        descriptor = (found[2] or "").strip()
        if url is None:
            continue
        kept.append(f"{url} {descriptor}" if _DESCRIPTOR.fullmatch(descriptor) else url)
    return ", ".join(kept) or None


def _tidy(html: str) -> str:
    """What nh3 leaves to do: a carriage return written as ``&#13;``, and the line break that opens a ``<pre>``."""
    text = clean_text(html).replace("\r\n", "\n").replace("\r", "\n")
    return _PRE.sub("\\1\n\n", text)
