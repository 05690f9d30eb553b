"""Plain text articles: a title and paragraphs, made into HTML.

The conventions of news desks, mail and books are told apart by the shape of the lines, because that is all
there is: nobody who writes a ``.txt`` file thinks of markup.
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from linkify_it import LinkifyIt
from linkify_it.main import Match

from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.plain_words import first_sentence, one_line
from feedsvc.articles.markup.rendering import Rendering

_LONGEST_TITLE = 150
_LONG_LINE = 120
"""In characters; a longer line was not broken by hand, but is a paragraph."""
_SEVERAL_SENTENCES = 80
"""A line longer than this that holds more than one sentence is no title."""
_LONGEST_ADDRESS = 2_000
"""No browser takes a longer one, and linkify needs time with the square of the length."""
_RAGGED = 0.6
"""A line shorter than this share of the longest one was ended on purpose."""

_COMMAS = ("，", "、", "；")
"""Signs that end no line of a verse or a list in Chinese or Japanese."""

_RULE = re.compile(r"\s*(?:[-*_=~#]\s*){3,}")
_NO_WORD = re.compile(r"[\W_]+")
_ITEM = re.compile(r"\s*(?:[-*•‣·–—―+]|\d{1,3}[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”’)]*\s+[\"'«“‘(]*\w")
_QUOTES = "\"'«»“”‘’„.,;:!?"
_WORD = re.compile(r"\S+")
_ADDRESS_SIGN = re.compile(r"://|@|www\.|mailto:", re.IGNORECASE)
_LINKS = LinkifyIt()


def read_text(text: str, header: Header) -> Rendering:
    """Render a plain text article.

    Args:
        text: What stands below the header.
        header: Where it gives no title, the first line does; it then leaves the body, unless it is the
            beginning of the first paragraph.
    """
    lines = [line.rstrip() for line in text.expandtabs(4).strip("\n").split("\n")]
    declared = header.first("title")
    if declared is not None:
        same = bool(lines) and one_line(lines[0]) == declared.value
        return Rendering(_render(_below(lines) if same else lines), None, header)
    if _opens_with_title(lines):
        return Rendering(_render(_below(lines)), one_line(lines[0]), header)
    return Rendering(_render(lines), _sentence(lines), header)


def _opens_with_title(lines: list[str]) -> bool:
    first, second = lines[0].strip(), (lines[1].strip() if len(lines) > 1 else "")
    if len(first) > _LONGEST_TITLE or _NO_WORD.fullmatch(first) or _ITEM.match(first):
        return False
    if len(first) > _SEVERAL_SENTENCES and _SENTENCE_END.search(first):
        return False
    return not (second[:1].islower() or (second != "" and first.endswith((",", "-"))))


def _below(lines: list[str]) -> list[str]:
    """The lines below the title, and below the rule that may underline it."""
    rest = lines[1:]
    return rest[1:] if rest and re.fullmatch(r"=+|-+|~+|\*+", rest[0].strip()) else rest


def _sentence(lines: list[str]) -> str | None:
    """The first sentence of a text that opens without a title; None where it has no words."""
    for block in _blocks(lines):
        words = one_line(" ".join(block))
        if not _NO_WORD.fullmatch(words):
            return first_sentence(re.sub(r"^(?:[-*•‣·–—―+]|\d{1,3}[.)])\s+", "", words))
    return None


def _render(lines: list[str]) -> str:
    width = max((len(line) for line in lines if len(line) <= _LONG_LINE), default=0)
    return "\n".join(_paragraphs(block, width) for block in _blocks(lines))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The runs of lines between blank ones; a line that is a rule is a block of its own."""
    block: list[str] = []
    for line in [*lines, ""]:
        rule = _RULE.fullmatch(line)
        if line.strip() and not rule:
            block.append(line)
            continue
        if block:
            yield block
            block = []
        if rule:
            yield [line]


def _paragraphs(block: list[str], width: int) -> str:
    if _RULE.fullmatch(block[0]):
        return "<hr>"
    if max(map(len, block)) > _LONG_LINE:
        return "\n".join(f"<p>{_linked(line.strip())}</p>" for line in block)
    parts = [_linked(block[0].strip())]
    for above, line in pairwise(block):
        parts.append("\n" if _goes_on(above, line, width) else "<br>\n")
        parts.append(_linked(line.strip()))
    return f"<p>{''.join(parts)}</p>"


def _goes_on(above: str, line: str, width: int) -> bool:
    """Whether ``line`` stands below ``above`` only because the paper was not wide enough."""
    if _ITEM.match(line):
        return False
    return len(above) >= width * _RAGGED or line.strip()[:1].islower() or above.endswith(_COMMAS)


def _linked(line: str) -> str:
    """The line as HTML, with its addresses as links."""
    parts: list[str] = []
    at = 0
    for word in _WORD.finditer(line) if _ADDRESS_SIGN.search(line) else ():
        for found in _addresses(word[0]):
            address = found.text.rstrip(_QUOTES)
            url = found.url[: len(found.url) - (len(found.text) - len(address))]
            start = word.start() + found.index
            parts.append(html.escape(line[at:start], quote=False))
            parts.append(f'<a href="{html.escape(url)}">{html.escape(address, quote=False)}</a>')
            at = start + len(address)
    return "".join([*parts, html.escape(line[at:], quote=False)])


def _addresses(word: str) -> Iterator[Match]:
    """Web and mail addresses. A bare ``readme.md`` looks like a host in Moldova, and is none.

    Asked word by word, because linkify needs eighteen times longer for a line of ordinary words.
    """
    if len(word) > _LONGEST_ADDRESS or not _ADDRESS_SIGN.search(word):
        return
    for found in _LINKS.match(word) or ():
        if found.schema in {"http:", "https:", "mailto:"} or found.text.lower().startswith("www."):
            yield found
