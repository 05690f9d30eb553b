"""``feedsvc check``: read everything, publish nothing, name what is wrong."""

import sys

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from feedsvc.cli.options import Config, Directory
from feedsvc.settings import load_settings


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
