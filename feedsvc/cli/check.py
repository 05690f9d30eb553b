"""``feedsvc check``: read everything, publish nothing, name what is wrong."""

from typing import Annotated

import typer

from feedsvc.cli.options import Config, Directory, Exit, ReportFormat
from feedsvc.core.settings.loading import load_settings


def check(
    directory: Directory = None,
    *,
    form: Annotated[ReportFormat, typer.Option("--format", help="How to tell it.")] = ReportFormat.TABLE,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name each file that is left out, and why.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 1 on warnings too.")] = False,
    config: Config = None,
) -> None:
    """Read every article, publish nothing, and name what is wrong: exit status 1 if there are any problems.

    What is left out, because it is no article or not read, is counted, and named with --verbose. Each finding
    names its path and line, what is wrong there, and how to mend it. The format github makes annotations of them
    in a workflow of GitHub Actions.

    Example: feedsvc check stories --strict
    """
    from feedsvc.cli.check_text import Report, print_report
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.operations import commands

    settings = load_settings(config, {"articles": directory})
    with Patience("Reading") as patience:
        found = commands.check(settings, patience.progress)
    named = found.named if verbose else {}
    report = Report(settings.articles, found.read, found.problems, found.left_out, named)
    print_report(report, form)
    if report.problems or (strict and report.warnings):
        raise typer.Exit(Exit.FOUND)
