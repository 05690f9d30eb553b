"""A rendering: what the reader of one format makes of a file, before anything is cleaned."""

from dataclasses import dataclass

from feedsvc.articles.frontmatter.header import Header


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body as HTML with what the reader found out on the way."""

    html: str
    """Not yet sanitised; URLs as they were written."""
    title: str | None
    """Plain text; None where the words give none."""
    header: Header
    """What the file says about itself, wherever the format keeps it."""
