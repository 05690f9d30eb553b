"""Place: what a file's path says, which is the section, the proposed name on the web, a date, and drafts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from slugify import slugify

from feedsvc.articles.dates import DateError, date_in_name

_DRAFTS = frozenset({"_drafts", "drafts"})
_LONGEST = 100
"""In characters; file names may have 255 bytes, and URLs are read aloud."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a path says."""

    section: str
    """The folder as a URL path without outer slashes; empty at the top."""
    slug: str
    """Empty where the name has no letter that could stand in one."""
    name: str
    """The name as a person would read it."""
    published: datetime | None
    draft: bool
    fault: DateError | None = None
    """The name begins with a date that never was."""


def place_of(path: str, zone: ZoneInfo) -> Place:
    """What ``path`` says; a date in the name is midnight in ``zone``.

    An ``index`` stands for its folder: its name is the folder's, its section the one above.
    """
    file = PurePosixPath(path)
    folders = list(file.parent.parts)
    draft = not _DRAFTS.isdisjoint(folders)
    stem = folders.pop() if file.stem.lower() == "index" and folders else file.stem
    fault = None
    try:
        published, name = date_in_name(stem, zone)
    except DateError as error:
        published, name, fault = None, stem, error
    section = "/".join(part for folder in folders if (part := short_slug(folder)))
    return Place(section, short_slug(name), _readable(name), published, draft, fault)


def short_slug(text: str) -> str:
    """``text`` as a part of a URL: Latin letters, digits and dashes, cut at a word; may be empty."""
    return slugify(text, max_length=_LONGEST, word_boundary=True)


def _readable(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]
