"""Sanitising: HTML from any source made safe to publish, in one pass, with every URL absolute.

nh3 parses as browsers do, so that what it lets through means in a browser what it means here. Only the tags
of :data:`TAGS` with their :data:`ATTRIBUTES` stay; of another tag the words stay, unless :data:`DROPPED` has it.
"""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from html import escape
from types import MappingProxyType

import nh3

from feedsvc.articles.body import embeds
from feedsvc.articles.body.fallbacks import FALLBACKS, with_fallbacks
from feedsvc.articles.body.media import load_lazy_images
from feedsvc.articles.markup.plain_words import join_wrapped_html
from feedsvc.articles.problems import Losses
from feedsvc.articles.source.decoding import clean_text

_HTML = """
    a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd li mark
    ol p picture pre q rb rp rt ruby s samp section small source span strong sub summary sup table tbody td
    tfoot th thead time tr track u ul var video wbr
"""
_MATHML = """
    annotation math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics
"""
"""MathML Core, section 3, with two of MathML 3 that carry signs. None of them loads or runs anything."""
_UNWANTED = "annotation-xml script style svg template select textarea noembed noframes title"

TAGS = frozenset((_HTML + _MATHML).split())
DROPPED = frozenset(_UNWANTED.split())
"""Dropped with all that is in them; of any other tag that is not listed the words stay."""

ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        tag: frozenset(names.split())
        for tag, names in {
            "*": "dir id lang title",
            "a": "href hreflang type",
            "annotation": "encoding",
            "audio": "loop muted preload src",
            "blockquote": "cite",
            "code": "class",
            "col": "span",
            "colgroup": "span",
            "data": "value",
            "del": "cite datetime",
            "details": "open",
            "iframe": "height src width",
            "img": "alt height sizes src srcset width",
            "ins": "cite datetime",
            "li": "value",
            "math": "alttext display displaystyle",
            "menclose": "notation",
            "mfenced": "close open separators",
            "mfrac": "displaystyle linethickness",
            "mi": "mathvariant",
            "mmultiscripts": "displaystyle scriptlevel",
            "mo": "accent fence form largeop lspace maxsize minsize movablelimits rspace separator stretchy",
            "mover": "accent",
            "mpadded": "depth height lspace voffset width",
            "mspace": "depth height width",
            "mstyle": "displaystyle scriptlevel",
            "mtable": "columnalign columnspacing displaystyle rowspacing",
            "mtd": "columnalign columnspan rowspan",
            "munder": "accentunder",
            "munderover": "accent accentunder",
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
)

ADDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Without controls a player cannot be started where there is no script.
        "audio": {"controls": ""},
        "video": {"controls": ""},
    }
)
"""Set on each such tag, whatever was written."""


_OTHERS = """
    base basefont bgsound big blink body button center datalist dialog dir fieldset font frameset head hgroup
    html image keygen label legend link listing main map marquee menu meta nav nobr noscript optgroup option
    output param plaintext rtc search slot spacer strike tt xmp
"""
_ELEMENTS = TAGS | DROPPED | FALLBACKS.keys() | frozenset(_OTHERS.split())
"""The names of HTML, old ones too."""
_TAG = re.compile(r"<([a-z][a-z0-9]*)(?:\s[^<>=/]*)?>", re.IGNORECASE)
"""A tag without values, as ``<String>`` and ``<your name>`` look like one."""

Absolute = Callable[[str], str | None]
"""Takes a URL reference as written; gives the URL to publish, or None to leave the attribute out."""

_URLS = frozenset({"cite", "href", "poster", "src"})
_SCHEMES = frozenset({"data", "http", "https", "link", "mailto", "tel"})
"""Schemes of the URLs that are made absolute. A ``data:`` URL becomes a file or is refused; one of ``link:``,
by which Nikola names its own pages, becomes the page's."""
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)(?:\s+([^,]*))?,?")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wx]")
_LANGUAGE = re.compile(r"lang(?:uage)?-[\w.+#-]+")
_NOSCRIPT = re.compile(r"</?noscript\b[^<>]*>", re.IGNORECASE)
_SIGNS = ("data-", "noscript")
"""In lower case; without one of these there is no lazy image and no picture for those without scripts."""
_NO_PICTURE = re.compile(r"<img(?! [^<>]*\bsrc(?:set)?=)((?: [a-z]+=\"[^\"<>]*\")*)>")
"""The rest of a picture whose address was refused."""
_PLAYER = re.compile(r"<(audio|video)((?:[^<>\"]|\"[^\"]*\")*)>(.*?)</\1>", re.DOTALL)
_ALT = re.compile(r" alt=\"([^\"]*)\"")
_PRE = re.compile(r"<pre(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>\n")

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][^\s/<>]*)(?:[^<>\"'/]++|/(?!>)|\"[^\"]*\"|'[^']*'|(?!))*+(/?)", re.DOTALL
)
_ENDLESS = re.compile(r"<[A-Za-z](?:[^\s<>]*+\s){2000}")
"""A tag with thousands of attributes, each of which the parser compares with all before it."""
_LEAVES = """
    area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td tfoot th
    thead tr track wbr
"""
_FLAT = frozenset(_LEAVES.split())
"""Tags that hold nothing, or that the next of their kind closes."""
_FOREIGN = ("svg", "math")
"""Within them a tag that ends with a slash holds nothing (HTML, section 13.2.6.5)."""
_HTML_WITHIN = ("foreignobject", "desc", "title", "mi", "mn", "mo", "ms", "mtext", "annotation-xml")
"""Within these, which stand in the former, it is a tag of HTML again, where that slash means nothing (the same,
"integration points")."""
_BREAKOUT = """
    b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var font
"""
_ENDS_FOREIGN = frozenset(_BREAKOUT.split())
"""Tags that end a drawing or formula in which they begin."""
_DEEP = 200
"""How deep tags may nest; libxml2 ends at 256, and browsers at 512."""
_WIDE = 5_000_000
"""The limit of depth times number of tags: a tag that is never closed is repeated in each that follows."""


def clean(html: str, absolute: Absolute, frame_hosts: Collection[str] = (), losses: Losses | None = None) -> str:
    """Sanitise ``html``.

    Args:
        html: Any HTML, broken or hostile.
        absolute: Makes each URL absolute; what it raises is raised from here.
        frame_hosts: Whose frames stay; any other becomes a link.
        losses: Takes what is left out without a fallback.

    Returns:
        A fragment with only listed tags and attributes, its tags balanced, without characters that XML
        forbids. Cleaning it again changes nothing.
    """
    written = clean_text(html)
    folded = written.lower()
    if any(sign in folded for sign in _SIGNS):
        written = _NOSCRIPT.sub("", load_lazy_images(written))
        folded = written.lower()
    written = with_placeholders(with_fallbacks(written, folded, Losses() if losses is None else losses))
    if "<object" in folded or "<embed" in folded:
        written = embeds.replace_objects(written)
    return embeds.replace_frames(_tidy(_SANITISER.clean(written, absolute)), frame_hosts)


def with_placeholders(html: str) -> str:
    """``html`` with each tag that no element has and nothing ends, such as ``<name>``, as the words that it is."""
    names = {name.lower() for name in _TAG.findall(html)} - _ELEMENTS
    odd = {name for name in names if f"</{name}" not in html.lower()} if names else names
    return _TAG.sub(lambda tag: escape(tag[0]) if tag[1].lower() in odd else tag[0], html) if odd else html


class _Sanitiser(threading.local):
    """A cleaner to use again: to make one costs as much as to clean a short article. Each thread has its own."""

    def __init__(self) -> None:
        self._absolute: Absolute = str
        self._faults: list[Exception] = []
        self._cleaner = nh3.Cleaner(
            tags=TAGS,
            clean_content_tags=DROPPED,
            attributes=dict(ATTRIBUTES),
            attribute_filter=self._keep,
            link_rel=None,
            set_tag_attribute_values=dict(ADDED),
            url_schemes=_SCHEMES,
        )

    def clean(self, html: str, absolute: Absolute) -> str:
        """The part of ``html`` that is allowed. An exception of ``absolute`` is raised from here."""
        self._absolute, self._faults = absolute, []
        cleaned = self._cleaner.clean(html)
        if self._faults:
            raise self._faults[0]
        return cleaned

    def _keep(self, _tag: str, name: str, value: str) -> str | None:
        try:
            return _attribute(name, value, self._absolute)
        except Exception as fault:  # noqa: BLE001  nh3 would print and swallow it; it is raised above
            self._faults.append(fault)
            return None


_SANITISER = _Sanitiser()


def is_tangled(html: str) -> bool:
    """Whether the tags of ``html`` nest so deep that parsers would need minutes, or gigabytes, for them.

    A rough and fast count, before a parser reads them.
    """
    if _ENDLESS.search(html):
        return True
    if html.count("<") <= _DEEP:
        return False
    tags = _TOKEN.findall(html)
    deepest = _depth((slash, tag.lower(), empty) for slash, tag, empty in tags if tag)
    return deepest > _DEEP or deepest * len(tags) > _WIDE


def _depth(tags: Iterable[tuple[str, str, str]]) -> int:
    """How deep ``tags`` nest: for each whether it is an end tag, its name, and whether it ends with a slash."""
    depth = deepest = 0
    open_tags: dict[str, int] = {}
    for slash, name, empty in tags:
        if not slash and _is_foreign(open_tags):
            if name in _ENDS_FOREIGN:
                depth -= sum(open_tags.pop(each, 0) for each in _FOREIGN)
            elif empty:
                continue
        if name in _FLAT:
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
    return deepest


def _is_foreign(open_tags: Mapping[str, int]) -> bool:
    """Whether the next tag would stand in a drawing or formula, and not in a piece of HTML within it."""
    inside = open_tags.get("svg") or open_tags.get("math")
    return bool(inside) and not any(open_tags.get(each) for each in _HTML_WITHIN)


def _words_of_picture(picture: re.Match[str]) -> str:
    words = _ALT.search(picture[1])
    return words[1].replace("&quot;", '"').replace("<", "&lt;").replace(">", "&gt;") if words else ""


def _words_of_player(player: re.Match[str]) -> str:
    """The content of a player that has no file to play; the player itself if it has one."""
    return player[0] if ' src="' in player[2] or "<source" in player[3] else player[3]


def _attribute(name: str, value: str, absolute: Absolute) -> str | None:
    if name in _URLS:
        url = absolute(value)
        return None if url is None or url[:5].lower() == "data:" else url
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
        if url is None or url[:5].lower() == "data:":
            continue
        kept.append(f"{url} {descriptor}" if _DESCRIPTOR.fullmatch(descriptor) else url)
    return ", ".join(kept) or None


def _tidy(html: str) -> str:
    """The rest of the cleaning: a return written as ``&#13;``, and the line break that opens a ``<pre>``."""
    text = clean_text(html)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<img" in text:
        text = _NO_PICTURE.sub(_words_of_picture, text)
    if "<audio" in text or "<video" in text:
        text = _PLAYER.sub(_words_of_player, text)
    text = _PRE.sub(lambda opening: f"{opening[0]}\n", text) if "<pre" in text else text
    return join_wrapped_html(text)
