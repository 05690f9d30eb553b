"""The reference in ``docs`` follows from the code."""

from pathlib import Path

import pytest
from repository import DOCS

from feedsvc.cli import program
from feedsvc.cli.reference import filled, pages, tables
from feedsvc.core.settings.names import SETTINGS


@pytest.mark.parametrize("name", ["reference/commands.md", "reference/settings.md"])
def test_a_page_is_as_the_code_is(name: str) -> None:
    """Nobody edits it; ``python -m feedsvc.cli.reference docs`` writes it anew."""
    assert (DOCS / name).read_text("utf-8") == pages(program)[name], "python -m feedsvc.cli.reference docs"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_the_tables_of_a_page_are_as_the_code_is(page: Path) -> None:
    """What stands between the marks of a generated table is written by no hand."""
    text = page.read_text("utf-8")
    assert filled(text, tables()) == text, "python -m feedsvc.cli.reference docs"


def test_every_generated_table_is_in_a_page() -> None:
    """A fact that is generated and shown nowhere would help nobody."""
    text = "".join(page.read_text("utf-8") for page in DOCS.rglob("*.md"))
    assert [name for name in tables() if f"<!-- generated: {name} -->" not in text] == []


def test_every_setting_is_in_it() -> None:
    """Each has a row, with its environment variable and what it is."""
    rows = [line for line in pages(program)["reference/settings.md"].splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [each.key for each in SETTINGS.values()]
    assert [row.split("`")[3] for row in rows] == [each.variable for each in SETTINGS.values()]
    assert all(row.endswith(". |") for row in rows)


def test_every_command_has_an_example_and_all_its_options() -> None:
    """A command without an example helps nobody; what is hidden is not told."""
    _, *commands = pages(program)["reference/commands.md"].split("\n## ")
    names = [section.splitlines()[0] for section in commands]
    assert {"feedsvc serve", "feedsvc store backup"} <= set(names)
    assert all("```sh\nfeedsvc " in section for section in commands)
    serve = commands[names.index("feedsvc serve")]
    assert "--parent" not in serve
    assert "--interval SECONDS" in serve
