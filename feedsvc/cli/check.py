"""``feedsvc check``: read every article and list all problems, without publishing."""

from typing import Annotated

import typer

from feedsvc.cli.options import Config, Directory, Exit, ReportFormat
from feedsvc.core.settings.loading import load_settings


def check(
    directory: Directory = None,
    *,
    form: Annotated[ReportFormat, typer.Option("--format", help="The output format.")] = ReportFormat.TABLE,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name each file that is left out, with the reason.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 also if there are only warnings.")
    ] = False,
    config: Config = None,
) -> None:
    """Read every article and list all problems, without publishing. The exit status is 1 if there are problems.

    Each problem names the file and line, the fault, and how to mend it. Files that are left out, because they are
    no articles, are counted; --verbose names them. The format github makes annotations in a workflow of GitHub
    Actions.

    Example: feedsvc check stories --strict
    """
    from feedsvc.cli.check_text import Report, print_report
    from feedsvc.cli.progress_bar import ProgressBar
    from feedsvc.operations import commands

    settings = load_settings(config, {"articles": directory})
    with ProgressBar("Reading") as bar:
        found = commands.check(settings, bar.progress)
    named = found.named if verbose else {}
    report = Report(settings.articles, found.read, found.problems, found.left_out, named)
    print_report(report, form)
    if report.problems or (strict and report.warnings):
        raise typer.Exit(Exit.PROBLEMS)
