"""The program ``feedsvc``, to which the commands are added."""

import os
import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

from feedsvc import __version__
from feedsvc.cli.options import Exit


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


app = typer.Typer(cls=Program, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"feedsvc {__version__}")
        raise typer.Exit


@app.callback()
def feedsvc(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Publish a directory of articles as RSS, Atom and JSON feeds."""
