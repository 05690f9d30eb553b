"""What is written to a terminal."""

from feedsvc.core.printable import printable


def visible(text: str) -> str:
    """The text with what would steer a terminal written as an escape, as in a Python string."""
    return printable(text)
