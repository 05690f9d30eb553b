"""Plain text of clean HTML, and the excerpt that is an article's summary."""

import html
import re

from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.writing_systems import join_wrapped, whole_graphemes
from feedsvc.articles.model import Extent
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.decoding import clean_text

LENGTH = 300
"""How long a summary is at most, in characters."""

_MARK = "<!--more-->"
_END_LINES = ("READMORE", ".. TEASER_END")
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
_PARAGRAPH = re.compile(r"<p(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>((?:[^<]++|<(?!/p>)|(?!))*+)</p>")
_BYLINE = re.compile(r"(?:By|BY|Von|Par|Por|Door|Di|Av|Af) \w[^.!?…:;]{1,60}|Text: \w[^.!?…:;]{1,60}")
_UNBREAKABLE = re.compile("[\u00a0\u2007\u202f]")
"""Blanks that hold words together, such as a number and its unit (Unicode Standard Annex 14, class GL)."""
_BLANKS = re.compile("[^\\S\u00a0\u2007\u202f]+")
_SENTENCE = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s)(?!\s+[a-zà-öø-ÿа-я])|[。！？]+[」』”’）]*")
_BOLD = re.compile(r"\s*<(strong|b)>[^<>]*</\1>\s*")
_ENDINGS = ".!?…。！？”’»"
_LONGEST_TITLE = 60
"""In characters."""
_SHORTEST = 20
"""Below this many characters a full stop more likely ends an abbreviation than a sentence."""


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


def read_extent(header: Header, notes: Notes) -> Extent | None:
    """The value of ``feed_content`` in a header; None where it has none."""
    entry = header.first("extent")
    if entry is None:
        return None
    match entry.value.strip().lower() if isinstance(entry.value, str) else None:
        case "full":
            return "full"
        case "summary":
            return "summary"
    notes.warn(entry.line, f'"{entry.key}" has a value that is not understood', "write full or summary")
    return None
