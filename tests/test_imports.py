"""What a process loads: no more than it works with."""

import ast
from pathlib import Path

import pytest

import feedsvc

HOUSE = Path(feedsvc.__file__).parent
DOORS = {HOUSE / "__init__.py": "says the version", HOUSE / "cli/__init__.py": "is the program that is installed"}
FRONTS = sorted(path.relative_to(HOUSE).as_posix() for path in {*HOUSE.rglob("__init__.py")} - DOORS.keys())


@pytest.mark.parametrize("front", FRONTS)
def test_a_package_says_what_it_is_for_and_imports_nothing(front: str) -> None:
    """Who imports one module of a package loads that module; the package's own loads nothing beside it."""
    module = ast.parse((HOUSE / front).read_text("utf-8"))
    assert ast.get_docstring(module)
    assert len(module.body) == 1
