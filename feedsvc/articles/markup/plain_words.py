"""Plain words: text without its Markdown and HTML, as one line, and the excerpt that is an article's summary.

In a line as people type it, such as a title (:func:`without_markup`), a sign counts as markup only where it is
complete and stands where writers put it: pairs of tags with the names of HTML's inline elements, entities that
exist, emphasis around whole words. So ``AT&T <3 C++``, ``snake_case`` and ``List<String>`` stay as they were. In
scripts other than Latin, wrapped lines are joined without blanks, and no sign of several characters is cut.
"""

import html
import re
import unicodedata
from html.entities import html5

from feedsvc.articles.frontmatter.header import Header
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
    if not _SUSPECT.search(text) or len(text) > _LONGEST or max(text) >= chr(_FIRST_KEPT):
        return text
    kept: list[str] = []
    pairs = _pairs(text)
    shown = _PARTS.sub(lambda part: _set_aside(_literal(part, pairs), kept), text)
    for _ in range(_DEEPEST):
        shown = _EMPHASIS.sub(_inside, _LINK.sub(r"\1", shown))
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


LENGTH = 300
"""How long a summary is at most, in characters."""
_MARK = "<!--more-->"
_END_LINES = ("READMORE", ".. TEASER_END")
_PARAGRAPH = re.compile(r"<p(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>((?:[^<]++|<(?!/p>)|(?!))*+)</p>")
_BYLINE = re.compile(r"(?:By|BY|Von|Par|Por|Door|Di|Av|Af) \w[^.!?…:;]{1,60}|Text: \w[^.!?…:;]{1,60}")
_SENTENCE = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s)(?!\s+[a-zà-öø-ÿа-я])|[。！？]+[」』”’）]*")
_BOLD = re.compile(r"\s*<(strong|b)>[^<>]*</\1>\s*")
_ENDINGS = ".!?…。！？”’»"
_LONGEST_TITLE = 60
"""In characters."""
_SHORTEST = 20
"""Below this many characters a full stop more likely ends an abbreviation than a sentence."""
_JOINER = "\u200d"
_VIRAMA = 9
"""The canonical combining class of signs that join two consonants of an Indic script."""
_EXTENDING = re.compile("[\u200c\u200d\u0e33\u0eb3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Joiners, vowels of Thai and Lao that are written behind, skin tones, and the tags of a flag of a region."""
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_MORE = re.compile(
    r"<!--\s*(?:(?:(?:read[ -]?)?more|truncate|teaser_end|pelican_end_summary"
    r"|end[ _-]?(?:excerpt|summary|preview))\b[^<>]*"
    r"|(?:(?:excerpt|summary|preview)[ _-]?(?:end|separator)?|break|jump|cut|fold|end)\s*)-->"
    r"|<(a|span)\s(?:id|name)=\"more(?:-\d+)?\"[^<>]*>\s*</\1>",
    re.IGNORECASE,
)
"""The mark by which an author ends the excerpt, in all its spellings."""
_BEGINNING = re.compile(
    r"<!--\s*(?:pelican_begin_summary|(?:begin|start)[ _-]?excerpt|excerpt[ _-]?start)\s*-->", re.IGNORECASE
)
"""The mark by which an author begins the excerpt, where that is not at the top."""
LONGEST_LEAD = 1_000
"""In characters; how much of what stands above the mark is taken."""


def with_mark(words: str, header: Header) -> str:
    """``words`` with ``<!--more-->`` where the excerpt ends, if a line or a comment marks that in another way.

    That is Middleman's ``READMORE``, Nikola's ``.. TEASER_END``, or the header's ``excerpt_separator``.
    """
    entry = header.entries.get("excerptseparator")
    given = entry.value.strip() if entry is not None and isinstance(entry.value, str) else ""
    if not given and _END_LINES[0] not in words and _END_LINES[1] not in words:
        return words
    lines = "|".join(re.escape(sign) for sign in (given, *_END_LINES) if sign)
    marked = re.sub(rf"^[ \t]*(?:{lines})[ \t]*$", _MARK, words, count=1, flags=re.MULTILINE)
    return words.replace(given, _MARK, 1) if marked == words and given.startswith("<!--") else marked


def marked_lead(markup: str) -> str:
    """The HTML above the mark by which its author ends the excerpt; empty where there is no mark."""
    more = _MORE.search(markup) if "<!--" in markup or '="more' in markup.lower() else None
    if more is None:
        return ""
    begin = _BEGINNING.search(markup, 0, more.start())
    return markup[begin.end() if begin else 0 : more.start()]


def excerpt(markup: str) -> str:
    """The first paragraph of clean HTML that has words, else all its words, cut to :data:`LENGTH`.

    A line that names who wrote it, as news desks put it above the story, is passed over, and so are the titles
    of notices and tabs.
    """
    byline = ""
    for paragraph in _PARAGRAPH.finditer(markup):
        text = plain_text(paragraph[1])
        if not byline and (_BYLINE.fullmatch(text) or _is_title(paragraph[1], text)):
            byline = text
        elif text:
            return shorten(text)
    return shorten(byline or plain_text(markup))


def _is_title(markup: str, text: str) -> bool:
    """Whether a paragraph is no more than a title: a few bold words that are no sentence."""
    return len(text) <= _LONGEST_TITLE and _BOLD.fullmatch(markup) is not None and text[-1:] not in _ENDINGS


def shorten(text: str, length: int = LENGTH) -> str:
    """The text, or as many whole words of it as fit into ``length`` characters with an ellipsis."""
    if len(text) <= length:
        return text
    cut = whole_graphemes(text, length - 1)
    if not text[length - 1].isspace():
        # A script without spaces, and a word longer than all the room, are cut where the room ends.
        space = cut.rfind(" ")
        cut = cut[:space] if space > length // 2 else cut
    return cut.rstrip(" ,;:–—-") + "…"


def first_sentence(text: str, length: int = 150) -> str:
    """The first sentence of ``text``, or as many words of it as fit into ``length`` characters."""
    for end in _SENTENCE.finditer(text, 0, length + 1):
        if end.end() >= _SHORTEST or end[0][0] in "。！？":
            return text[: end.end()]
    return shorten(text, length)


def whole_graphemes(text: str, length: int) -> str:
    """The first ``length`` characters of ``text``, fewer where the last of them would be a part of a sign.

    A letter keeps its accents, a flag its two halves, a family its members (UAX 29, section 3.1.1; rare prefixes
    are left out).
    """
    end = min(length, len(text))
    while 0 < end < len(text) and _goes_on(text, end):
        end -= 1
    return text[: end or length]


def _goes_on(text: str, at: int) -> bool:
    """Whether the characters before and behind ``at`` are parts of one sign."""
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return before == "\r" and after == "\n"
    if unicodedata.category(after)[0] == "M" or _EXTENDING.match(after):
        return True
    if before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after)[0] in "LS"
    if after in _FLAGS and before in _FLAGS:
        run = len(text[:at]) - len(text[:at].rstrip(_FLAGS))
        return run % 2 == 1
    return _goes_on_in_hangul(before, after)


def _goes_on_in_hangul(before: str, after: str) -> bool:
    """Whether two letters of Hangul are of one syllable (UAX 29, GB6 to GB8)."""
    if not "\u1100" <= after <= "\u11ff":
        return "\u1100" <= before <= "\u115f" and "\uac00" <= after <= "\ud7a3"
    if after <= "\u115f":
        return "\u1100" <= before <= "\u115f"
    return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
