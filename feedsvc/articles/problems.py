"""Problems of a file while it is read: its warnings, what a feed cannot carry of it, and what sets it aside."""

import re
from dataclasses import dataclass, field
from itertools import islice

from feedsvc.articles.model import Problem

_NAMED = 20
"""More kinds than this are counted, not named."""
_TAG_NAME = re.compile(r"<[A-Za-z][A-Za-z0-9-]*")


class Unreadable(Exception):  # noqa: N818  named after the file; the fault is in its problem
    """A file cannot be read as an article.

    It is never raised out of ``articles``: the collector (:mod:`.articles.collector`) takes its ``problem``.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Notes:
    """Collects the warnings about one file while it is read."""

    path: str
    warnings: list[Problem] = field(default_factory=list)

    def warn(self, line: int | None, what: str, remedy: str) -> None:
        """Add a warning, which does not keep the article from being published."""
        self.warnings.append(Problem(self.path, line, what, remedy, "warning"))

    def unreadable(self, line: int | None, what: str, remedy: str) -> Unreadable:
        """The exception to raise when the file has to be set aside."""
        return Unreadable(Problem(self.path, line, what, remedy))


def reader_failure(path: str, error: Exception) -> Problem:
    """The problem of a file that made feedsvc fail with an unexpected error."""
    what = f"feedsvc failed to read it, which is a fault of feedsvc ({error!r:.200})"
    return Problem(path, None, what, "please report it")


@dataclass(slots=True)
class Losses:
    """Collects the elements and links that are left out of one article."""

    found: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By the kind of element, such as "a form": what to do, and how each stands in the article."""

    def add(self, what: str, remedy: str, written: str) -> None:
        """Note that ``written`` is left out."""
        self.found.setdefault(what, []).append((remedy, written))

    def report(self, text: str, notes: Notes) -> None:
        """Warn once of each kind, at the line of ``text`` where the first stands, with how many there are."""
        folded = text.lower() if self.found else ""
        for what, losses in islice(self.found.items(), _NAMED):
            remedy, written = losses[0]
            more = f", and {len(losses) - 1} more like it" if len(losses) > 1 else ""
            notes.warn(_line(folded, written.lower()), f"{what} is left out{more}", remedy)
        if len(self.found) > _NAMED:
            what = f"{len(self.found) - _NAMED} more kinds of elements are left out"
            notes.warn(None, what, "write what they show")


def _line(text: str, written: str) -> int | None:
    """The line where ``written`` stands; where a parser has spelled it anew, the first tag like it counts."""
    tag = _TAG_NAME.match(written)
    spellings = (written, written.partition("\n")[0], *([tag[0]] if tag else []))
    return next((line_at(text, at) for each in spellings if (at := text.find(each)) >= 0), None)


def line_at(text: str, at: int) -> int | None:
    """The number of the line in which the character ``at`` stands, counted from 1; None where that is negative."""
    return None if at < 0 else text.count("\n", 0, at) + 1
