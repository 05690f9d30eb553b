"""The parts of an article's path: its section, slug, date, language, and whether it is a draft; also slugs."""

import hashlib
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, name, normalize
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from slugify import slugify

from feedsvc.articles.frontmatter.dates import Calendar, DateError, date_in_name, date_in_path
from feedsvc.articles.identity.translations import split_language
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.problems import Notes

_ACCENT = re.compile("[\u0300-\u036f]")
"""The combining marks of Latin, Greek and Cyrillic. Signs of other scripts are letters."""
_BREAK = re.compile(r"[\s_-]+")
_LONGEST_SLUG = 60
"""In characters; the longest slug of a name."""


@lru_cache(maxsize=65_536)  # the same few names come with every article
def name_key(name: str) -> str:
    """A key that all spellings of a name share: case, accents, width, dashes and blanks do not count."""
    # Case is folded on both sides: what folding makes can be decomposed, and the other way round.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.casefold()).casefold())
    plain = unicodedata.normalize("NFC", _ACCENT.sub("", folded))
    return _BREAK.sub(" ", plain).strip() or name.strip()


@lru_cache(maxsize=65_536)
def name_slug(name: str) -> str:
    """The name as a part of a URL, equal for all its spellings and for no other name.

    It is made of the name alone, so that it stays the same whatever names are added. Where Latin letters and
    digits cannot write the whole name (``C++``, another script), the beginning of a digest distinguishes it from
    others.
    """
    key = name_key(name)
    slug = slugify(key, max_length=_LONGEST_SLUG, word_boundary=True)
    if slug.replace("-", " ") == key:
        return slug
    return f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:8]}".lstrip("-")


_DRAFTS = frozenset({"_drafts", "drafts"})
_POSTS = frozenset({"_posts", "_drafts"})
"""Folders of Jekyll that have a purpose, and stand in no URL."""
_LONGEST = 100
"""In characters; file names may have 255 bytes, which is too long for a URL."""
_SIGNS = frozenset("#%@*")
"""Signs that distinguish names, as all symbols do: ``C#`` is not ``C++``."""
_ANY = Calendar(ZoneInfo("UTC"))
_SLUG = re.compile(rf"(?=.{{1,{_LONGEST}}}$)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PathInfo:
    """The parts of a path."""

    section: str
    """The folder as a URL path without outer slashes; empty at the top."""
    slug: str
    """Empty where the name has no letter that can stand in a slug."""
    name: str
    """The name as people read it."""
    published: datetime | None
    draft: bool
    folder: str
    """The folder as it is written, without outer slashes."""
    date_error: DateError | None = None
    """Set where the name begins with an impossible date."""
    language: str | None = None
    """BCP 47; the ending of the name, as in ``trip.fr.md``."""
    original: str | None = None
    """The path without suffix and language, where the name has one; all translations have the same."""
    section_key: str | None = None
    """The key of the section's channel, where ``section`` is not unique to it; else None."""


def read_path(path: str, calendar: Calendar) -> PathInfo:
    """The date, name and section that ``path`` gives; a date in the name counts before one in the folders.

    An ``index`` stands for its folder: its name is the folder's, its section the one above.
    """
    folder, _, file = path.rpartition("/")
    folders = folder.split("/") if folder else []
    draft = not _DRAFTS.isdisjoint(folders)
    stem, language = split_language(_stem(file))
    if _is_index(stem) and folders:
        stem = folders.pop()
    date_error = None
    try:
        published, words = date_in_name(stem, calendar)
    except DateError as error:
        published, words, date_error = None, stem, error
    if published is None and not folder.isalpha():
        published = date_in_path(f"{folder}/", calendar)
    section, key = _section_and_key(tuple(folders))
    return PathInfo(
        section=section,
        slug=short_slug(f"{words}.{language}" if language else words),
        name=readable_name(normalize("NFC", words)),
        published=published,
        draft=draft,
        folder=folder,
        date_error=date_error,
        language=language,
        original=f"{folder}/{split_language(_stem(file))[0]}".lstrip("/") if language else None,
        section_key=key,
    )


class FileName(NamedTuple):
    """The name of an article's file, or of its folder where it is an ``index``, as it is written."""

    name: str
    """Without date, language and suffix."""
    whole: str
    """With the language."""
    is_dated: bool
    """Whether a date stands before it."""


def file_name(path: str) -> FileName:
    """The name in ``path`` as it is written, where :func:`read_path` gives it as a slug."""
    folder, _, file = path.rpartition("/")
    stem, language = split_language(_stem(file))
    if _is_index(stem) and folder:
        stem = folder.rpartition("/")[2]
    try:
        published, name = date_in_name(stem, _ANY)
    except DateError:
        published, name = None, stem
    return FileName(name, f"{name}.{language}" if language else name, published is not None)


@lru_cache(maxsize=4096)
def _section_and_key(folders: tuple[str, ...]) -> tuple[str, str | None]:
    """What :attr:`PathInfo.section` and :attr:`PathInfo.section_key` say of them."""
    section, key = _section(folders), _section_key(folders)
    return section, None if key == section else key


@lru_cache(maxsize=4096)
def section_of(folder: str) -> str:
    """The section that a folder is, written as it is on disk or as a URL path; outer slashes do not matter."""
    return _section(folder.split("/"))


def sections_of(path: str, section: str) -> tuple[str, ...]:
    """Where the file at ``path`` lies: its ``section``; an ``index`` is in the folder it stands for too."""
    folder, _, file = path.rpartition("/")
    return (section, section_of(folder)) if _is_index(split_language(_stem(file))[0]) else (section,)


@lru_cache(maxsize=4096)
def folder_key(folder: str) -> str:
    """The part of a URL by which a folder's channel differs from those of all other folders.

    It is made of the name alone. Where Latin letters lose signs or Han characters, of which many are read alike,
    the beginning of a digest stands for them, as for tags (:func:`name_slug`).
    """
    slug = short_slug(folder)
    if slug and not any(map(_is_lost, folder)):
        return slug
    digest = hashlib.sha256(name_key(folder).encode()).hexdigest()
    return f"{slug}-{digest[:8]}".lstrip("-")


def merged_folder(path: str) -> str | None:
    """The outermost folder of ``path`` whose :func:`folder_key` differs from its part of ``section``.

    None where there is none, or where neither it nor a folder below it has a part in ``section``.
    """
    folders = path.split("/")[: -2 if _is_index(split_language(_stem(path.rpartition("/")[2]))[0]) else -1]
    for depth, folder in enumerate(folders, 1):
        if folder not in _POSTS and folder_key(folder) != short_slug(folder):
            return "/".join(folders[:depth]) if _section(folders[depth - 1 :]) else None
    return None


def _is_lost(character: str) -> bool:
    return character in _SIGNS or category(character)[0] == "S" or name(character, "").startswith("CJK ")


def _section_key(folders: Iterable[str]) -> str:
    return "/".join(folder_key(folder) for folder in folders if folder not in _POSTS)


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


def readable_name(name: str) -> str:
    """The name of a file or folder as people read it: blanks for dashes and underscores, a capital first."""
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]


def alias_paths(written: Iterable[str], folder: str, base_url: str, notes: Notes) -> tuple[str, ...]:
    """The former paths of the article, each with a leading slash and none at the end, decoded, in order.

    Args:
        written: The aliases as the header writes them: paths, which without a leading slash are relative to the
            folder (Hugo), or whole URLs of this site.
        folder: The folder of the article, without outer slashes.
        base_url: Of this site, without a trailing slash.
        notes: Takes a warning for each that is no address of this site.
    """
    found: dict[str, None] = {}
    for alias in written:
        path = _path(alias, folder, base_url)
        if path is None:
            what = f'the alias "{alias[:80]}" is no address of this site'
            notes.warn(None, what, f"write its path, or begin it with {base_url}/")
        else:
            found[path] = None
    return tuple(found)


def _path(alias: str, folder: str, base_url: str) -> str | None:
    try:
        parts, own = urlsplit(alias), urlsplit(base_url)
    except ValueError:
        return None
    if parts.netloc and parts.netloc.lower() != own.netloc.lower():
        return None
    if parts.scheme not in {"", "http", "https"}:
        return None
    path = unquote(parts.path)
    if parts.netloc:
        path = path.removeprefix(own.path) or "/"
    elif not path:
        return None
    joined = one_line(posixpath.normpath(posixpath.join("/", folder, path)))
    return f"/{joined.lstrip('/')}"
