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


@dataclass(frozen=True, slots=True)
class Loss:
    """An element or link that is left out of the body."""

    what: str
    """The kind of element, such as "a form"."""
    remedy: str
    written: str
    """As it stands in the article, by which its line is found."""


@dataclass(slots=True)
class Losses:
    """Collects what one article loses."""

    found: list[Loss] = field(default_factory=list)

    def add(self, what: str, remedy: str, written: str) -> None:
        """Note that ``written`` is left out."""
        self.found.append(Loss(what, remedy, written))

    def report(self, text: str, notes: Notes) -> None:
        """Warn once of each kind, at the line of ``text`` where the first stands, with how many there are."""
        kinds: dict[str, list[Loss]] = {}
        for loss in self.found:
            kinds.setdefault(loss.what, []).append(loss)
        folded = text.lower() if kinds else ""
        for what, losses in islice(kinds.items(), _NAMED):
            first = losses[0]
            more = f", and {len(losses) - 1} more like it" if len(losses) > 1 else ""
            notes.warn(_line(folded, first.written.lower()), f"{what} is left out{more}", first.remedy)
        if len(kinds) > _NAMED:
            notes.warn(None, f"{len(kinds) - _NAMED} more kinds of elements are left out", "write what they show")


def _line(text: str, written: str) -> int | None:
    """The line where ``written`` stands; where a parser has spelled it anew, the first tag like it counts."""
    tag = _TAG_NAME.match(written)
    spellings = (written, written.partition("\n")[0], *([tag[0]] if tag else []))
    return next((line_at(text, at) for each in spellings if (at := text.find(each)) >= 0), None)


def line_at(text: str, at: int) -> int | None:
    """The number of the line in which the character ``at`` stands, counted from 1; None where that is negative."""
    return None if at < 0 else text.count("\n", 0, at) + 1
