"""The allow-list: which tags and attributes a body may hold. What is not listed here does not come through.

Besides what feed readers show of HTML it lists the presentation elements of MathML Core, which readers that do not
know them show as their words.
"""

from collections.abc import Mapping
from types import MappingProxyType

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
