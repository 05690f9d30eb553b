"""Blocks of indented lines, or between tags, made into HTML around plain Markdown.

Admonitions, folded texts and tabs of MkDocs (``!!!``, ``???``, ``===``) hold what is indented below them. HTML
with a ``markdown`` attribute (PHP Markdown Extra, kramdown, Python-Markdown), and every element of MDX, holds
Markdown. CommonMark sees code or bare HTML there; with the indentation taken off and blank lines around it sees
the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedsvc.articles.markup.shortcodes.handlers import Markup, folded, label, notice
from feedsvc.articles.markup.shortcodes.mdx import statement_length

_MARKER = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*(?:[ \t]+[\w-]+)*)?[ \t]*(?:\"([^\n]*)\")?[ \t]*\Z")
_TAB = re.compile(r"===[!+]?[ \t]+\"([^\n]*)\"[ \t]*\Z")
_ATTRIBUTES = (
    r"(?:[^<>\"'{}]++|\"[^\"]*+\"|'[^']*+'|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\}|(?!))*+\}|(?!))*+\}|(?!))*+"
)
_ELEMENT = re.compile(rf"<([A-Za-z][\w.-]*)((?=[\s>/]){_ATTRIBUTES})(?<!/)>(.*)\Z", re.DOTALL)
_ASKS = re.compile(r"\smarkdown(?:\s*=\s*[\"']?(?:1|block|span|true)[\"']?)?(?=\s|\Z)")
_CONTAINERS = frozenset(
    {
        *("article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "header", "li", "main", "nav", "ol", "p", "section", "ul"),
    }
)
"""Elements of HTML in which MDX has Markdown; of others it has a line at most."""
_FENCE = re.compile(r"(`{3,}|~{3,})([^\n]*)")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]")
_MARKUP = re.compile(r"[*_`\[\]~]")
_CODE = 4
"""Columns from which an indented line is code (CommonMark, section 4.4)."""
_TAG_LINES = 30
"""How many lines the opening tag of a component may take."""


@dataclass(slots=True)
class _Open:
    """A block that is open."""

    column: int
    """Where its first line began."""
    at: int
    """Where its first line begins now."""
    shift: int
    """How many columns lines in it lose."""
    closing: str
    tag: str = ""
    """The name of the element; empty for a block that ends with its indentation."""
    depth: int = 1
    """How many elements of that name are open."""
    measured: bool = True
    """Whether ``shift`` is known: the first line in an element tells."""
    in_list: bool = False


def _admonition(words: str) -> Markup | None:
    return notice(title) if (title := _title(words)) is not None else None


def _folded(words: str) -> Markup | None:
    title = _title(words)
    return None if title is None else folded(title or "…", opened=words.startswith("???+"))


def _title(words: str) -> str | None:
    """The title of an admonition: what stands in quotes, else its kind; None where it has neither."""
    found = _MARKER.match(words)
    if found is None or not (found[1] or found[2]):
        return None
    return (found[1] or "").split(" ")[0].replace("-", " ").capitalize() if found[2] is None else found[2]


def _tab(words: str) -> Markup | None:
    return label(tab[1]) if (tab := _TAB.match(words)) else None


MARKERS: Mapping[str, Callable[[str], Markup | None]] = {"!!!": _admonition, "???": _folded, "===": _tab}
"""The three characters that open a block of what is indented below them, to the function that reads the line."""


def unindent(text: str, *, mdx: bool) -> tuple[str, list[int]]:
    """``text`` with such blocks as HTML around Markdown that is not indented.

    Args:
        text: Markdown.
        mdx: Whether all elements hold Markdown, and indentation makes no code.

    Returns:
        The text, and for each of its lines the line of ``text`` it is from, counted from 0; no line numbers where
        nothing was changed.
    """
    if not mdx and not any(sign[0] in text and sign in text for sign in (*MARKERS, "markdown")):
        return text, []
    walk = _Walk(text.split("\n"), mdx)
    walk.run()
    return "\n".join(line for line, _ in walk.lines), [
        number for line, number in walk.lines for _ in range(line.count("\n") + 1)
    ]


class _Walk:
    """Reads a text line by line, and keeps the blocks that are open."""

    def __init__(self, source: list[str], mdx: bool) -> None:
        self.source = source
        self.mdx = mdx
        self.lines: list[tuple[str, int]] = []
        self.open: list[_Open] = []
        self.fence = ""
        self.in_list = False
        self.number = 0

    def run(self) -> None:
        """Read every line."""
        while self.number < len(self.source):
            self._line(self.source[self.number])
            self.number += 1
        self.number -= 1
        while self.open:
            self._close()

    def _line(self, line: str) -> None:
        words = line.lstrip(" \t")
        if not words:
            self._put("", 0)
            return
        column = len(line[: len(line) - len(words)].expandtabs(4))
        while self.open and not self.open[-1].tag and column < self.open[-1].column + _CODE:
            self._close()
        at = self._place(column)
        if self.fence:
            self._put(words, at)
            if words.startswith(self.fence) and not words.strip().strip(self.fence[0]):
                self.fence = ""
        elif found := _FENCE.match(words):
            self.fence = found[1] if found[1][0] == "~" or "`" not in found[2] else ""
            self._put(words, at)
        elif self.mdx and column == 0 and words.startswith(("import ", "export ")):
            self._pass_statement()
        elif not (at >= _CODE and not self.in_list) and (self._begin(words, column, at) or self._end(words, at)):
            pass
        else:
            self._put(words, at)

    def _place(self, column: int) -> int:
        """Where a line that began at ``column`` begins now."""
        inner = self.open[-1] if self.open else None
        if inner is not None and not inner.measured:
            inner.shift += max(0, column - inner.shift - inner.at)
            inner.measured = True
        at = max(0, column - (inner.shift if inner else 0))
        in_list = inner.in_list if inner else self.in_list
        return 0 if self.mdx and at >= _CODE and not (self.in_list or in_list) and not self.fence else at

    def _begin(self, words: str, column: int, at: int) -> bool:
        """Open the block that ``words`` begin; false where they begin none."""
        read = MARKERS.get(words[:3])
        markup = read(words) if read and self._holds_more(column) else None
        if markup is None:
            return words[0] == "<" and self._element(words, column, at)
        self._put("", 0)
        self._put(markup.html, at)
        self._put("", 0)
        self._push(_Open(column, at, column - at + _CODE, markup.closing))
        return True

    def _holds_more(self, column: int) -> bool:
        """Whether the next line that is not blank is indented below the one at ``column``."""
        for line in self.source[self.number + 1 : self.number + 10]:
            if line.strip():
                return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)) >= column + _CODE
        return False

    def _element(self, words: str, column: int, at: int) -> bool:
        found = _ELEMENT.match(words)
        if found is None and self.mdx and ">" not in words:
            found = self._long_tag(words)
        if found is None or not self._is_container(found):
            return False
        tag, rest = found[1], found[3]
        inside, closing, behind = rest.rpartition(f"</{tag}>")
        if closing:
            if behind.strip() or not _MARKUP.search(inside) or self._goes_on():
                return False
            self._put_element(found, inside, at)
            self._put(f"</{tag}>" if tag != "p" else "", at)
            self._put("", 0)
            return True
        shift = self.open[-1].shift if self.open else 0
        self._put_element(found, rest, at)
        depth = 1 + _opened(tag, rest)
        self._push(_Open(column, at, max(shift, column - at), f"</{tag}>", tag, depth, measured=False))
        return True

    def _put_element(self, found: re.Match[str], inside: str, at: int) -> None:
        """Write the opening tag, and what follows it in its line as Markdown or, if it is a tag, as HTML."""
        opening = found[0][: len(found[0]) - len(found[3])] if found[1] != "p" else ""
        if inside.lstrip().startswith("<"):
            self._put(opening + inside, at)
            inside = ""
        else:
            self._put(opening, at)
        self._put("", 0)
        if inside.strip():
            self._put(inside.strip(), at)
            self._put("", 0)

    def _is_container(self, found: re.Match[str]) -> bool:
        if _ASKS.search(found[2]):
            return True
        tag = found[1]
        return self.mdx and (tag[0].isupper() or "-" in tag or tag in _CONTAINERS) and tag != "CodeBlock"

    def _goes_on(self) -> bool:
        """Whether the line above is one of a paragraph, which the line goes on with."""
        above = self.lines[-1][0].strip() if self.lines else ""
        return bool(above) and not above.endswith(">")

    def _long_tag(self, words: str) -> re.Match[str] | None:
        """The opening tag that takes several lines, read to its end."""
        behind = self.source[self.number + 1 : self.number + _TAG_LINES]
        for count, line in enumerate(behind, 1):
            if ">" in line:
                found = _ELEMENT.match("\n".join([words, *behind[:count]]))
                if found is not None and self._is_container(found):
                    self.number += count
                    return found
        return None

    def _end(self, words: str, at: int) -> bool:
        """Close the element that ``words`` end; false where they end none."""
        inner = next((each for each in reversed(self.open[-_TAG_LINES:]) if each.tag), None)
        if inner is None:
            return False
        inner.depth += _opened(inner.tag, words)
        if inner.depth > 0:
            return False
        inside, _, behind = words.rpartition(f"</{inner.tag}>")
        if inside.strip():
            self._put(inside.strip(), at)
        while self.open[-1] is not inner:
            self._close()
        self._close()
        if behind.strip():
            self._put(behind.strip(), inner.at)
        return True

    def _pass_statement(self) -> None:
        """Copy an import or export of MDX to its end."""
        for line in self.source[self.number : self.number + statement_length(self.source, self.number)]:
            self.lines.append((line, self.number))
            self.number += 1
        self.number -= 1

    def _push(self, block: _Open) -> None:
        block.in_list, self.in_list = self.in_list, False
        self.open.append(block)

    def _close(self) -> None:
        block = self.open.pop()
        self.in_list, self.fence = block.in_list, ""
        if block.tag != "p":
            self._put("", 0)
            self._put(block.closing, block.at)
        self._put("", 0)

    def _put(self, words: str, at: int) -> None:
        if words and not self.fence:
            if _ITEM.match(words):
                self.in_list = True
            elif at == 0 and self.lines and not self.lines[-1][0]:
                self.in_list = False
        self.lines.append((" " * at + words if words else "", self.number))


def _opened(tag: str, words: str) -> int:
    """How many more elements of that name ``words`` open than they close."""
    tags = re.finditer(rf"<(/?){re.escape(tag)}(?=[\s>/])(?:[^<>]*?(/)>)?", words)
    return sum(-1 if found[1] else 1 for found in tags if not found[2])
