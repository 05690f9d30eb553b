"""The program ``feedsvc``. Each command is a few lines over the rooms that do the work."""

import os
import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

from feedsvc import __version__
from feedsvc.cli.check import check, show
from feedsvc.cli.init import adopt, init
from feedsvc.cli.options import Exit
from feedsvc.cli.publish import export, publish
from feedsvc.cli.serve import push, serve, settings, status
from feedsvc.cli.store import readers, store
from feedsvc.core.errors import FeedsvcError
from feedsvc.core.printable import printable

__all__ = ["main", "program"]


class Program(TyperGroup):
    """The group of commands. A closed output pipe or Ctrl-C at a question ends a command without a traceback."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # it is always one of typer's
        """Run the command that was named, and send out what it printed."""
        try:
            done: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            # Output that is still buffered at the end of the process is discarded.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Exit.BROKEN_PIPE) from error
        except typer.Abort as error:  # Ctrl-C or Ctrl-D at a question, which stands on a line still open
            typer.echo(err=True)
            raise typer.Exit(Exit.INTERRUPTED) from error
        return done


program = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"feedsvc {__version__}")
        raise typer.Exit


@program.callback()
def feedsvc(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Publish a directory of articles as RSS, Atom and JSON feeds."""


for _command in (init, serve, publish, check, show, status, settings, adopt, export):
    program.command()(_command)
for _name, _group in (("readers", readers), ("push", push), ("store", store)):
    program.add_typer(_group, name=_name)


def _check_working_directory() -> None:
    try:
        os.getcwd()  # noqa: PTH109 - pathlib would do the same
    except OSError as error:
        raise FeedsvcError(
            f"the working directory cannot be entered ({error.strerror})", "change to one that exists: cd DIR"
        ) from error


def main() -> None:
    """Run the command line. An error that the operator can mend is a line on standard error and exit status 2."""
    try:
        _check_working_directory()
        program()
    except FeedsvcError as error:
        for line in error.lines:
            typer.echo(printable(f"feedsvc: {line}"), err=True)
        sys.exit(Exit.FAILED)
