"""Articles without publishing them: ``feedsvc check`` lists the problems of all, ``feedsvc show`` shows one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli import options
from feedsvc.core.printable import printable, printable_line, to_json
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.timestamps import now

if TYPE_CHECKING:
    from rich.console import Console

    from feedsvc.articles.collector import LintResult
    from feedsvc.articles.model import Problem


class ReportFormat(StrEnum):
    """The output format of ``feedsvc check``."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


def check(
    directory: options.Directory = None,
    *,
    form: Annotated[ReportFormat, typer.Option("--format", help="The output format.")] = ReportFormat.TABLE,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name each file that is left out, with the reason.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 also if there are only warnings.")
    ] = False,
    config: options.Config = None,
) -> None:
    """Read every article and list all problems, without publishing. The exit status is 1 if there are problems.

    Each problem names the file and line, the fault, and how to mend it. Files that are left out, because they are
    no articles, are counted; --verbose names them. Settings that feedsvc serve would refuse end it. The format
    github makes annotations in a workflow of GitHub Actions.

    Example: feedsvc check stories --strict
    """
    from feedsvc.articles.collector import lint
    from feedsvc.articles.reading.pool import ReaderPool
    from feedsvc.publishing.options import read_options
    from feedsvc.publishing.theme_folder import check_usable

    settings = load_settings(config, {"articles": directory})
    check_usable(settings)
    with options.ProgressBar("Reading") as bar, ReaderPool(settings.most_reader_processes) as readers:
        found = lint(settings.articles, read_options(settings), bar.progress, readers=readers)
    report = CheckReport(settings.articles, found, named=found.named if verbose else {})
    print_report(report, form)
    if report.problems or (strict and report.warnings):
        raise typer.Exit(options.Exit.PROBLEMS)


_STYLES = {"problem": "bold red", "warning": "yellow"}
_COMMANDS = {"problem": "error", "warning": "warning"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of ``feedsvc check`` for a directory."""

    directory: Path
    """As the operator named it, so that the printed paths can be opened from the working directory."""
    found: "LintResult"
    """The problems and warnings, in the order in which they are printed, and what was read and left out."""
    named: Mapping[str, str] = field(default_factory=dict)
    """The files that are left out, each with the reason; empty unless the operator asked for their names."""

    @property
    def problems(self) -> int:
        """How many problems there are; each keeps an article from being published."""
        return sum(finding.severity == "problem" for finding in self.found.problems)

    @property
    def warnings(self) -> int:
        """How many warnings there are; the article is published nevertheless."""
        return len(self.found.problems) - self.problems

    @property
    def summary(self) -> str:
        """The counts in one line."""
        from feedsvc.articles.source.selection import left_out_line
        from feedsvc.operations.status import plural

        counts = ((self.found.read, "article"), (self.problems, "problem"), (self.warnings, "warning"))
        line = "{} read, {}, {}".format(*(plural(number, noun) for number, noun in counts))
        return f"{line}; left out: {left_out_line(self.found.left_out)}" if self.found.left_out else line

    def place(self, finding: "Problem") -> str:
        """``path:line``, as editors take it."""
        return str(self.directory / finding.place)


def print_report(report: CheckReport, form: ReportFormat, console: "Console | None" = None) -> None:
    """Write a report to standard output, or to ``console``, in the format ``form``."""
    console = console or options.standard_output()
    match form:
        case ReportFormat.TABLE:
            _print_table(report, console)
        case ReportFormat.JSON:
            _print_json(report, console)
        case ReportFormat.GITHUB:
            _print_github(report, console)


def _print_table(report: CheckReport, console: "Console") -> None:
    """A row a finding. Its place stays in one piece where it can, because editors jump to it."""
    from rich.table import Table
    from rich.text import Text

    places = max((len(report.place(finding)) for finding in report.found.problems), default=0)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("where", no_wrap=places <= console.width // 2, overflow="fold")
    table.add_column("")
    table.add_column("what", min_width=12, overflow="fold")
    table.add_column("what to do", min_width=12, overflow="fold")
    for finding in report.found.problems:
        words = (report.place(finding), finding.severity, finding.what, finding.remedy)
        where, severity, what, remedy = (Text(printable_line(text)) for text in words)
        severity.stylize(_STYLES[finding.severity])
        table.add_row(where, severity, what, remedy)
    if report.found.problems:
        console.print(table)
    for path, why in report.named.items():
        console.print(Text(printable_line(f"{report.directory / path}: left out: {why}")))
    console.print(Text(report.summary))


def _print_json(report: CheckReport, console: "Console") -> None:
    findings = [
        {
            "path": str(report.directory / finding.path),
            "line": finding.line,
            "severity": finding.severity,
            "what": finding.what,
            "remedy": finding.remedy,
        }
        for finding in report.found.problems
    ]
    counts = {"read": report.found.read, "problems": report.problems, "warnings": report.warnings}
    told = counts | {"findings": findings, "left_out": dict(report.found.left_out)}
    named = {"named": {str(report.directory / path): why for path, why in report.named.items()}}
    console.file.write(to_json(told | (named if report.named else {})) + "\n")


def _print_github(report: CheckReport, console: "Console") -> None:
    """Workflow commands: properties and message are escaped as GitHub's own toolkit escapes them.

    The log of a workflow is a terminal, too.
    """
    for finding in report.found.problems:
        properties = {"file": str(report.directory / finding.path)}
        if finding.line is not None:
            properties["line"] = str(finding.line)
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        message = _message(f"{finding.what}; {finding.remedy}")
        console.file.write(f"::{_COMMANDS[finding.severity]} {told}::{message}\n")
    console.file.write(f"{report.summary}\n")


def _message(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def show(  # noqa: PLR0913 - one parameter an option is typer's way
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article in the articles directory.")],
    *,
    directory: options.Articles = None,
    base_url: options.BaseUrl = None,
    article_url: options.ArticleUrl = None,
    store: options.StoreUrl = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
) -> None:
    """Show one article as feedsvc would publish it.

    It publishes nothing. It shows each value of the article with its origin (a key of the header, the file, git,
    a setting, the ledger), the entry in each feed format, and all problems. The exit status is 1 if the article
    would be set aside.

    Example: feedsvc show stories/second.md --articles stories
    """
    from feedsvc.articles.reading.pool import ReaderPool
    from feedsvc.publishing.options import round_options
    from feedsvc.publishing.shown_article import show_file

    given = {"articles": directory, "base_url": base_url, "article_url": article_url, "store.url": store}
    settings = load_settings(config, given)
    with ReaderPool() as readers:
        found = show_file(round_options(settings), settings.store_url, file, now(), readers)
    if form is options.OutputFormat.JSON:
        typer.echo(to_json(asdict(found)))
    else:
        lines = [f"{found.path}: {found.state}"]
        for each in found.values:
            value = each.value if isinstance(each.value, str) else ", ".join(each.value or ())
            lines.append(f"  {each.name:11}{value or '-'}  ({each.origin})")
        for name, entry in found.entries.items():
            lines += ["", f"{name}:", entry]
        lines += ["", *(f"{each.severity}: {each}" for each in found.problems)] if found.problems else []
        typer.echo(printable("\n".join(lines)))
    if any(each.severity == "problem" for each in found.problems):
        raise typer.Exit(options.Exit.PROBLEMS)
