"""What a process loads: no more than it works with."""

import ast
import subprocess
import sys
from importlib.util import find_spec
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


PARSERS = {
    "babel", "charset_normalizer", "comrak", "feedgen", "jinja2", "linkify_it", "lxml", "nh3", "slugify", "yaml"
}  # fmt: skip
"""What reading articles and writing documents takes."""


@pytest.mark.parametrize(
    ("role", "strangers"),
    [
        ("service", PARSERS | {"alembic", "apscheduler", "starlette", "uvicorn", "watchfiles"}),
        ("publisher", {"alembic", "httpx2", "starlette", "uvicorn"}),
        ("worker", PARSERS | {"alembic", "apscheduler", "httpx2", "pathspec", "prometheus_client", "tinytag"}),
    ],
)
def test_a_role_loads_no_library_that_it_does_not_work_with(role: str, strangers: set[str]) -> None:
    """There is a web worker for each core, and each lives for months: what it never calls is dead weight."""
    assert all(map(find_spec, strangers))
    code = f"import sys, feedsvc.cli.serve, feedsvc.operations.serve.{role}; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert strangers.isdisjoint(loaded)
