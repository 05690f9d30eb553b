"""``feedsvc`` itself: the program to which the commands are added."""

from typing import Annotated

import typer

from feedsvc import __version__

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


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
