"""Attribute lists, after a block, at the end of a heading or right behind an element in a line.

``{: .wide}`` is of kramdown and Python-Markdown, ``{#name .wide width=300}`` of Goldmark and markdown-it.
"""

import re

from feedsvc.articles.body.pruning.attributes import CONTENTS, OF_BLOCK, as_comment
from feedsvc.articles.markup.dialects.comments import take_extension
from feedsvc.articles.markup.shortcodes.shortcode import Page, Taken

_VALUE = r"(?:\"[^\"\n{}]*\"|'[^'\n{}]*'|[^\s\"'{}=]+)"
_ITEM = rf"(?:\#[\w:.-]+|\.-?[A-Za-z_][\w:/-]*|[A-Za-z][\w:-]*={_VALUE})"
_GAP = r"[ \t]*(?:\n[ \t]*(?=\S))?"
_PLAIN = re.compile(rf"\{{{_GAP}({_ITEM}(?:(?:[ \t]+|[ \t]*\n[ \t]*){_ITEM})*+){_GAP}\}}|\{{(-)\}}")
_WITH_COLON = re.compile(r"\{:(?!:)([^{}\n]*(?:\n[^{}\n]*\S[^{}\n]*)?)\}")
_ITEMS = re.compile(
    rf"\#(?P<id>[\w:.-]+)|\.(?P<class>-?[A-Za-z_][\w:/-]*)|(?P<key>[A-Za-z][\w:-]*)=(?P<value>{_VALUE})"
)
_TO_CONTENTS = re.compile(r"(?:^|\s)toc(?:\s|$)")
_HEADING = re.compile(r"[ \t>]*#{1,6}[ \t]")
_LINE_END = re.compile(r"[ \t]*#*[ \t]*(?:\n|\Z)")
_OPENING = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
"""What may stand before the first word of a block."""
_LONGEST = 1_000
"""In characters; no heading is longer."""


def take(page: Page, at: int) -> Taken | None:
    """Leave the attribute list at ``at`` as a comment; None where the braces are something else."""
    if not page.markdown:
        return None
    if page.text.startswith(("{::", "{:/"), at):
        return take_extension(page, at)
    found = _WITH_COLON.match(page.text, at)
    if found is None:
        found = _PLAIN.match(page.text, at)
        if found is None or not _stands_as_list(page, at, found.end()):
            return None
    line = page.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    opening = _OPENING.fullmatch(line) is not None
    if opening and not _LINE_END.match(page.text, found.end()):
        rest = page.text[found.end() : found.end() + _LONGEST]
        return Taken(
            found.end() + len(rest) - len(rest.lstrip(" \t")), ""
        )  # a comment here would make HTML of the line
    blanks = 0 if opening else len(line) - len(line.rstrip(" \t"))
    pairs = _pairs(found[1] or "")
    if blanks and _LINE_END.match(page.text, found.end()):
        pairs[OF_BLOCK] = ""
    return Taken(found.end(), as_comment(pairs), begin=at - blanks)


def _pairs(written: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in _ITEMS.finditer(written):
        if item["class"]:
            pairs["class"] = f"{pairs.get('class', '')} {item['class']}".strip()
        elif item["id"]:
            pairs["id"] = item["id"]
        else:
            pairs[item["key"]] = item["value"].strip("\"'")
    if _TO_CONTENTS.search(written):
        pairs[CONTENTS] = "list"
    return pairs


def _stands_as_list(page: Page, start: int, end: int) -> bool:
    """Whether braces without a colon stand where attributes may: anywhere else they are text."""
    text = page.text
    line = text[max(0, start - _LONGEST) : start].rpartition("\n")[2]
    ends_line = _LINE_END.match(text, end) is not None
    if not line.strip(" \t>"):
        return ends_line and (start > 0 or end < len(text))
    if line[-1] in ")]*_`>~":
        return True
    if not ends_line:
        return False
    if _HEADING.match(line):
        return True
    return text[start + 1 : end].lstrip()[:1] == "." or (line.rstrip()[-1] == ")" and "=" in text[start:end])
