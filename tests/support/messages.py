"""The problems and warnings that the program names, found in its source: what each says of a file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import feedsvc

PACKAGE = Path(feedsvc.__file__).parent
_WHAT = {
    "warn": 1,
    "unreadable": 1,
    "Problem": 2,
    "_hold": 1,
    "drop_rest": 1,
    "DateError": 0,
    "IgnoreError": 0,
}
"""The calls that name a problem, and the argument that says what is wrong."""


def messages() -> set[str]:
    """Each message as far as it stands in the source, with ``…`` for what is filled in."""
    found = set[str]()
    for file in PACKAGE.rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found.update(_named(function))
    return {message for message in found if message.count("…") < 3 and len(message.replace("…", "").strip()) > 7}


def _named(function: ast.FunctionDef) -> Iterator[str]:
    assigned = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            position = _WHAT.get(ast.unparse(call.func).rpartition(".")[2])
            if position is not None and len(call.args) > position:
                what = call.args[position]
                yield from _texts(assigned.get(what.id, what) if isinstance(what, ast.Name) else what)


def _texts(node: ast.expr) -> Iterator[str]:
    """The text of an expression, each branch of a condition by itself."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
