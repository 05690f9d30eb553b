"""Each ``feedsvc`` command that a page shows, in a block or in a sentence, is one that the program understands."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from guides import blocks
from repository import DOCS, ROOT
from typer.core import TyperGroup

from feedsvc.cli import program

MESSAGES = DOCS / "reference" / "problems.md"  # it quotes sentences that begin with the program's name
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted({*DOCS.rglob("*.md")} - {MESSAGES})]
_CALL = re.compile(r"(?m)(?:(?:^|[;&|(])\s*(?:sudo +)?|/bin/)feedsvc +([a-z-][^;&|)\n]*)")
COMMAND = typer.main.get_command(program)


def calls(page: Path) -> list[str]:
    """What follows ``feedsvc`` in the commands of a page, up to the end of the command."""
    text = page.read_text("utf-8")
    shell = "\n".join(blocks(text)).replace("\\\n", " ")
    spans = re.findall(r"`(feedsvc [^`]+)`", re.sub(r"(?ms)^ *```.*?^ *```$", "", text))
    return [found[1].strip() for code in [shell, *spans] for found in _CALL.finditer(code)]


def understood(call: str) -> None:
    """Parse a call by the command line itself; an unknown command, option or argument is an error."""
    words = shlex.split(re.split(r" [<>#]| \d?>", call)[0])
    command = COMMAND
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert not isinstance(command, TyperGroup) or not words or words[0].startswith("--"), f"no command {words}"
    context = typer.Context(command, info_name=command.name)
    _, left, _ = command.make_parser(context).parse_args(words)
    assert left == [], f"{left} is too much for feedsvc {call}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_program_understands_every_command_of_a_page(page: Path) -> None:
    """Its name, its options and the number of its arguments."""
    for call in calls(page):
        understood(call)
