"""Plain words: text without its Markdown and HTML, as one line, in whatever script it is written.

In a line as people type it, such as a title (:func:`without_markup`), a sign counts as markup only where it is
complete and stands where writers put it: pairs of tags with the names of HTML's inline elements, entities that
exist, emphasis around whole words. So ``AT&T <3 C++``, ``snake_case`` and ``List<String>`` stay as they were.
Han and kana of wrapped lines are joined without blanks.
"""

import html
import re
from html.entities import html5

from feedsvc.articles.source.decoding import clean_text

_UNSEEN = re.compile(
    r"<(rp|rt)>.*?</\1>"
    r"|<annotation\b[^>]*>.*?</annotation>"
    r"|<sup\b[^>]*>\s*<a\b[^>]*\bhref=\"#[^>]*>[^<]*</a>\s*</sup>"
    r"|<a\b[^>]*\bhref=\"#[^>]*>\s*<sup\b[^>]*>[^<]*</sup>\s*</a>",
    re.DOTALL,
)
"""What an excerpt leaves out: readings beside ruby text and the source of a formula would double the words, and
the number of a footnote leads nowhere without it."""
_TAG = re.compile(
    r"<(?:/?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|ruby|rb|s|samp|small|span|strong|sub|sup|time|u"
    r"|var|wbr)\b|())(?:[^<>\"]++|\"[^\"]*\"|(?!))*+>"
)
"""A tag as nh3 writes it: values in double quotes, where a ``>`` may stand. Only an inline one has no group."""
_UNBREAKABLE = re.compile("[\u00a0\u2007\u202f]")
"""Blanks that hold words together, such as a number and its unit (Unicode Standard Annex 14, class GL)."""
_BLANKS = re.compile("[^\\S\u00a0\u2007\u202f]+")
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


def plain_text(markup: str) -> str:
    """The words of clean HTML as one line; tags that are not inline separate words."""
    text = _TAG.sub(lambda tag: " " if tag.lastindex else "", _UNSEEN.sub("", markup))
    return one_line(html.unescape(text))


def one_line(text: str) -> str:
    """The text without line breaks, doubled blanks, and what XML forbids.

    Han and kana join without a blank; blanks at which no line breaks stay.
    """
    if text.isascii() and text.replace("\n", " ").isprintable():  # as most are
        return " ".join(text.split())
    clean = join_wrapped(clean_text(text))
    if not _UNBREAKABLE.search(clean):
        return " ".join(clean.split())
    return _BLANKS.sub(" ", clean.strip())


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


_WIDE = (
    "\u2e80-\u2fdf\u2ff0-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
"""Han, kana, Bopomofo and their punctuation. Hangul is none of them: Korean has spaces between its words."""
_TAGS = "a|abbr|b|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|u"
_TAGS_OF_WORDS = rf"(?:</?(?:{_TAGS})\b[^<>]{{0,400}}>){{0,8}}"
_BREAK = re.compile(rf"\n(?<=[{_WIDE}]\n)[ \t]*(?=[{_WIDE}])")
_BREAK_IN_HTML = re.compile(rf"\n[ \t]*(?={_TAGS_OF_WORDS}[{_WIDE}])")
_WIDE_SIGN = re.compile(f"[{_WIDE}]")
_ENDS_WIDE = re.compile(rf"[{_WIDE}]{_TAGS_OF_WORDS}\Z")
_LOOK_BACK = 500
"""In characters; how much of the markup before a line break is looked at."""
_AS_WRITTEN = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)


def join_wrapped(text: str) -> str:
    """``text`` without the line breaks between Han or kana, for which no blank stands (CSS Text 4, 4.1.3)."""
    return text if text.isascii() or "\n" not in text else _BREAK.sub("", text)


def join_wrapped_html(markup: str) -> str:
    """The same for clean HTML: what stands in ``<pre>`` stays, and tags of words may stand at the break."""
    if markup.isascii() or "\n" not in markup or not _BREAK_IN_HTML.search(markup):
        return markup
    parts = _AS_WRITTEN.split(markup) if "<pre" in markup else [markup]
    return "".join(part if part.startswith("<pre") else _BREAK_IN_HTML.sub(_joined, part) for part in parts)


def _joined(found: re.Match[str]) -> str:
    if _WIDE_SIGN.match(found.string, found.start() - 1):
        return ""
    before = found.string[max(0, found.start() - _LOOK_BACK) : found.start()]
    if not before.endswith(">"):
        return found[0]
    return "" if _ENDS_WIDE.search(before) else found[0]
