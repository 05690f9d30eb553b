"""What the readers have to say about a file: warnings, or the exception that sets it aside."""

from dataclasses import dataclass, field

from feedsvc.articles.model import Problem


class Unreadable(Exception):  # noqa: N818  it says what the file is; the fault is told by the problem it carries
    """A file cannot be read as an article.

    It never leaves the room: :func:`feedsvc.articles.collector.collect` turns it into its ``problem``.
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
        """Note something that does not keep the article from being published."""
        self.warnings.append(Problem(self.path, line, what, remedy, "warning"))

    def unreadable(self, line: int | None, what: str, remedy: str) -> Unreadable:
        """The exception to raise when the file has to be set aside."""
        return Unreadable(Problem(self.path, line, what, remedy))


def reader_failure(path: str, error: Exception) -> Problem:
    """The problem of a file over which a parser failed with an error that no file should cause."""
    what = f"feedsvc failed to read it, which is a fault of feedsvc ({error!r:.200})"
    return Problem(path, None, what, "please report it")
