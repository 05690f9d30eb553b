"""The reference in ``docs`` follows from the code."""

from pathlib import Path

import pytest
import typer
from reference import filled, pages, tables
from repository import DOCS
from typer.core import TyperGroup
from typer.testing import CliRunner

from feedsvc.cli import program
from feedsvc.core.settings.model import SETTINGS


@pytest.mark.parametrize("name", ["reference/commands.md", "reference/settings.md"])
def test_a_page_is_as_the_code_is(name: str) -> None:
    """Nobody edits it; ``make reference`` writes it anew."""
    assert (DOCS / name).read_text("utf-8") == pages(program)[name], "make reference"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_the_tables_of_a_page_are_as_the_code_is(page: Path) -> None:
    """What stands between the marks of a generated table is written by no hand."""
    text = page.read_text("utf-8")
    assert filled(text, tables()) == text, "make reference"


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


@pytest.mark.parametrize("group", [(), ("readers",), ("push",), ("store",)], ids=" ".join)
def test_the_summary_of_each_command_is_a_sentence_within_eighty_columns(group: tuple[str, ...]) -> None:
    """What is cut off would have to be looked up; ``-h`` is ``--help``."""
    long, short = (
        CliRunner().invoke(program, [*group, option], env={"COLUMNS": "80"}).output for option in ("--help", "-h")
    )
    assert long == short
    assert max(map(len, long.splitlines())) <= 80
    summaries = long.partition("Commands:\n")[2].splitlines()
    assert len(summaries) > 1
    assert all(line.endswith(".") and not line.endswith("...") for line in summaries)


def test_hidden_options_are_in_no_help() -> None:
    """What only feedsvc itself uses would be noise."""
    command = typer.main.get_command(program)
    assert isinstance(command, TyperGroup)
    for name, each in command.commands.items():
        told = CliRunner().invoke(program, [name, "--help"], env={"COLUMNS": "200"}).output
        hidden = [option for option in each.params if getattr(option, "hidden", False)]
        assert not any(
            spelling in told for option in hidden for spelling in option.opts if spelling.startswith("--")
        )
