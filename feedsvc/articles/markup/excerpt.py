"""Excerpts: the summary of an article out of its text, and texts cut to a length at a word.

In scripts other than Latin, no sign is cut that is made of several characters.
"""

import re
import unicodedata

from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.plain_words import plain_text

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
