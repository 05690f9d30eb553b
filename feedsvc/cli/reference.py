"""The reference in ``docs``, generated from the code: ``python -m feedsvc.cli.reference docs`` writes it anew."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperCommand, TyperGroup

from feedsvc.cli.options import Exit
from feedsvc.core.settings.text import settings_reference

_NOTE = "<!-- Generated from the code. To write it anew: python -m feedsvc.cli.reference docs -->"

_HEAD = """\
`feedsvc --install-completion` teaches your shell to complete commands and options. Long work shows a progress bar
on a terminal. Colours are left out where `NO_COLOR` is set. `--format json` gives output for programs.
"""


def pages(program: typer.Typer) -> dict[str, str]:
    """The text of each page, in Markdown, by its path in ``docs``."""
    return {
        "reference/commands.md": f"{_NOTE}\n\n{commands_reference(program)}",
        "reference/settings.md": f"{_NOTE}\n\n{settings_reference()}",
    }


def commands_reference(program: typer.Typer) -> str:
    """Every command with its help, its arguments and its options."""
    found = typer.main.get_command(program)
    parts = [section for name, command in _commands("feedsvc", found) for section in _section(name, command)]
    statuses = "".join(f"| {each.value} | {each.about} |\n" for each in Exit)
    head = f"# Commands\n\n{_HEAD}\n| exit status | meaning |\n|---|---|\n{statuses}"
    return "\n\n".join([head.rstrip(), *parts]) + "\n"


def _commands(name: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
    """The commands under ``command`` by their full names, in the order of ``--help``."""
    if isinstance(command, TyperGroup):
        for each, below in command.commands.items():
            yield from _commands(f"{name} {each}", below)
    elif isinstance(command, TyperCommand):
        yield name, command


def _section(name: str, command: TyperCommand) -> Iterator[str]:
    context = typer.Context(command, info_name=name)
    text, _, example = (command.help or "").partition("Example: ")
    yield f"## {name}"
    yield f"```\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    yield text.strip()
    if example:
        yield f"```sh\n{example.strip()}\n```"
    records = [record for each in command.get_params(context) if (record := each.get_help_record(context))]
    rows = [f"| `{_cell(what)}` | {_cell(about)} |" for what, about in records]
    yield "\n".join(["| option | meaning |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(directory: Path, program: typer.Typer) -> None:
    """Write all pages into ``directory``."""
    for path, text in pages(program).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, "utf-8")


if __name__ == "__main__":
    from feedsvc.cli import program

    write(Path(sys.argv[1]), program)
