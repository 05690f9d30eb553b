"""Strays: names that are nobody's article, wherever they stand."""

_SWAP = tuple(f".sw{letter}" for letter in "abcdefghijklmnop")
_ENDINGS = ("~", ".tmp", "___jb_tmp___", "___jb_old___", *_SWAP)
"""How the names end that editors write beside a file."""
_TOOLS = frozenset({"__pycache__", "node_modules"})


def is_left_out(name: str) -> bool:
    """Whether the name is nobody's article: a hidden one, one that an editor writes, or that a tool leaves."""
    if name.startswith((".", "#", "~$")):
        return name[0] != "#" or name.endswith("#")
    folded = name.lower()
    return folded.endswith(_ENDINGS) or folded in _TOOLS
