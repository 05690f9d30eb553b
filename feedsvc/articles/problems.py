"""Problems of a file while it is read: its warnings, and the exception that sets it aside."""

from dataclasses import dataclass, field

from feedsvc.articles.model import Problem


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
