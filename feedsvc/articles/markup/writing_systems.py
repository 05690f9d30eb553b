"""Text in scripts other than Latin: how wrapped lines are joined, and where a text may be cut."""

import re
import unicodedata

_WIDE = (
    "\u2e80-\u2fdf\u2ff0-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
"""Han, kana, Bopomofo and their punctuation. Hangul is none of them: Korean has spaces between its words."""
_TAGS = "a|abbr|b|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|u"
_INLINE = rf"(?:</?(?:{_TAGS})\b[^<>]{{0,400}}>){{0,8}}"
_BREAK = re.compile(rf"\n(?<=[{_WIDE}]\n)[ \t]*(?=[{_WIDE}])")
_BREAK_IN_HTML = re.compile(rf"\n[ \t]*(?={_INLINE}[{_WIDE}])")
_WIDE_SIGN = re.compile(f"[{_WIDE}]")
_ENDS_WIDE = re.compile(rf"[{_WIDE}]{_INLINE}\Z")
_LOOK_BACK = 500
"""In characters; how much of the markup before a line break is looked at."""
_AS_WRITTEN = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_JOINER = "\u200d"
_VIRAMA = 9
"""The canonical combining class of signs that join two consonants of an Indic script."""


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
    if unicodedata.category(after)[0] == "M" or after in {_JOINER, "\u200c"} or _extends(after):
        return True
    if before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after)[0] in "LS"
    if _is_flag(after) and _is_flag(before):
        run = len(text[:at]) - len(text[:at].rstrip(_FLAGS))
        return run % 2 == 1
    return _goes_on_in_hangul(before, after)


_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _extends(char: str) -> bool:
    """Whether it is a vowel of Thai or Lao that is written behind, a skin tone, or a tag of a flag of a region."""
    return char in "\u0e33\u0eb3" or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _goes_on_in_hangul(before: str, after: str) -> bool:
    """Whether two letters of Hangul are of one syllable (UAX 29, GB6 to GB8)."""
    if not "\u1100" <= after <= "\u11ff":
        return "\u1100" <= before <= "\u115f" and "\uac00" <= after <= "\ud7a3"
    if after <= "\u115f":
        return "\u1100" <= before <= "\u115f"
    return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
