"""Reports of findings, in each of their formats."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from feedsvc.articles.collector import LintResult
from feedsvc.articles.model import Problem
from feedsvc.cli.check import CheckReport, ReportFormat, print_report

BAD = Problem("a/bad.md", 3, '"date" is no date', "write it like 2024-05-31")
WARNING = Problem("a/odd.md", None, "there is no file", "put it there", "warning")


def printed(report: CheckReport, form: ReportFormat) -> str:
    """What is printed of a report."""
    output = StringIO()
    print_report(report, form, Console(file=output, width=10_000))
    return output.getvalue()


def told(form: ReportFormat, *findings: Problem, width: int = 10_000, directory: str = "news") -> str:
    """What is printed of ``findings``."""
    output = StringIO()
    print_report(
        CheckReport(Path(directory), LintResult(2, findings, (), {})), form, Console(file=output, width=width)
    )
    return output.getvalue()


class TestTable:
    """For people, and for the editors they jump with."""

    def test_a_row_tells_where_what_and_the_remedy(self) -> None:
        """The place comes first, as ``path:line`` from where the reader is."""
        row = told(ReportFormat.TABLE, BAD, WARNING).splitlines()[1]
        assert re.split(" {2,}", row) == ["news/a/bad.md:3", "problem", BAD.what, BAD.remedy]

    def test_the_last_line_counts(self) -> None:
        """It is the only one where all is well."""
        assert told(ReportFormat.TABLE) == "2 articles read, 0 problems, 0 warnings\n"
        assert told(ReportFormat.TABLE, BAD, WARNING).endswith("\n2 articles read, 1 problem, 1 warning\n")

    def test_a_place_stays_whole_on_a_narrow_terminal(self) -> None:
        """The words are wrapped, and none is lost."""
        output = told(ReportFormat.TABLE, BAD, width=70)
        assert "news/a/bad.md:3 " in output
        assert set(f"{BAD.what} {BAD.remedy}".split()) <= set(output.split())

    def test_a_long_place_is_never_cut_off(self) -> None:
        """It is folded where it is wider than all there is."""
        output = told(ReportFormat.TABLE, Problem("x" * 240, 1, "wrong", "mend it"), width=80)
        assert output.count("x") == 240
        assert "wrong" in output
        assert "mend it" in output

    @pytest.mark.parametrize(
        ("text", "shown"),
        [("\x1b[31m", r"\x1b[31m"), ("a\nb", r"a\nb"), ("[red]", "[red]"), ("\u202e", r"\u202e")],
        ids=["escape", "newline", "rich markup", "bidi override"],
    )
    def test_an_article_cannot_steer_the_terminal(self, text: str, shown: str) -> None:
        """What it says stands there as text."""
        assert shown in told(ReportFormat.TABLE, Problem("x.md", None, text, "mend it"))


def test_json_holds_all_of_it() -> None:
    """Counts, and each finding with its path, line, severity, words and remedy."""
    assert json.loads(told(ReportFormat.JSON, BAD, WARNING)) == {
        "read": 2,
        "problems": 1,
        "warnings": 1,
        "findings": [
            {
                "path": "news/a/bad.md", "line": 3, "severity": "problem",
                "what": BAD.what, "remedy": BAD.remedy,
            },
            {
                "path": "news/a/odd.md", "line": None, "severity": "warning",
                "what": WARNING.what, "remedy": WARNING.remedy,
            },
        ],
        "left_out": {},
    }  # fmt: skip


def test_what_is_left_out_is_counted_and_named_where_asked() -> None:
    """By the reason for files that are no articles, by suffix for kinds that are not read."""
    counts = (("no articles", 3), (".adoc", 2), (".org", 1))
    named = {"README.md": "a file about the project"}
    report = CheckReport(Path("news"), LintResult(1, (), counts, named), named)
    line = "1 article read, 0 problems, 0 warnings; left out: no articles: 3, not read: 2 .adoc and 1 .org"
    assert printed(report, ReportFormat.TABLE) == f"news/README.md: left out: a file about the project\n{line}\n"
    said = json.loads(printed(report, ReportFormat.JSON))
    assert (said["left_out"], said["named"]) == (dict(counts), {"news/README.md": "a file about the project"})


class TestGithub:
    """Workflow commands, one a line."""

    def test_a_problem_is_an_error_at_its_line(self) -> None:
        """A warning is a warning; no line, no property."""
        assert told(ReportFormat.GITHUB, BAD, WARNING).splitlines() == [
            '::error file=news/a/bad.md,line=3::"date" is no date; write it like 2024-05-31',
            "::warning file=news/a/odd.md::there is no file; put it there",
            "2 articles read, 1 problem, 1 warning",
        ]

    def test_signs_of_the_syntax_are_escaped(self) -> None:
        """Percent and line ends everywhere, colon and comma in properties only."""
        odd = Problem("50%,a:b\n.md", None, "5%: a, b\r\n::error::", "none")
        (line, _) = told(ReportFormat.GITHUB, odd).splitlines()
        assert line == "::error file=news/50%25%2Ca%3Ab%0A.md::5%25: a, b%0D%0A::error::; none"
