"""The command line: a module for each command, a few lines over the modules above."""

import sys

import typer

from feedsvc.cli.adopt import adopt
from feedsvc.cli.app import app as program
from feedsvc.cli.check import check
from feedsvc.cli.export import export
from feedsvc.cli.init import init
from feedsvc.cli.options import Exit
from feedsvc.cli.preview import preview
from feedsvc.cli.private import private
from feedsvc.cli.publish import publish
from feedsvc.cli.serve import serve
from feedsvc.cli.settings import settings
from feedsvc.cli.status import status
from feedsvc.cli.store import store
from feedsvc.core.errors import FeedsvcError
from feedsvc.core.printable import printable

__all__ = ["main", "program"]

program.command()(init)
program.command()(serve)
program.command()(publish)
program.command()(check)
program.command()(preview)
program.command()(status)
program.command()(settings)
program.command()(adopt)
program.command()(export)
program.add_typer(private, name="private")
program.add_typer(store, name="store")


def main() -> None:
    """Run the command line. What the operator can mend is one line on standard error, and exit status 2."""
    try:
        program()
    except FeedsvcError as error:
        typer.echo(printable(f"feedsvc: {error}"), err=True)
        sys.exit(Exit.FAILED)
