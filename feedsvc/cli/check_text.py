"""How findings are shown: as a table for people, as JSON for programs, as annotations for workflows of GitHub."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.table import Table
from rich.text import Text

from feedsvc.articles.model import Problem
from feedsvc.articles.source.left_out import left_out_line
from feedsvc.cli.options import ReportFormat
from feedsvc.core.printable import printable, printable_line, to_json

_STYLES = {"problem": "bold red", "warning": "yellow"}
_COMMANDS = {"problem": "error", "warning": "warning"}
_ONE_LINE = 10_000
"""Columns: as wide as any finding, so that in a pipe each stands on one line."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a directory."""

    directory: Path
    """As it was named, so that the paths printed lead from where the reader is."""
    read: int
    """How many articles could be read."""
    findings: tuple[Problem, ...]
    """In the order in which they are told."""
    left_out: tuple[tuple[str, int], ...] = ()
    """What is no article, or not read, and how many files of each."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Files that are left out, each with why, where they are to be named."""

    @property
    def problems(self) -> int:
        """How many findings keep an article from being published."""
        return sum(finding.severity == "problem" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.findings) - self.problems

    @property
    def summary(self) -> str:
        """The whole in one line."""
        counts = ((self.read, "article"), (self.problems, "problem"), (self.warnings, "warning"))
        line = "{} read, {}, {}".format(*(_count(number, noun) for number, noun in counts))
        return f"{line}; left out: {left_out_line(self.left_out)}" if self.left_out else line

    def place(self, finding: Problem) -> str:
        """``path:line``, as editors take it."""
        return str(self.directory / finding.place)


def print_report(report: Report, form: ReportFormat, console: Console | None = None) -> None:
    """Write ``report`` to standard output, or to ``console``."""
    _FORMS[form](report, console or _standard_output())


def _standard_output() -> Console:
    return Console(soft_wrap=False, width=None if sys.stdout.isatty() else _ONE_LINE)


def _print_table(report: Report, console: Console) -> None:
    """A row a finding. Its place stays in one piece where it can, because editors jump to it."""
    places = max((len(report.place(finding)) for finding in report.findings), default=0)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("where", no_wrap=places <= console.width // 2, overflow="fold")
    table.add_column("")
    table.add_column("what", min_width=12, overflow="fold")
    table.add_column("what to do", min_width=12, overflow="fold")
    for finding in report.findings:
        words = (report.place(finding), finding.severity, finding.what, finding.remedy)
        where, severity, what, remedy = (Text(printable_line(text)) for text in words)
        severity.stylize(_STYLES[finding.severity])
        table.add_row(where, severity, what, remedy)
    if report.findings:
        console.print(table)
    for path, why in report.named.items():
        console.print(Text(printable_line(f"{report.directory / path}: left out: {why}")))
    console.print(Text(report.summary))


def _print_json(report: Report, console: Console) -> None:
    findings = [
        {
            "path": str(report.directory / finding.path),
            "line": finding.line,
            "severity": finding.severity,
            "what": finding.what,
            "remedy": finding.remedy,
        }
        for finding in report.findings
    ]
    counts = {"read": report.read, "problems": report.problems, "warnings": report.warnings}
    told = counts | {"findings": findings, "left_out": dict(report.left_out)}
    named = {"named": {str(report.directory / path): why for path, why in report.named.items()}}
    console.file.write(to_json(told | (named if report.named else {})) + "\n")


def _print_github(report: Report, console: Console) -> None:
    """Workflow commands: properties and message are escaped as GitHub's own toolkit escapes them.

    The log of a workflow is a terminal, too.
    """
    for finding in report.findings:
        properties = {"file": str(report.directory / finding.path)}
        if finding.line is not None:
            properties["line"] = str(finding.line)
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        message = _message(f"{finding.what}; {finding.remedy}")
        console.file.write(f"::{_COMMANDS[finding.severity]} {told}::{message}\n")
    console.file.write(f"{report.summary}\n")


_FORMS: Mapping[ReportFormat, Callable[[Report, Console], None]] = MappingProxyType(
    {ReportFormat.TABLE: _print_table, ReportFormat.JSON: _print_json, ReportFormat.GITHUB: _print_github}
)


def _message(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
