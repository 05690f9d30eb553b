"""What the readers have to say about a file."""

from feedsvc.articles.problems import Notes


def test_an_unreadable_file_carries_its_problem() -> None:
    """The exception names the place, the fault and the remedy."""
    fault = Notes("a.md").unreadable(3, "it is broken", "mend it")
    assert str(fault) == "a.md:3: it is broken; mend it"
    assert fault.problem.severity == "problem"


def test_a_warning_is_kept_with_the_file() -> None:
    """A warning does not keep the article from being published."""
    notes = Notes("a.md")
    notes.warn(None, "it is odd", "look at it")
    assert [(note.place, note.severity) for note in notes.warnings] == [("a.md", "warning")]
