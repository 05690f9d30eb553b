"""The header above an article: YAML between a line ``---`` and a line ``---`` or ``...``.

A header that cannot be understood sets the file aside: it may have said ``draft: true``. A story that
happens to begin with a rule is no header, and keeps every word. The C loader is required, since the pure one
is eight times slower.
"""

import re

import yaml

from feedsvc.articles.header import Entry, Header, Value, field_of, spelling
from feedsvc.articles.unreadable import Notes, Unreadable

_OPENING = re.compile(r"\s*^---[ \t]*\n", re.MULTILINE)
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)
_KEY = re.compile(r"""^\{?[ \t]*["']?([A-Za-z_][\w.-]*)["']?[ \t]*:(?:\s|$)""")
_FOREIGN = re.compile(r"\s*(?:\+\+\+[ \t]*\n|\{\s*\")")
_FOREIGN_KEY = re.compile(r"""^\s*["']?([A-Za-z_][\w-]*)["']?\s*[=:]""", re.MULTILINE)

_NESTING = re.compile(r"[\[{]|[-?][ \t]")
_DEPTH = 50
"""How deep values may nest. The C loader has no limit of its own and would end the process."""
_NODES = 20_000
"""How many values a header may hold, aliases followed: a few lines of them can stand for billions."""


def split(text: str, notes: Notes, *, known_only: bool) -> tuple[Header, str]:
    """Part a file into its header and what comes below it.

    Args:
        text: The whole file.
        notes: Takes the warnings.
        known_only: For plain text, where a header counts only with a key that has a meaning here.

    Returns:
        The header, empty where there is none, and the rest of the text; both together are the whole file.

    Raises:
        Unreadable: There is a header, but it cannot be parsed or is never closed.
    """
    opening = _OPENING.match(text)
    if opening is None:
        _refuse_foreign(text, notes)
        return Header(), text
    line = text.count("\n", 0, opening.end())
    closing = _CLOSING.search(text, opening.end())
    block = text[opening.end() : closing.start() if closing else None]
    if closing is None:
        if _first_line_is_key(block, known_only=known_only):
            remedy = "write a line --- below the header"
            raise notes.unreadable(line, "the header begins here and is never closed", remedy)
        return Header(), text
    header = _parse(block, line, notes, known_only=known_only)
    return (Header(), text) if header is None else (header, text[closing.end() :])


def _parse(block: str, above: int, notes: Notes, *, known_only: bool) -> Header | None:
    """The header in ``block``; None when it is text after all. ``above`` counts the lines above it."""
    try:
        if _is_too_deep(block):
            _refuse_deep(block, above, notes, known_only=known_only)
            return None
        root = yaml.compose(block, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        if not _looks_like_header(block, known_only=known_only):
            return None
        raise _broken(error, above, notes) from error
    if root is None:
        return Header()
    if not isinstance(root, yaml.MappingNode):
        return None
    header = _Plain(above, notes).header(root)
    if known_only and not any(field_of(key) for key in header.entries):
        return None
    return header


def _broken(error: yaml.YAMLError, above: int, notes: Notes) -> Unreadable:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    line = above + 1 + mark.line if mark else above
    reason = getattr(error, "problem", None) or "it is no YAML"
    remedy = "mend it; a value that holds a colon, or begins with a sign such as @ or %, needs quotes"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)


def _is_too_deep(block: str) -> bool:
    """Whether nesting would exhaust the C stack. Exact, but looked at only where a count makes it possible."""
    if len(_NESTING.findall(block)) <= _DEPTH:
        return False
    depth = 0
    for event in yaml.parse(block, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEPTH:
            return True
    return False


def _refuse_deep(block: str, above: int, notes: Notes, *, known_only: bool) -> None:
    """Refuse the block, unless it is text: a row of dashes parted by blanks nests, too."""
    if _looks_like_header(block, known_only=known_only):
        raise notes.unreadable(above, f"the header nests more than {_DEPTH} deep", "write it flat")


def _first_line_is_key(block: str, *, known_only: bool) -> bool:
    lines = (line for line in block.split("\n") if line.strip() and not line.startswith("#"))
    found = _KEY.match(next(lines, ""))
    return found is not None and (not known_only or field_of(found[1]) is not None)


def _looks_like_header(block: str, *, known_only: bool) -> bool:
    keys = (_KEY.match(line) for line in block.split("\n"))
    if any(found and field_of(found[1]) for found in keys):
        return True
    return _first_line_is_key(block, known_only=known_only)


def _refuse_foreign(text: str, notes: Notes) -> None:
    """Refuse a TOML or JSON header: read as text, what it calls a draft would be published."""
    if not _FOREIGN.match(text):
        return
    block = text[:4096]
    if any(field_of(found[1]) for found in _FOREIGN_KEY.finditer(block)):
        kind = "TOML" if block.lstrip().startswith("+") else "JSON"
        remedy = "write it in YAML between two lines ---"
        raise notes.unreadable(1, f"a header in {kind} is not understood", remedy)


class _Plain:
    """Turns the nodes of a header into plain values."""

    def __init__(self, above: int, notes: Notes) -> None:
        self.above = above
        self.notes = notes
        self.left = _NODES

    def header(self, root: yaml.MappingNode) -> Header:
        entries: dict[str, Entry] = {}
        for key, value in root.value:
            line = self.above + 1 + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                self.notes.warn(line, "a key of the header is no word", "write one word before the colon")
                continue
            name = spelling(key.value)
            if name in entries:
                self.notes.warn(line, f'"{key.value}" stands twice in the header; this one counts', "remove one")
            entries[name] = Entry(key.value, self.value(value), line)
        return Header(entries)

    def value(self, node: yaml.Node, depth: int = 0) -> Value:
        self.left -= 1
        if self.left < 0 or depth > _DEPTH:
            line = self.above + 1 + node.start_mark.line
            raise self.notes.unreadable(line, "the header is far too large", "write it without aliases (*)")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, depth + 1) for child in node.value]
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.value(child, depth + 1) for key, child in node.value}
        if isinstance(node, yaml.ScalarNode) and not node.style and node.value in {"~", "null"}:
            return ""
        return str(node.value)
