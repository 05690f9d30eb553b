"""Place: what a file's path says, which is the section, the proposed name on the web, a date, and drafts."""

import re
from dataclasses import dataclass
from datetime import datetime

from slugify import slugify

from feedsvc.articles.dates import Calendar, DateError, date_in_name, date_in_path

_DRAFTS = frozenset({"_drafts", "drafts"})
_POSTS = frozenset({"_posts", "_drafts"})
"""Folders of Jekyll's that say how its files are handled, and stand in no URL."""
_LONGEST = 100
"""In characters; file names may have 255 bytes, and URLs are read aloud."""
_SLUG = re.compile(rf"(?=.{{1,{_LONGEST}}}$)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


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
    folder: str
    """The folder as it is written, without outer slashes."""
    fault: DateError | None = None
    """The name begins with a date that never was."""


def place_of(path: str, calendar: Calendar) -> Place:
    """What ``path`` says, of which the name counts before the folders.

    An ``index`` stands for its folder: its name is the folder's, its section the one above.
    """
    folder, _, file = path.rpartition("/")
    folders = folder.split("/") if folder else []
    draft = not _DRAFTS.isdisjoint(folders)
    stem = file[: file.rfind(".")] if "." in file[1:] else file
    if stem.lower() == "index" and folders:
        stem = folders.pop()
    fault = None
    try:
        published, name = date_in_name(stem, calendar)
    except DateError as error:
        published, name, fault = None, stem, error
    if published is None:
        published = date_in_path(f"{folder}/", calendar)
    section = "/".join(part for folder in folders if folder not in _POSTS and (part := short_slug(folder)))
    return Place(section, short_slug(name), _readable(name), published, draft, folder, fault)


def short_slug(text: str) -> str:
    """``text`` as a part of a URL: Latin letters, digits and dashes, cut at a word; may be empty."""
    if not text or _SLUG.fullmatch(text):
        return text  # slugify would say the same, and take its time
    return slugify(text, max_length=_LONGEST, word_boundary=True)


def _readable(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]
