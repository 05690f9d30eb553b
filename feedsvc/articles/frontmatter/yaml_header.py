"""A header in YAML. The C loader is required, since the pure one is eight times slower."""

import re
from collections.abc import Iterator

import yaml

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of, keeps_from_feeds
from feedsvc.articles.problems import Notes, Unreadable

_KEY = re.compile(r"""^\{?[ \t]*["']?([A-Za-z_][\w.-]*)["']?[ \t]*:(?:\s|$)""")
_PAIR = re.compile(
    r"""^[ \t]*(?:-[ \t]+)?["']?([A-Za-z][\w-]*)["']?[ \t]*[:=][ \t]*["']?([\w-]+(?: [\w-]+)?)""", re.MULTILINE
)
"""A line that was meant as a key and a value of one or two words."""
_NESTING = ("[", "{", "- ", "-\t", "? ", "?\t")
"""Characters that open a value within another."""
_DEPTH = 50
"""How deep values may nest. The C loader has no limit of its own and would end the process."""
_LONGEST = 200_000
"""In characters. Many small values take hundreds of times the memory of their text."""
_NODES = 20_000
"""The most values of a header, with aliases followed: a few lines of aliases can stand for billions."""


def read_yaml(block: str, above: int, notes: Notes, *, known_only: bool) -> Header | None:
    """Read what stands between the two fences.

    Args:
        block: Without the fences.
        above: How many lines stand above it in the file.
        notes: Takes the warnings.
        known_only: Whether it is a header only with a key that means a field.

    Returns:
        None when it is no header.

    Raises:
        Unreadable: It is a header, but cannot be parsed, nests too deep, is too long or holds too many values.
    """
    if len(block) > _LONGEST:
        if not _looks_like_header(block, known_only=known_only):
            return None
        raise notes.unreadable(above, "the header is far too large", "write long values into the text below")
    header = _parsed(block, above, notes, known_only=known_only)
    if header is None or (known_only and not any(field_of(key) for key in header.entries)):
        return None
    return header


def _parsed(block: str, above: int, notes: Notes, *, known_only: bool) -> Header | None:
    try:
        if _is_too_deep(block):
            if not _looks_like_header(block, known_only=known_only):
                return None  # a row of dashes with blanks between them is nested, too
            raise notes.unreadable(above, f"the header nests more than {_DEPTH} deep", "write it flat")
        root = yaml.CBaseLoader(block).get_single_node()
    except yaml.YAMLError as error:
        if not _looks_like_header(block, known_only=known_only):
            return None
        raise _broken(error, above, notes) from error
    if root is None:
        return Header() if _is_commented_out(block) else None
    if not isinstance(root, yaml.MappingNode):
        _refuse_hiding(block, above, notes)
        return None
    return _Plain(above, notes).header(root)


def _refuse_hiding(block: str, above: int, notes: Notes) -> None:
    """Refuse a block that is no mapping and yet says ``draft:true``, without the blank that YAML asks for."""
    for found in _PAIR.finditer(block):
        if any(keeps_from_feeds(HeaderEntry(found[1], said, None)) for said in (found[2], found[2].split(" ")[0])):
            line = above + 1 + block.count("\n", 0, found.start())
            raise notes.unreadable(line, "the header is no list of keys and values", "write it like draft: true")


def _is_commented_out(block: str) -> bool:
    """Whether all lines are keys behind ``#``; a heading between two lines of dashes is text."""
    lines = (line.lstrip("# \t") for line in block.split("\n"))
    return all(_KEY.match(line) for line in lines if line)


def _broken(error: yaml.YAMLError, above: int, notes: Notes) -> Unreadable:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    line = above + 1 + mark.line if mark else above
    reason = getattr(error, "problem", None) or "it is no YAML"
    remedy = "mend it; a value that holds a colon, or begins with a sign such as @ or %, needs quotes"
    if "'\\t'" in reason:
        remedy = "indent with blanks; YAML takes no tabs there"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)


def _is_too_deep(block: str) -> bool:
    """Whether nesting would exhaust the C stack; the block is parsed for that only where it could be."""
    if sum(map(block.count, _NESTING)) <= _DEPTH:
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


def opens_with_key(block: str, *, known_only: bool) -> bool:
    """Whether the first lines are keys; with ``known_only`` one of them has to mean a field."""
    for line in block.split("\n"):
        if line.startswith("#") or not line.strip():
            continue
        found = _KEY.match(line)
        if found is None:
            return False
        if not known_only or field_of(found[1]):
            return True
    return False


def _looks_like_header(block: str, *, known_only: bool) -> bool:
    keys = (_KEY.match(line) for line in block.split("\n"))
    if any(found and field_of(found[1]) for found in keys):
        return True
    return opens_with_key(block, known_only=known_only)


class _Plain:
    """Turns the nodes of a header into plain values."""

    def __init__(self, above: int, notes: Notes) -> None:
        self.above = above
        self.notes = notes
        self.left = _NODES

    def header(self, root: yaml.MappingNode) -> Header:
        return Header.of(self._entries(root), "yaml", self.notes)

    def value(self, node: yaml.Node, depth: int = 0) -> Value:
        self._count(node, depth)
        if isinstance(node, yaml.ScalarNode):
            written: str = node.value
            return "" if written in {"~", "null"} and not node.style else written
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, depth + 1) for child in node.value]
        return self._mapping(node, depth) if isinstance(node, yaml.MappingNode) else ""

    def _entries(self, root: yaml.MappingNode) -> Iterator[HeaderEntry]:
        own = {key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)}
        for key, node in root.value:
            line = self.above + 1 + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                self.notes.warn(line, "a key of the header is no text", "write one word before the colon")
            elif _is_merge(key):
                for name, value in self._merged(node, 0).items():
                    if name not in own:
                        yield HeaderEntry(name, value, line)
            else:
                yield HeaderEntry(key.value, self.value(node), line)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # no field has such a key
            if _is_merge(key):
                merged |= self._merged(child, depth)
            else:
                own[key.value] = self.value(child, depth + 1)
        return merged | own

    def _merged(self, node: yaml.Node, depth: int) -> dict[str, Value]:
        """What ``<<`` brings in: a mapping, or several, of which the first counts most (YAML merge key type)."""
        self._count(node, depth)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth + 1)
        found: dict[str, Value] = {}
        for child in reversed(node.value) if isinstance(node, yaml.SequenceNode) else ():
            found |= self._merged(child, depth + 1)
        return found

    def _count(self, node: yaml.Node, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > _DEPTH:
            line = self.above + 1 + node.start_mark.line
            raise self.notes.unreadable(line, "the header is far too large", "write it without aliases (*)")


def _is_merge(key: yaml.ScalarNode) -> bool:
    return bool(key.value == "<<" and not key.style)
