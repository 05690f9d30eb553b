"""The reference of log events names every event of the program, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import feedsvc

PACKAGE = Path(feedsvc.__file__).parent
PAGE = PACKAGE.parent / "docs" / "reference/logs.md"
LOGGING = re.compile(r"(?:(?:self\.)?_?log\.(?:debug|info|warning|error|exception)|log|warn|self\._put_off)")
"""Calls that log, of modules that have a logger or are given one."""


def logged(source: str) -> Iterator[str]:
    """The events that a module logs under names that stand in its text."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and call.args and LOGGING.fullmatch(ast.unparse(call.func)):
            texts = (each.value for each in ast.walk(call.args[0]) if isinstance(each, ast.Constant))
            yield from (text for text in texts if isinstance(text, str))


def test_the_reference_names_every_event() -> None:
    """An event that an operator meets in a log can be looked up, and none is described that is no more."""
    found = {event for file in PACKAGE.rglob("*.py") for event in logged(file.read_text("utf-8"))}
    rows = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(found | {"published", "nothing changed"}) == sorted(rows)
