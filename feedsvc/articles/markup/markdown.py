"""Markdown articles: CommonMark with tables, strikethrough, task lists, footnotes, autolinks and heading ids.

Raw HTML is let through, because whatever comes out is sanitised (:mod:`.sanitizer`). The parser is
comrak, in Rust: per article of 600 words it needs 66 µs where pure-Python ones need 1,500.
"""

import re
from collections import Counter
from functools import cache

from comrak import ExtensionOptions, RenderOptions, render_markdown

from feedsvc.articles.body.pruner import pruned
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.rendering import Rendering, split_title
from feedsvc.articles.problems import Notes

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
    return split_title(pruned(html), header)


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
