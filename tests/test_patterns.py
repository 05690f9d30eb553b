"""Regular expressions of the package, which must mean the same on every Python that it runs on."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import feedsvc

PACKAGE = Path(feedsvc.__file__).parent
POSSESSIVE_GROUP = re.compile(r"(?<![(\\])\)(?:[*+?]|\{\d*,?\d*\})\+")
"""The end of a group that is repeated and gives nothing back. ``[()*+]`` and ``\\)*+`` are none."""
NOTHING = "|(?!)"
"""The alternative that never matches."""


def texts() -> Iterator[tuple[str, str]]:
    """The place and the value of each text in the package's source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node.value


def test_a_repeated_group_that_gives_nothing_back_ends_with_an_alternative_that_never_matches() -> None:
    """Before Python 3.11.5, such a group goes on where its last, failed repetition stopped (gh-106052).

    To try another alternative sets it back. Debian 12 has Python 3.11.2: comments of articles would be published.
    """
    ends = [(place, text[: end.start()]) for place, text in texts() for end in POSSESSIVE_GROUP.finditer(text)]
    assert len(ends) > 15, "the test no longer finds the patterns"
    assert [place for place, before in ends if not before.endswith(NOTHING)] == []


def test_the_alternative_that_never_matches_changes_nothing_else() -> None:
    """Neither what a group matches nor where it ends."""
    for text, end in {"": 0, "abc": 3, "abca": 3, "abcacab": 5, "b": 0}.items():
        found = re.match(r"(?:ab?c|(?!))*+", text)
        assert found is not None
        assert found.end() == end, text
