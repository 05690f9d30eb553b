"""Reading options: the settings that decide what becomes of a file when it is read."""

import hashlib
import json
from dataclasses import astuple, dataclass, replace
from datetime import time
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from feedsvc import __version__
from feedsvc.articles.frontmatter.dates import Calendar


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds on the time and memory that one file may take, and on the size to which it may unfold."""

    seconds: float = 10
    """Of computing; a reader that waits and does not compute has three times as many. See :mod:`.pool`."""
    memory: int = 1_000_000_000
    """Address space of the reader process, in bytes."""
    tags: int = 100
    authors: int = 50
    aliases: int = 1000
    media: int = 1000
    """How many of each an article has at the most: those that come first, with a warning."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Plain values from the settings; equal for every article of a round."""

    base_url: str
    """Where the site is served: absolute, without a trailing slash."""
    zone: ZoneInfo
    """The site's time zone, which times without one are in."""
    size_limit: int
    """In bytes; a larger file is set aside."""
    default_time: time = time(0)
    """When on its day an article appears whose date has no time; see :class:`Calendar`."""
    date_order: Literal["day", "month"] | None = None
    """Which of the two stands first in ``11-9-2017``; None where the operator has not said so."""
    iframe_hosts: tuple[str, ...] = ()
    """Whose frames stay in bodies; any other becomes a link."""
    keep_markdown: bool = False
    """Whether the Markdown of articles is kept, so that feeds can tell it."""
    limits: ReadingLimits = ReadingLimits()

    other_base_url: str | None = None
    """Another base URL whose links are those of the site: that of the site itself, in a preview of it."""
    drafts: bool = False
    """Whether drafts are read as articles like any other, for a preview that nobody else sees."""
    include: tuple[str, ...] = ()
    """Patterns of files that are articles although their names or folders say otherwise."""
    static: Path | None = None
    """The folder whose files are served at the root of the site: a reference to one of them is not broken."""

    @property
    def calendar(self) -> Calendar:
        """The conventions by which dates are read."""
        return Calendar(self.zone, self.default_time, self.date_order)

    @property
    def key(self) -> str:
        """A text that changes whenever the same file could be read otherwise.

        A new version of feedsvc counts, and so does a change of its readers: they may have learned something. Of
        the folder of static files only the name counts, since several hosts may keep it at different places.
        """
        static = None if self.static is None else Path(self.static.name)
        read_by = replace(self, include=(), static=static)
        return json.dumps([__version__, code_digest(), astuple(read_by)], default=str)


@cache
def code_digest() -> str:
    """SHA-256, in hex, over the code of this package, which reads the articles."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(here.rglob("*.py")):
        digest.update(f"{source.relative_to(here).as_posix()}\0".encode() + source.read_bytes())
    return digest.hexdigest()
