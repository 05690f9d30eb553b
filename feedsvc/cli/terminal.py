"""What is written to a terminal."""

import re

_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What an article could move a cursor, or the order of letters, with; a line break is ours."""


def visible(text: str) -> str:
    """The text with what would steer a terminal written as an escape, as in a Python string."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)
