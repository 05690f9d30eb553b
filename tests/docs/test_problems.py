"""The reference of problems names what the program says of files, and nothing else."""

import re

from messages import messages
from repository import DOCS

PAGE = (DOCS / "reference" / "problems.md").read_text("utf-8")
ROWS = re.findall(r"(?m)^\| `([^`]+)` \|", PAGE)


def test_every_message_can_be_looked_up() -> None:
    """As far as it stands in the source; a message that another program words is not in the page."""
    assert sorted(messages() - set(ROWS)) == []


def test_no_message_is_described_that_the_program_does_not_know() -> None:
    """A message that was reworded is reworded here, too."""
    assert sorted(set(ROWS) - messages()) == []


def test_no_message_is_described_twice() -> None:
    """Each has one place."""
    assert len(ROWS) == len(set(ROWS))
