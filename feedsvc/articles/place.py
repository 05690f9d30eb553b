"""Place: what a file's path says, which is the section, the proposed name on the web, a date, and drafts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from unicodedata import normalize

from slugify import slugify

from feedsvc.articles.dates import Calendar, DateError, date_in_name, date_in_path
from feedsvc.articles.translations import split_language

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
    language: str | None = None
    """BCP 47; what the name ends with, as ``trip.fr.md`` does."""
    original: str | None = None
    """The path without suffix and language, where the name says one; its translations have the same."""


def place_of(path: str, calendar: Calendar) -> Place:
    """What ``path`` says, of which the name counts before the folders.

    An ``index`` stands for its folder: its name is the folder's, its section the one above.
    """
    folder, _, file = path.rpartition("/")
    folders = folder.split("/") if folder else []
    draft = not _DRAFTS.isdisjoint(folders)
    name, language = split_language(_stem(file))
    stem = folders.pop() if _is_index(name) and folders else name
    fault = None
    try:
        published, name = date_in_name(stem, calendar)
    except DateError as error:
        published, name, fault = None, stem, error
    if published is None:
        published = date_in_path(f"{folder}/", calendar)
    slug = short_slug(f"{name}.{language}" if language else name)
    original = f"{folder}/{split_language(_stem(file))[0]}".lstrip("/") if language else None
    return Place(
        _section(folders),
        slug,
        _readable(normalize("NFC", name)),
        published,
        draft,
        folder,
        fault,
        language,
        original,
    )


@lru_cache(maxsize=4096)
def section_of(folder: str) -> str:
    """The section that a folder is, written as it is on disk or as a URL path; outer slashes do not matter."""
    return _section(folder.split("/"))


def sections_of(path: str, section: str) -> tuple[str, ...]:
    """Where the file at ``path`` lies: its ``section``; an ``index`` is in the folder it stands for too."""
    folder, _, file = path.rpartition("/")
    return (section, section_of(folder)) if _is_index(split_language(_stem(file))[0]) else (section,)


def _section(folders: Iterable[str]) -> str:
    return "/".join(part for folder in folders if folder not in _POSTS and (part := short_slug(folder)))


def _stem(file: str) -> str:
    return file[: file.rfind(".")] if "." in file[1:] else file


def _is_index(stem: str) -> bool:
    return stem.lower() == "index"


def short_slug(text: str) -> str:
    """``text`` as a part of a URL: Latin letters, digits and dashes, cut at a word; may be empty."""
    if not text or _SLUG.fullmatch(text):
        return text  # slugify would say the same, and take its time
    return slugify(text, max_length=_LONGEST, word_boundary=True)


def _readable(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]
