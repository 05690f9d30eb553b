"""Excerpts: plain text out of clean HTML, and the few words that stand for the whole."""

import html
import re

from feedsvc.articles.decode import clean_text

LENGTH = 300
"""How long a summary is at most, in characters."""

_TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
"""A tag as nh3 writes it: values always in double quotes, where a ``>`` may stand."""
_UNSEEN = re.compile(
    r"<(rp|rt)>.*?</\1>"
    r"|<sup\b[^>]*>\s*<a\b[^>]*\bhref=\"#[^>]*>[^<]*</a>\s*</sup>"
    r"|<a\b[^>]*\bhref=\"#[^>]*>\s*<sup\b[^>]*>[^<]*</sup>\s*</a>",
    re.DOTALL,
)
"""Readings beside ruby text would double the words, and the number of a footnote leads nowhere without it."""
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|ruby|rb|s|samp|small|span|strong|sub|sup|time|u|var|wbr)\b"
)
_PARAGRAPH = re.compile(r"<p(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>(.*?)</p>", re.DOTALL)
_BYLINE = re.compile(r"(?:By|BY|Von|Par|Por|Door|Di|Av|Af) \w[^.!?…:;]{1,60}|Text: \w[^.!?…:;]{1,60}")
_SENTENCE = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s)(?!\s+[a-zà-öø-ÿа-я])|[。！？]+[」』”’）]*")
_SHORTEST = 20
"""Below this many characters a full stop more likely ends an abbreviation than a sentence."""


def plain_text(markup: str) -> str:
    """The words of clean HTML as one line; what is no inline tag parts words."""
    text = _TAG.sub(lambda tag: "" if _INLINE.match(tag[0]) else " ", _UNSEEN.sub("", markup))
    return one_line(html.unescape(text))


def one_line(text: str) -> str:
    """The text without line breaks, doubled blanks, and what XML forbids."""
    return " ".join(clean_text(text).split())


def excerpt(markup: str) -> str:
    """The first paragraph of clean HTML that has words, else all its words, cut to :data:`LENGTH`.

    A line that names who wrote it, as news desks put it above the story, is passed over.
    """
    byline = ""
    for paragraph in _PARAGRAPH.finditer(markup):
        text = plain_text(paragraph[1])
        if not byline and _BYLINE.fullmatch(text):
            byline = text
        elif text:
            return shorten(text)
    return shorten(byline or plain_text(markup))


def shorten(text: str, length: int = LENGTH) -> str:
    """The text, or as many whole words of it as fit into ``length`` characters with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
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
