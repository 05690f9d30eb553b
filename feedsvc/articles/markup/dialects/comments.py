"""Comments of kramdown and Obsidian, and what else stands for nothing in a text: places of tables of contents."""

import re

from feedsvc.articles.body.pruning.attributes import CONTENTS, as_comment
from feedsvc.articles.markup.shortcodes.shortcode import Page, Taken

_EXTENSION = re.compile(r"\{::(\w+)([^{}\n]*?)(/?)\}")
_END = re.compile(r"\{:/\w*\}")
_OBSIDIAN = re.compile(r"%%(?!%)")
_WORD = re.compile(r"[\w%]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_GENERATED = re.compile(r"<!--\s*(START doctoc|toc)\b[^>]*-->", re.IGNORECASE)
_END_OF = {
    "start doctoc": r"<!--\s*(?i:END doctoc)\b[^>]*-->",
    "toc": r"<!--\s*(?i:tocstop|/toc)\b[^>]*-->",
}
"""What ends a table of contents that doctoc or markdown-toc wrote into the file."""
_PLACE = re.compile(r"[^\n]*")


def take_extension(page: Page, at: int) -> Taken | None:
    """Make something of ``{::name}`` at ``at`` (kramdown, "Extensions"); None where there is none."""
    end = _END.match(page.text, at)
    if end is not None:
        return Taken(end.end(), "")
    found = _EXTENSION.match(page.text, at)
    if found is None:
        return None
    if found[1] != "comment" or found[3]:
        return Taken(found.end(), "")
    closing = page.end(r"\{:/(?:comment)?\}", found.end())
    if closing is None:
        return Taken(len(page.text), page.drop_rest("{::comment}", at))
    return Taken(closing.end(), "")


def take_percents(page: Page, at: int) -> Taken | None:
    """Leave out the comment of Obsidian that begins at ``at``; None where two percent signs are just that."""
    if not page.markdown or not _OBSIDIAN.match(page.text, at) or (at and _WORD.match(page.text, at - 1)):
        return Taken(at + 2, "%%") if page.markdown else None
    closing = page.end(r"%%", at + 2)
    if closing is None:
        return None
    inside = page.text[at + 2 : closing.start()]
    own_line = page.is_block(at, at + 2) or page.is_block(at, closing.end())
    if not own_line and (_BLANK_LINE.search(inside) or _WORD.match(page.text, closing.end())):
        return None
    return Taken(closing.end(), "")


def take_contents(page: Page, at: int) -> Taken:
    """Leave out the line at ``at``, in whose place a program would have put a table of contents."""
    line = _PLACE.match(page.text, at)
    return Taken(line.end() if line else at, as_comment({CONTENTS: ""}))


def begins_contents(page: Page, at: int) -> bool:
    """Whether the comment at ``at`` is the place, or the beginning, of a table of contents."""
    return page.markdown and _GENERATED.match(page.text, at) is not None


def take_generated(page: Page, at: int) -> Taken | None:
    """Leave out the table of contents that a program wrote behind the comment at ``at``."""
    found = _GENERATED.match(page.text, at)
    if found is None:
        return None
    end = page.end(_END_OF[found[1].lower()], found.end())
    return Taken(end.end() if end else found.end(), as_comment({CONTENTS: ""}))
