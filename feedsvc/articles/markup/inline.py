"""Removing Markdown and HTML from one line of text, such as a title; what only looks like markup stays.

A sign counts as markup only where it is complete and stands where writers put it: pairs of tags with the names
of HTML's inline elements, entities that exist, emphasis around whole words. So ``AT&T <3 C++``, ``snake_case``
and ``List<String>`` stay as they were written.
"""

import html
import re
from html.entities import html5

_SUSPECT = re.compile(r"[<&*_`~\[\\]")
_OF_PARTS = re.compile(r"[<&`\\]")
"""The signs of code, tags, references and escapes; a text with none of them is not searched for :data:`_PARTS`."""
_OF_NESTS = re.compile(r"[*_~\[]")
"""The signs of links and emphasis; a text with none of them is not searched for these."""
_PARTS = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?P<inside>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|&(?P<entity>\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|</?(?P<tag>[A-Za-z][A-Za-z0-9]*)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>",
    re.DOTALL,
)
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd"),
        *("mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"),
    }
)
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "center"})
_VOID = frozenset({"br", "img", "wbr", "hr"})
_OPENING, _CLOSING = "([\"'“‘«„", ")]\"'”’».,:;!?"
"""What may stand between a blank and a tag that a sentence speaks of; one that breaks a line stands at a word."""
_LINK = re.compile(
    r"(?<![\w\]\\])!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"']*[\"'])?\)"
)
_EMPHASIS = re.compile(
    r"(?<![\w*])(\*{1,3})(?![\s*])(?P<star>.+?)(?<![\s*])\1(?![\w*])"
    r"|(?<![\w_])(_{1,3})(?![\s_])(?P<line>.+?)(?<![\s_])\3(?![\w_])"
    r"|(?<![\w~])~~(?![\s~])(?P<gone>.+?)(?<![\s~])~~(?![\w~])",
    re.DOTALL,
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DEEPEST = 4
_LONGEST = 2_000
"""In characters. No title is longer, and pairs are looked for with the square of the length."""
_FIRST_KEPT = 0xF0000
"""Private use: where what was literal is put aside while emphasis is looked for."""


def without_markup(text: str) -> str:
    """The words of ``text`` as a reader would see them, entities decoded once; white space as it was."""
    if not _SUSPECT.search(text) or len(text) > _LONGEST:
        return text
    if max(text) >= chr(_FIRST_KEPT):
        return text
    kept: list[str] = []
    shown = text
    if _OF_PARTS.search(text):
        pairs = _pairs(text)
        shown = _PARTS.sub(lambda part: _set_aside(_literal(part, pairs), kept), text)
    for _ in range(_DEEPEST):
        before = shown
        shown = _EMPHASIS.sub(_inside, _LINK.sub(r"\1", shown) if "](" in shown else shown)
        if shown == before or not _OF_NESTS.search(shown):
            break
    if not kept:
        return shown
    return "".join(kept[ord(char) - _FIRST_KEPT] if ord(char) >= _FIRST_KEPT else char for char in shown)


def _pairs(text: str) -> frozenset[str]:
    """The names of tags that are both opened and closed in ``text``."""
    found = [(part["tag"].lower(), part[0][1] == "/") for part in _PARTS.finditer(text) if part["tag"]]
    opened = {name for name, closes in found if not closes}
    return frozenset(opened & {name for name, closes in found if closes})


def _literal(part: re.Match[str], pairs: frozenset[str]) -> str | None:
    """What is seen of a part; None where nothing is."""
    if part["code"]:
        return part["inside"].strip()
    if part["escaped"]:
        return part["escaped"]
    if entity := part["entity"]:
        known = entity[0] == "#" or f"{entity};" in html5
        return html.unescape(part[0]) if known else part[0]
    name = part["tag"].lower()
    if (name in _VOID and not _is_spoken_of(part)) or (name in pairs and name in _BLOCKS):
        return " " if name != "wbr" else None
    return None if name in pairs and name in _INLINE else part[0]


def _is_spoken_of(tag: re.Match[str]) -> bool:
    """Whether a tag without a partner is a word of the sentence, as in "The <img> element"."""
    before, after = tag.string[: tag.start()][-1:], tag.string[tag.end() :][:1]
    has_attributes = " " in tag[0].rstrip("/> ")
    return (
        not has_attributes and (before.isspace() or before in _OPENING) and (after.isspace() or after in _CLOSING)
    )


def _set_aside(text: str | None, kept: list[str]) -> str:
    """A sign that stands for ``text``, so that nothing in it is taken for markup."""
    if text is None or text == " ":
        return text or ""
    kept.append(text)
    return chr(_FIRST_KEPT + len(kept) - 1)


def _inside(found: re.Match[str]) -> str:
    """What stands between the signs; ``__init__`` is a name."""
    line = found["line"]
    if line and found[3] == "__" and _NAME.fullmatch(line):
        return found[0]
    return found["star"] or line or found["gone"]
