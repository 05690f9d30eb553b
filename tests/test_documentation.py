"""What the map for developers and the docstrings name is there."""

import re
from importlib import import_module

import pytest
from repository import ROOT

_PATH = re.compile(
    r"`((?:feedsvc|tests|docs|deploy|articles|channels|documents|responses|store|web|core|cli|\.ci)/[\w./-]*)`"
)
_ROLE = re.compile(r":(?:mod|class|func|data|attr|meth):`~?(feedsvc\.[\w.]+)`")
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "feedsvc").rglob("*.py"))


def test_every_path_in_the_map_is_there() -> None:
    """Rooms of the package are named without its own name before them."""
    named = _PATH.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert len(named) > 20
    assert [path for path in named if not ((ROOT / path).exists() or (ROOT / "feedsvc" / path).exists())] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_name_in_a_docstring_is_there(module: str) -> None:
    """Of those that are written out in full."""
    for name in _ROLE.findall((ROOT / module).read_text("utf-8")):
        assert _found(name), name


def _found(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            fields: dict[str, object] = getattr(found, "__annotations__", {})
            if part in fields:
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False
