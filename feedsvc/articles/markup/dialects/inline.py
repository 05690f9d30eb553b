"""Inline notations that CommonMark lacks: ``H~2~O``, ``==marked==``, ``[[links]]``, comments, attribute lists.

The parser has switches for sub- and superscript and marks, but it would also change ``5~10 and 15~20``,
``a==b or c==d`` and ``^_^``. Here a mark counts only where it stands as its writers put it.
"""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from feedsvc.articles.body.hidden_elements import CONTENTS, OF_BLOCK, as_comment
from feedsvc.articles.body.media import media_type
from feedsvc.articles.body.site_links import as_reference
from feedsvc.articles.markup.shortcodes.shortcode import Reader, Replacement, SourceText

_BELOW = re.compile(r"(?<=[A-Za-z)\]])~([0-9+−-]{1,8}|[A-Za-z0-9+−-]{1,12}(?=~(?![A-Za-z0-9])))~(?!~)")
_ABOVE = re.compile(r"(?<=[\w)\]])\^([+−-]?[A-Za-z0-9][A-Za-z0-9+−.-]{0,11})\^(?![\w^])")
_MARKED = re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]{1,500}?)(?<=[^\s=])==(?![\w=])")
_STRUCK = re.compile(r"(?<![\w~])~(?=[^\s~/])([^~\n]{1,500}?)(?<=[^\s~])~(?![\w~])")
_INSERTED = re.compile(r"\^\^(?=[^\W_])([^\^\n]{1,500}?)(?<=\S)\^\^(?![\w^])")
_IN_ADDRESS = re.compile(r"(?:://|www\.)\S*\Z")
_LOOK_BACK = 300
"""In characters; how much of an address is looked at."""


def _within(pattern: re.Pattern[str], tag: str) -> Reader:
    """A reader that puts the text between two signs into an element."""

    def read(source: SourceText, at: int) -> Replacement | None:
        found = pattern.match(source.text, at)
        return Replacement(found.end(), f"<{tag}>{found[1]}</{tag}>") if found else None

    return read


read_caret = _within(_ABOVE, "sup")
read_equals = _within(_MARKED, "mark")
read_carets = _within(_INSERTED, "ins")
_read_below = _within(_BELOW, "sub")


def read_tilde(source: SourceText, at: int) -> Replacement | None:
    """Make the text between the tilde at ``at`` and the next one a subscript, or struck out.

    A single tilde strikes out where it stands around whole words; the parser would be less careful.
    """
    if below := _read_below(source, at):
        return below
    struck = _STRUCK.match(source.text, at)
    if struck is not None:
        return Replacement(struck.end(), struck[0])
    in_address = _IN_ADDRESS.search(source.text, max(0, at - _LOOK_BACK), at)
    return None if in_address else Replacement(at + 1, r"\~")


_KEYS = re.compile(r"\+\+([a-z][\w-]*(?:\+[\w-]+)*)\+\+(?![\w+])")
_ICON = re.compile(r":[a-z0-9-]+:(?:\{[^{}\n]*\})?[ \t]?")
"""An icon that a theme draws, such as ``:material-home:`` (PyMdown)."""
_IMPORT = re.compile(r"<<<[^\n]*")
"""The name of a file that VuePress inserts."""
_SNIPPET = re.compile(r"--8<--[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*')?[ \t]*(?:\n|\Z)")
_SNIPPETS_END = r"(?m:^[ \t]*--8<--[ \t]*$)"
_FILE_NAME = re.compile(r"(?:;[ \t]*)?(?:https?://\S+|[^\s:]+\.\w+(?::\S*)?)")
"""One that PyMdown inserts, or leaves out behind a semicolon; lines or a section of the file may be named."""
_ABBREVIATION = re.compile(r"\*\[[^\]\n]+\]:[^\n]*")
"""The definition of an abbreviation (kramdown, PHP Markdown Extra); the word that it explains stays."""
_LONGEST_CHANGE = 10_000
_CRITICISM = {"++": r"\+\+\}", "--": r"--\}", "~~": r"~~\}", "==": r"==\}", ">>": r"<<\}"}
"""What opens a change or comment of CriticMarkup (``{++added++}``), to what closes it."""


def _without(pattern: re.Pattern[str], shown: str = "") -> Reader:
    """A reader that leaves out what the pattern finds, with a warning that names it if ``shown`` is given."""

    def read(source: SourceText, at: int) -> Replacement | None:
        found = pattern.match(source.text, at)
        if found is None:
            return None
        return source.drop(shown, at, found.end()) if shown else Replacement(found.end(), "")

    return read


read_icon = _without(_ICON)
read_import = _without(_IMPORT, "<<<")
read_abbreviation = _without(_ABBREVIATION, "*[…]")


def read_keys(source: SourceText, at: int) -> Replacement | None:
    """Make keys of ``++ctrl+alt+del++`` at ``at`` (PyMdown)."""
    found = _KEYS.match(source.text, at)
    keys = "+".join(f"<kbd>{key}</kbd>" for key in found[1].split("+")) if found else ""
    return Replacement(found.end(), keys) if found else None


def read_snippet(source: SourceText, at: int) -> Replacement | None:
    """Leave out the names of files at ``at`` that a program would insert (PyMdown); None where no name stands."""
    found = _SNIPPET.match(source.text, at)
    if found is None:
        return None
    if found[0].strip("-8< \t\n"):
        return source.drop("--8<--", at, found.end())
    end = source.end(_SNIPPETS_END, found.end())
    lines = source.text[found.end() : end.start()].split("\n") if end else []
    names = [line.strip() for line in lines if line.strip()]
    if end is None or not names or not all(map(_FILE_NAME.fullmatch, names)):
        return None
    return source.drop("--8<--", at, end.end())


def read_criticism(source: SourceText, at: int) -> Replacement | None:
    """Show the change at ``at`` as one, and leave out a comment (CriticMarkup)."""
    sign = source.text[at + 1 : at + 3]
    end = source.end(_CRITICISM[sign], at + 3)
    if end is None:
        return None
    if sign == ">>":
        return Replacement(end.end(), "", is_comment=True)
    text = source.text[at + 3 : min(end.start(), at + _LONGEST_CHANGE)]
    if end.start() > at + _LONGEST_CHANGE or _BLANK_LINE.search(text):
        return None  # two signs of different paragraphs
    old, arrow, new = text.partition("~>")
    shown = {
        "++": f"<ins>{text}</ins>",
        "--": f"<del>{text}</del>",
        "~~": f"<del>{old}</del><ins>{new}</ins>" if arrow else f"<del>{text}</del>",
        "==": f"<mark>{text}</mark>",
    }
    return Replacement(end.end(), shown[sign])


_WIKILINK = re.compile(
    r"(!?)(?<![\w\]\[\\]!)(?<![\w\]\[\\])\[\[([^\[\]|#\\\n]*)(?:#([^\[\]|\\\n]*))?(?:\\?\|([^\[\]\n]*))?\]\](?![(\[:])"
)
_DEFINITION = re.compile(r"(?m:^)[ \t>]*\[([^\[\]\n]+)\]:")
_TO_NOTE = re.compile(
    r"<a href=\"((?:\{|%7B)note(?:\}|%7D)[^\"]*)\" data-written=\"([^\"]*)\">(?:[^<]|<(?!/a>))*</a>"
)
_OF_TAG = r"(?:[^<>\n]|\n(?![ \t]*\n))*"
_AROUND = (
    (re.compile(r"\]\(\s*<?[^()\s]*\Z"), None),
    (re.compile(r"://[^()\s<>|`\"\u3000-\u303f\uff00-\uffef]*\Z"), None),
    (re.compile(rf"<[A-Za-z][\w-]*[\s/]{_OF_TAG}\Z"), re.compile(rf"{_OF_TAG}>")),
    (re.compile(r"\[[^\[\]\n]*\Z"), re.compile(r"[^\[\]\n]*\][(\[]")),
)
"""What stands before two brackets, and behind them, where they are no link."""
_OF_CONTENTS = frozenset({"toc", "_toc_"})
_MEASURE = re.compile(r"(\d{1,4})(?:x(\d{1,4}))?")
_NO_ANCHOR = re.compile(r"[^\w -]")


def read_wikilink(source: SourceText, at: int) -> Replacement | None:
    """Replace the link or embed of Obsidian at ``at``: ``[[Note#Part|words]]``, ``![[picture.png|300]]``."""
    found = _WIKILINK.match(source.text, at)
    if found is None or found[2].strip().lower() in _OF_CONTENTS or not (found[2] or found[3]):
        return None
    if found[2] and _label(found[2]) in _defined(source):
        return None
    if _is_within(source.text, at, found.end()):
        return None
    name, part, words = (each.strip() for each in (found[2], found[3] or "", found[4] or ""))
    address = as_reference("note", quote(name)) if name else ""
    media = _player_or_picture(name, address, words) if found[1] else None
    if media is not None:
        return Replacement(found.end(), media)
    if part and not part.startswith("^"):  # which is the name of a paragraph, and no heading
        address += "#" + quote(_NO_ANCHOR.sub("", part.lower()).replace(" ", "-"))
    written = f' data-written="{escape(found[0])}"' if name and not words else ""
    words = words or " › ".join(filter(None, (name, part.lstrip("^"))))
    return Replacement(found.end(), f'<a href="{address}"{written}>{escape(words, quote=False)}</a>')


def _is_within(text: str, at: int, end: int) -> bool:
    """Whether what stands from ``at`` to ``end`` is part of a tag, of an address, or of the words of a link."""
    before = text[max(0, at - _LOOK_BACK) : at]
    return any(opened.search(before) and (closed is None or closed.match(text, end)) for opened, closed in _AROUND)


def with_brackets(html: str, address_of: Callable[[str], str | None]) -> str:
    """``html`` with what is no wiki link as it was written: ``[[nodiscard]]`` where no file has that name.

    Args:
        html: A rendered article.
        address_of: The address that a reference means; None where it has none.
    """

    def as_written(found: re.Match[str]) -> str:
        return found[2] if address_of(found[1]) is None else found[0]

    return _TO_NOTE.sub(as_written, html) if "note" in html else html


def _label(written: str) -> str:
    return " ".join(written.split()).casefold()


def _defined(source: SourceText) -> frozenset[str]:
    """The names of links that the text defines: ``[1]: /a`` makes a link of the inner brackets of ``[[1]]``."""
    if source.defined is None:
        source.defined = frozenset(map(_label, _DEFINITION.findall(source.text)))
    return source.defined


def _player_or_picture(name: str, address: str, words: str) -> str | None:
    kind = (media_type(name) or "").partition("/")[0]
    if kind in {"audio", "video"}:
        return f'<{kind} src="{address}" controls></{kind}>'
    if kind != "image":
        return None
    size = _MEASURE.fullmatch(words)
    if size is None:
        return f'<img src="{address}" alt="{escape(words)}">'
    height = f' height="{size[2]}"' if size[2] else ""
    return f'<img src="{address}" alt="" width="{size[1]}"{height}>'


def read_paywall(source: SourceText, at: int) -> Replacement:
    """Leave out what stands below the mark at ``at``, which is for members alone (Ghost, WordPress, Substack)."""
    what = "the mark of a paywall stands here; all that follows is left out"
    return source.drop_rest(at, what, "remove it to publish the rest")


_EXTENSION = re.compile(r"\{::(\w+)([^{}\n]*?)(/?)\}")
_END = re.compile(r"\{:/\w*\}")
_OBSIDIAN = re.compile(r"%%(?!%)")
_WORD = re.compile(r"[0-9A-Za-z_%\u00c0-\u024f\u0370-\u052f]")
"""A letter beside which two percent signs are text. In many other scripts no blanks part the words."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_GENERATED = re.compile(r"<!--\s*(START doctoc|toc)\b[^>]*-->", re.IGNORECASE)
_END_OF = {
    "start doctoc": r"<!--\s*(?i:END doctoc)\b[^>]*-->",
    "toc": r"<!--\s*(?i:tocstop|/toc)\b[^>]*-->",
}
"""What ends a table of contents that doctoc or markdown-toc wrote into the file."""
_PLACE = re.compile(r"[^\n]*")


def _read_extension(source: SourceText, at: int) -> Replacement | None:
    """Replace ``{::name}`` at ``at`` (kramdown, "Extensions"); None where there is none."""
    end = _END.match(source.text, at)
    if end is not None:
        return Replacement(end.end(), "")
    found = _EXTENSION.match(source.text, at)
    if found is None:
        return None
    if found[1] != "comment" or found[3]:
        return Replacement(found.end(), "")
    closing = source.end(r"\{:/(?:comment)?\}", found.end())
    if closing is None:
        return source.drop_rest(at, "{::comment} is never closed; all that follows is left out")
    return Replacement(closing.end(), "", is_comment=True)


def read_percents(source: SourceText, at: int) -> Replacement | None:
    """Leave out the comment of Obsidian that begins at ``at``; None where two percent signs are just that."""
    if not _OBSIDIAN.match(source.text, at) or (at and _WORD.match(source.text, at - 1)):
        return Replacement(at + 2, "%%")
    closing = source.end(r"%%", at + 2)
    if closing is None:
        return None
    inside = source.text[at + 2 : closing.start()]
    own_line = source.is_block(at, at + 2) or source.is_block(at, closing.end())
    if not own_line and (_BLANK_LINE.search(inside) or _WORD.match(source.text, closing.end())):
        return None
    return Replacement(closing.end(), "", is_comment=True)


def read_contents(source: SourceText, at: int) -> Replacement:
    """Leave out the line at ``at``, in whose place a site generator puts a table of contents."""
    line = _PLACE.match(source.text, at)
    return Replacement(line.end() if line else at, as_comment({CONTENTS: ""}))


def read_generated_contents(source: SourceText, at: int) -> Replacement | None:
    """Leave out the table of contents that a program wrote behind the comment at ``at``."""
    found = _GENERATED.match(source.text, at)
    if found is None:
        return None
    end = source.end(_END_OF[found[1].lower()], found.end())
    return Replacement(end.end() if end else found.end(), as_comment({CONTENTS: ""}))


_VALUE = r"(?:\"[^\"\n{}]*\"|'[^'\n{}]*'|[^\s\"'{}=]+)"
_ITEM = rf"(?:\#[\w:.-]+|\.-?[A-Za-z_][\w:/-]*|[A-Za-z][\w:-]*={_VALUE})"
_GAP = r"[ \t]*(?:\n[ \t]*(?=\S))?"
_PLAIN = re.compile(rf"\{{{_GAP}({_ITEM}(?:(?:[ \t]+|[ \t]*\n[ \t]*){_ITEM}|(?!))*+){_GAP}\}}|\{{(-)\}}")
_WITH_COLON = re.compile(r"\{:(?!:)([^{}\n]*(?:\n[^{}\n]*\S[^{}\n]*)?)\}")
_ITEMS = re.compile(
    rf"\#(?P<id>[\w:.-]+)|\.(?P<class>-?[A-Za-z_][\w:/-]*)|(?P<key>[A-Za-z][\w:-]*)=(?P<value>{_VALUE})"
)
_TO_CONTENTS = re.compile(r"(?:^|\s)toc(?:\s|$)")
_HEADING = re.compile(r"[ \t>]*#{1,6}[ \t]")
_LINE_END = re.compile(r"[ \t]*#*[ \t]*(?:\n|\Z)")
_OPENING = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
"""Text that may precede the first word of a block."""
_LONGEST = 1_000
"""In characters; no heading is longer."""


def read_attribute_list(source: SourceText, at: int) -> Replacement | None:
    """Replace the attribute list at ``at`` by a comment; None where the braces are something else.

    ``{: .wide}`` is of kramdown and Python-Markdown, ``{#name .wide width=300}`` of Goldmark and markdown-it. Only
    the finished HTML tells which element it belongs to (:mod:`feedsvc.articles.body.hidden_elements`).
    """
    if source.text.startswith(("{::", "{:/"), at):
        return _read_extension(source, at)
    found = _WITH_COLON.match(source.text, at)
    if found is None:
        found = _PLAIN.match(source.text, at)
        if found is None or not _stands_as_list(source, at, found.end()):
            return None
    line = source.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    opening = _OPENING.fullmatch(line) is not None
    if opening and not _LINE_END.match(source.text, found.end()):
        rest = source.text[found.end() : found.end() + _LONGEST]
        return Replacement(
            found.end() + len(rest) - len(rest.lstrip(" \t")), ""
        )  # a comment here would make HTML of the line
    blanks = 0 if opening else len(line) - len(line.rstrip(" \t"))
    pairs = _pairs(found[1] or "")
    if blanks and _LINE_END.match(source.text, found.end()):
        pairs[OF_BLOCK] = ""
    return Replacement(found.end(), as_comment(pairs), begin=at - blanks)


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


def _stands_as_list(source: SourceText, start: int, end: int) -> bool:
    """Whether braces without a colon stand where attributes may: anywhere else they are text."""
    text = source.text
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
