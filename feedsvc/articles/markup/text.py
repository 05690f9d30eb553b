"""Articles in plain text and in Markdown, made into HTML.

Of plain text the conventions of news desks, mail and books are told apart by the shape of the lines, because that
is all there is: nobody who writes a ``.txt`` file thinks of markup.

Markdown is CommonMark with tables, strikethrough, task lists, footnotes, autolinks and heading ids. Raw HTML is
let through, because whatever comes out is sanitised (:mod:`.sanitizer`). The parser is comrak, in Rust: per
article of 600 words it needs 66 µs where pure-Python ones need 1,500.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from itertools import pairwise

from comrak import ExtensionOptions, RenderOptions, render_markdown
from linkify_it import LinkifyIt
from linkify_it.main import Match

from feedsvc.articles.body.pruner import pruned
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.html import Rendering, split_title
from feedsvc.articles.markup.plain_words import first_sentence, one_line
from feedsvc.articles.markup.shortcodes.handlers import HANDLERS
from feedsvc.articles.problems import Notes

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
            parts.append(escape(line[at:start], quote=False))
            parts.append(f'<a href="{escape(url)}">{escape(address, quote=False)}</a>')
            at = start + len(address)
    return "".join([*parts, escape(line[at:], quote=False)])


def _addresses(word: str) -> Iterator[Match]:
    """Web and mail addresses. A bare ``readme.md`` looks like a host in Moldova, and is none.

    Asked word by word, because linkify needs eighteen times longer for a line of ordinary words.
    """
    if len(word) > _LONGEST_ADDRESS or not _ADDRESS_SIGN.search(word):
        return
    for found in _LINKS.match(word) or ():
        if found.schema in {"http:", "https:", "mailto:"} or found.text.lower().startswith("www."):
            yield found


_ANCHOR = re.compile(r'<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a>')
"""The empty link that comrak puts into each heading; the heading's id is what counts."""
_BOXES = {
    '<input type="checkbox" disabled="" />': "☐",
    '<input type="checkbox" checked="" disabled="" />': "☑",
}
"""Feed readers drop form fields, and with them what has been done."""
_HEADINGS = re.compile(r"^[ \t>*+\d.)]*[#=-]", re.MULTILINE)
"""Signs that begin or underline a heading."""
_DEFINITION = re.compile(r"^[ \t>]*:[ \t]+\S", re.MULTILINE)
"""The sign that defines the term above it (PHP Markdown Extra, kramdown, Goldmark)."""
_BRACED_LANGUAGE = re.compile(r"class=\"language-\{[.\s]*([A-Za-z][\w+#-]*)[^\"]*\"")
"""The language of code as Pandoc and Quarto name it: ``{.python .numberLines}``, ``{r, echo=FALSE}``."""
_CODE_MARK = re.compile(r"<code>(?:#!|:::(?![^<]*\n:::))([A-Za-z][\w+#-]*)[ \n]")
"""The language of code as Python-Markdown's CodeHilite and PyMdown's InlineHilite name it."""
_SIZED = re.compile(r"alt=\"([^\"|]*)\|(\d{1,4})(?:x(\d{1,4}))?\"")
"""A picture with its size, as Obsidian writes ``![alt|300](a.png)``."""
_LINK_IN_LINK = re.compile(r"(<a\s[^<>]*>[^<]*)<a href=\"[^\"]*\">([^<]*)</a>(?=[^<]*</a>)")
"""An address as the words of a link of HTML: the parser has made a link of it, and escaped it again."""
_COLON = re.compile(r":(?:(?<=\n:)|(?<=> :))")
"""The colon of a definition; a text without one is not searched for :data:`_DEFINITION`."""
_DELIMITER = re.compile(r"[ \t>]*[|:-][|: \t-]*")
"""The row of a table that says how many columns it has."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MOST_CELLS = 1_000_000
"""Every row of a table gets all its columns, written or not, and each of these cells takes some hundred bytes."""
_INLINE_NOTE = re.compile(r"(?<=[^\s\[(`])\^\[(?=[^\]\n]*\s)")
"""A footnote where it is referred to; a pattern such as ``^[a-z]`` has no words in it."""
_MANY = 2_000
"""More than this of one kind no article has; a dump may."""
_NOTE = re.compile(r"\[\^([^\]\[\s]{1,99})\](:?)")


def read_markdown(text: str, header: Header, notes: Notes) -> Rendering:
    """Render a Markdown article.

    Args:
        text: What stands below the header.
        header: Where it gives no title, the heading that opens the text does; that heading then leaves the
            body, as it also does when it repeats the header's title.
        notes: Takes a warning for each footnote that nothing refers to, which no Markdown parser shows.

    Raises:
        Unreadable: A table has more cells than there is memory for.
    """
    if _has_huge_table(text):
        what = f"a table has more than {_MOST_CELLS:,} cells: each row has all the columns"
        raise notes.unreadable(None, what, "write fewer columns or rows")
    _warn_of_unused_notes(text, notes)
    html = _ANCHOR.sub("", render_markdown(text, _extensions(text), None, _OUTPUT))
    if "<input" in html:
        for box, sign in _BOXES.items():
            html = html.replace(box, sign)
    if 'class="language-{' in html:
        html = _BRACED_LANGUAGE.sub(r'class="language-\1"', html)
    if "<code>:::" in html or "<code>#!" in html:
        html = _CODE_MARK.sub(_with_language, html)
    if "|" in html:
        html = _SIZED.sub(_with_size, html)
    if "<a" in text:
        html = _LINK_IN_LINK.sub(lambda found: found[1] + unescape(found[2]), html)
    return split_title(pruned(html), header)


def _with_language(mark: re.Match[str]) -> str:
    is_directive = mark[1].lower() in HANDLERS  # such as ``:::note`` in an article about Markdown
    return mark[0] if is_directive else f'<code class="language-{mark[1]}">'


def _with_size(found: re.Match[str]) -> str:
    height = f' height="{found[3]}"' if found[3] else ""
    return f'alt="{found[1]}" width="{found[2]}"{height}'


def _has_huge_table(text: str) -> bool:
    """Whether the text has a table of more cells than there is memory for, in however few bytes."""
    if text.count("|") < _MANY // 2:
        return False
    for block in _BLANK_LINE.split(text):
        lines = block.split("\n")
        columns = max((line.count("|") for line in lines if "|" in line and _DELIMITER.fullmatch(line)), default=0)
        if columns * len(lines) > _MOST_CELLS:
            return True
    return False


def _warn_of_unused_notes(text: str, notes: Notes) -> None:
    if "^" not in text or "[^" not in text:
        return
    found = list(_NOTE.finditer(text))
    uses = Counter(note[1] for note in found)
    for note in found:
        opens_line = note.start() == 0 or text[note.start() - 1] == "\n"
        if note[2] and uses[note[1]] == 1 and opens_line:
            what = f"no text refers to the footnote [^{note[1]}]; it is left out"
            notes.warn(None, what, "refer to it or remove it")


def _extensions(text: str) -> ExtensionOptions:
    """The extensions to use for ``text``: those it has signs of, as far as they cost no more than they should.

    Some cost comrak the square, or its stack, where there are too many of one kind.
    """
    few_headings = text.count("\n") < _MANY or len(_HEADINGS.findall(text)) <= _MANY
    terms = len(_DEFINITION.findall(text)) if _COLON.search(text) else 0
    has_carets = "^" in text
    notes = text.count("^[") if has_carets else 0
    return _options(
        autolink=text.count("@") <= _MANY,
        footnotes=not has_carets or text.count("[^") <= _MANY,
        ids=few_headings,
        terms=0 < terms <= _MANY,
        inline_notes=0 < notes <= _MANY and len(_INLINE_NOTE.findall(text)) == notes,
        cjk=not text.isascii(),
    )


@cache
def _options(  # noqa: PLR0913  one for each switch
    *, autolink: bool, footnotes: bool, ids: bool, terms: bool, inline_notes: bool, cjk: bool
) -> ExtensionOptions:
    options = ExtensionOptions()
    for name in ("table", "strikethrough", "tasklist"):
        setattr(options, name, True)
    options.autolink = autolink
    options.footnotes = footnotes
    options.description_lists = terms
    options.inline_footnotes = footnotes and inline_notes
    options.cjk_friendly_emphasis = cjk
    if ids:
        options.header_id_prefix = ""
    return options


def _output() -> RenderOptions:
    options = RenderOptions()
    options.unsafe_ = True
    return options


_OUTPUT = _output()
