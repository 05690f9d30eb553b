"""The reference's table of what WebSub demands names tests that there are."""

import re

import pytest
from repository import ROOT

ROWS = re.findall(r"(?m)^\| ([0-9.]+) \| (.+) \| (.+) \|$", (ROOT / "docs/reference/websub.md").read_text("utf-8"))
TESTS = {
    name
    for file in (*(ROOT / "tests/push").glob("test_*.py"), ROOT / "tests/test_push.py")
    for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
}


def test_there_is_a_table() -> None:
    """It is read as it is written."""
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("section", "demand", "tests"), ROWS)
def test_each_demand_has_a_test(section: str, demand: str, tests: str) -> None:
    """By its name."""
    named = re.findall(r"`(test_\w+)`", tests)
    assert named, (section, demand)
    assert set(named) <= TESTS
