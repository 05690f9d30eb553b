"""Attempts to smuggle something active into a body, by name; and what finds it if one succeeds."""

import re
from collections.abc import Iterator

from repository import DATA
from selectolax.lexbor import LexborHTMLParser, LexborNode

_FILE = DATA / "injections.txt"
"""One a line, ``name | attempt``."""
_SIGNS = {
    "scheme split by a null": '<a href="java\0script:alert(1)">x</a>',
    "scheme after a null": '<a href="\0javascript:alert(1)">x</a>',
    "scheme split by a line": '<a href="java\nscript:alert(1)">x</a>',
    "scheme split by a tab": '<a href="java\tscript:alert(1)">x</a>',
    "tag with a null": "<scr\0ipt>alert(1)</scr\0ipt>",
    "tag with a vertical tab": "<img\x0bsrc=x\x0bonerror=alert(1)>",
    "tag with a form feed": "<img\x0csrc=x\x0conerror=alert(1)>",
    "handler across lines": "<img\nsrc=x\nonerror\n=\nalert(1)>",
    "handler after a no-break space": "<p\xa0onclick=alert(1)>x",
    "script across lines": "<script\n>alert(1)</script\n>",
    "scheme with a soft hyphen": '<a href="java\xadscript:alert(1)">x</a>',
    "scheme with a zero-width space": '<a href="\u200bjavascript:alert(1)">x</a>',
    "scheme with a mark": '<a href="\ufeffjavascript:alert(1)">x</a>',
    "a fence that is never closed": "```\n<b>\n~~~\n\n</code></pre><script>alert(1)</script>",
    "a list with a handler": "- <p onclick=alert(1)>\n  x\n",
    "a reference with a scheme": "[x]\n\n[x]: java\tscript:alert(1)",
    "a reference with a handler": '[x]\n\n[x]: x "\\" onmouseover=alert(1) x=\\""',
}

INJECTIONS = {
    name: attempt for name, _, attempt in (line.partition(" | ") for line in _FILE.read_text("utf-8").splitlines())
} | _SIGNS

_RUNNING = """
    applet area base bgsound button dialog embed fencedframe form frame frameset input isindex
    keygen link maction map marquee meta noscript object option param plaintext portal script select style svg
    template textarea title xmp annotation-xml mglyph malignmark foreignobject animate set use
"""
_OBEYED = """
    action allow autofocus background code codebase contenteditable data download dynsrc form formaction
    http-equiv longdesc lowsrc manifest name ping popover srcdoc style tabindex target usemap xlink:href xml:base
"""
_TAGS = frozenset(_RUNNING.split())
_ATTRIBUTES = frozenset(_OBEYED.split())
_ADDRESSES = frozenset({"cite", "href", "poster", "src", "srcset"})
_SAFE = re.compile(r"https?://|mailto:|tel:|#")
_FRAME = re.compile(r"https://www\.youtube\.com/")
_SANDBOX = "allow-scripts allow-same-origin allow-popups allow-presentation"


def active_parts(body: str) -> Iterator[str]:
    """What a browser would run, load or obey in ``body``, by a parser that had no part in cleaning it."""
    root = LexborHTMLParser(f"<body>{body}").body
    if root is None or root.parent is None:
        yield "no body"
        return
    for head in root.parent.css("head > *"):
        yield f"<{head.tag}> in the head"
    yield from (f"{name} of the body" for name in root.attributes)
    for element in root.traverse(include_text=False):
        if element.tag != "body":
            yield from _faults(element)


def _faults(element: LexborNode) -> Iterator[str]:
    tag = (element.tag or "").lower()
    if tag in _TAGS or ":" in tag:
        yield f"<{tag}>"
    for name, value in element.attributes.items():
        if name.startswith("on") or name in _ATTRIBUTES:
            yield f"{name} of <{tag}>"
        if name in _ADDRESSES and not all(_SAFE.match(part) for part in (value or "").split(", ")):
            yield f"{name}={value!r} of <{tag}>"
    if tag == "iframe" and not (
        _FRAME.match(element.attributes.get("src") or "") and element.attributes.get("sandbox") == _SANDBOX
    ):
        yield f"a frame: {element.attributes}"
