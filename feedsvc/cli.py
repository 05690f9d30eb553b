"""The command line: thin, every command is a few lines over the modules above."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from feedsvc import __version__
from feedsvc.errors import FeedsvcError
from feedsvc.logs import configure_logs
from feedsvc.settings import Settings, load_settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


class RoleName(StrEnum):
    """Which part of the service a process is."""

    ALL = "all"
    PUBLISHER = "publisher"
    WEB = "web"


def _about(setting: str) -> str:
    """A setting's description, for the option that sets it."""
    return Settings.model_fields[setting].description or ""


Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help=_about("articles"), show_default="articles")
]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Read settings from FILE, not feedsvc.toml.")]


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


@app.command()
def serve(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    host: Annotated[str | None, typer.Option(help=_about("host"), show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help=_about("port"), show_default="8000")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=_about("base_url"))] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help=_about("store"))] = None,
    interval: Annotated[int | None, typer.Option(metavar="SECONDS", help=_about("interval"))] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help=_about("workers"))] = None,
    config: Config = None,
    role: Annotated[RoleName, typer.Option(help="Run one part alone, such as on another host.")] = RoleName.ALL,
    fd: Annotated[int | None, typer.Option(hidden=True)] = None,
    parent: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Publish a directory and serve its feeds, until Ctrl-C or SIGTERM. SIGHUP scans at once.

    Example: feedsvc serve stories --port 8080 --base-url https://news.example.org
    """
    from feedsvc import service  # noqa: PLC0415 - help and version answer without loading it all

    given = {
        "articles": directory,
        "host": host,
        "port": port,
        "base_url": base_url,
        "store": store,
        "interval": interval,
        "workers": workers,
    }
    settings = load_settings(config, given)
    configure_logs(settings, role.value if parent or role is not RoleName.ALL else "feedsvc")
    orphaned = service.orphaned_from(parent)
    if role is RoleName.PUBLISHER:
        service.run_publisher(settings, orphaned)
    elif role is RoleName.WEB:
        service.run_web(settings, orphaned, fd)
    else:
        service.serve(settings)


@app.command()
def check(directory: Directory = None, config: Config = None) -> None:
    """Read every article, publish nothing, and name what is wrong: exit status 1 if there are any problems.

    Example: feedsvc check stories
    """
    from feedsvc import service  # noqa: PLC0415 - help and version answer without loading it all

    settings = load_settings(config, {"articles": directory})
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Reading", total=None)
        found = service.check(settings, lambda done, total: bar.update(task, completed=done, total=total))
    for problem in found.problems:
        typer.echo(f"{settings.articles / problem.place}: {problem.severity}: {problem.what}; {problem.remedy}")
    problems = sum(problem.severity == "problem" for problem in found.problems)
    warnings = len(found.problems) - problems
    counts = (_count(len(found.readings), "article"), _count(problems, "problem"), _count(warnings, "warning"))
    typer.echo("{} read, {}, {}".format(*counts))
    if problems:
        raise typer.Exit(1)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def main() -> None:
    """Run the command line. What the operator can mend is one line on standard error, and exit status 2."""
    try:
        app()
    except FeedsvcError as error:
        typer.echo(f"feedsvc: {error}", err=True)
        sys.exit(2)
