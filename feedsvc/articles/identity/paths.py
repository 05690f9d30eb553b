"""The parts of an article's path: its section, slug, date, language, and whether it is a draft; also slugs.

Files whose names differ in the language alone are one article in several languages (:func:`translations_of`):
``trip.fr.md`` and ``trip.pt-br.md`` stand beside ``trip.md``, and ``index.fr.md`` beside ``index.en.md``, as Hugo
and others have it.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import category, name, normalize
from zoneinfo import ZoneInfo

from slugify import slugify

from feedsvc.articles.frontmatter.dates import Calendar, DateError, date_in_name, date_in_path
from feedsvc.articles.record import Record

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
    section = _section(folders)
    key = "/".join(folder_key(folder) for folder in folders if folder not in _POSTS)
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


_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik is it iu ja
jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq
sr ss st su sv sw ta te tg th ti tk tl tn to tr tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ast ckb
dsb fil gsw haw hsb nds sco szl yue
"""
_CODES = frozenset(_LANGUAGES.split())
"""ISO 639-1, and the longer codes of larger languages; not ``io`` and ``ts``, by which other names end."""
_NAMED = re.compile(
    r"(?P<stem>.+)\.(?P<code>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|\d{3}))?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Translation:
    """The same article in one language."""

    language: str
    """BCP 47."""
    page: str
    """URL path of its page."""


Translations = Mapping[str, tuple[Translation, ...]]
"""By id, the pages of an article in each of its languages, its own page among them."""
NO_TRANSLATIONS: Translations = MappingProxyType({})


@lru_cache(maxsize=1024)
def split_language(stem: str) -> tuple[str, str | None]:
    """Split a file's name without suffix into the name and the language at its end (BCP 47).

    Only codes of languages count: ``v1.2`` and ``node.js`` are whole names.
    """
    found = _NAMED.fullmatch(stem)
    if found is None or found["code"].lower() not in _CODES:
        return stem, None
    code, script, region = (found[name] or "" for name in ("code", "script", "region"))
    return found["stem"], "-".join(filter(None, (code.lower(), script.title(), region.upper())))


def translations_of(records: Iterable[Record], language: str) -> Translations:
    """The translations of the articles that have any.

    Args:
        records: The articles that may be named in public, in any order.
        language: The language of articles that name none.
    """
    records = tuple(records)
    originals = {record.article.original for record in records if record.article.original}
    if not originals:
        return {}
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        original = record.article.original or record.article.path.rpartition(".")[0]
        if original in originals:
            groups[original].append(record)
    found = {original: _one_of_each(group, language) for original, group in groups.items()}
    return {
        record.id: found[original]
        for original, group in groups.items()
        for record in group
        if len(found[original]) > 1
        and Translation(record.article.language or language, record.page) in found[original]
    }


def _one_of_each(group: Iterable[Record], language: str) -> tuple[Translation, ...]:
    """A page for each language, in the order of the languages."""
    pages: dict[str, Translation] = {}
    for record in sorted(group, key=lambda record: record.article.path):
        named = record.article.language or language
        pages.setdefault(named.lower(), Translation(named, record.page))
    return tuple(pages[key] for key in sorted(pages))
