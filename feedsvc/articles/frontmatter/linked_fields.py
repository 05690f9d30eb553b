"""Fields with addresses: the authors with their profiles, and the links of a link post.

A link post names the page it is about, where that was found, and related pages. An author may be named by the key
of a profile: Docusaurus keeps ``authors.yml`` beside the posts, Material for MkDocs puts the same below
``authors:``, themes of Jekyll read ``_data/authors.yml``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from feedsvc.articles.body.media import FileChangedError
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, Value, is_address, spelling, word
from feedsvc.articles.frontmatter.keys import NO, YES
from feedsvc.articles.frontmatter.yaml_header import read_yaml
from feedsvc.articles.model import NO_LINKS, Author, Links
from feedsvc.articles.problems import Notes, Unreadable
from feedsvc.articles.source.decoding import decode
from feedsvc.articles.source.listing import Stat
from feedsvc.core.open_beneath import OutsideError, open_file

_KEY = re.compile(r"[A-Za-z0-9][\w.-]*")
"""A key of a profile; two words are a name, and no key."""
_FILES = ("authors.yml", "authors.yaml", "_data/authors.yml")
_FULL_NAMES = ("name", "displayname", "title")
_HOMEPAGES = ("url", "link", "web", "website", "homepage", "home", "uri")
_LARGEST = 1_000_000
"""In bytes; a longer file is not read."""


def with_profiles(
    declared: tuple[Author, ...], header: Header, references: References, notes: Notes
) -> tuple[Author, ...]:
    """The authors with name and address of their profiles, where they are named by keys of the nearest file.

    Args:
        declared: The authors as the header names them.
        header: The header, whose line the warning names.
        references: Knows the directory, and remembers which files were looked for.
        notes: Takes a warning for each key without a profile.

    Raises:
        FileChangedError: The file has changed since the directory was listed.
    """
    if not any(author.url is None and _KEY.fullmatch(author.name) for author in declared):
        return declared
    profiles = _nearest(references, notes)
    if profiles is None:
        return declared
    found = []
    for author in declared:
        profile = profiles.get(spelling(author.name)) if author.url is None else None
        if profile is None and author.url is None and author.name[:1].islower() and _KEY.fullmatch(author.name):
            what = f'no author profile has the key "{author.name}"'
            notes.warn(header.line_of("authors"), what, "add it to the file of the authors, or write the name")
        found.append(profile or author)
    return tuple(found)


def absolute_authors(declared: Iterable[Author], references: References) -> tuple[Author, ...]:
    """The authors with their addresses absolute; one that may not be published is left out."""
    return tuple(
        Author(author.name, references.absolute(author.url) if author.url else None) for author in declared
    )


def _nearest(references: References, notes: Notes) -> Mapping[str, Author] | None:
    """The profiles of the file beside the article, else of that in the nearest folder above; None without one."""
    folder = references.article_path
    while folder:
        folder = folder.rpartition("/")[0]
        for path in (f"{folder}/{file}" if folder else file for file in _FILES):
            references.sought.add(path)
            if path in references.listing.files:
                return _profiles_in(references.directory, path, references.listing.files[path], notes)
    return None


def _profiles_in(directory: Path, path: str, stat: Stat, notes: Notes) -> Mapping[str, Author] | None:
    try:
        return _profiles(str(directory), path, stat)
    except (Unreadable, OutsideError, OSError) as error:
        what = error.problem.what if isinstance(error, Unreadable) else str(error)
        notes.warn(None, f'"{path}" cannot be read, so authors are named by their keys ({what})', "mend the file")
        return None


@lru_cache(maxsize=64)
def _profiles(directory: str, path: str, stat: Stat) -> Mapping[str, Author]:
    """The profiles of one file by key (:func:`spelling`)."""
    notes = Notes(path)
    if stat.size > _LARGEST:
        raise notes.unreadable(None, f"it is larger than {_LARGEST} bytes", "shorten it")
    try:
        with open_file(directory, path) as stream:
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise FileChangedError(Path(directory) / path) from error
    header = read_yaml(decode(content, notes), 0, notes, known_only=False) or Header()
    entries: dict[str, Value] = {key: entry.value for key, entry in header.entries.items()}
    inner = entries.get("authors")
    if isinstance(inner, dict) and not {spelling(key) for key in inner} & {"name", "url"}:
        entries = {spelling(key): value for key, value in inner.items()}
    return {key: profile for key, value in entries.items() if (profile := _profile(value))}


def _profile(value: Value) -> Author | None:
    if not isinstance(value, dict):
        return None
    texts = {spelling(key): text.strip() for key, text in value.items() if isinstance(text, str)}
    name = next((texts[key] for key in _FULL_NAMES if texts.get(key)), None)
    return Author(name, next((texts[key] for key in _HOMEPAGES if texts.get(key)), None)) if name else None


_SWITCH = YES | NO
_FIELDS = frozenset({"external", "via", "related", "canonical"})


def declared_links(header: Header, notes: Notes) -> Links:
    """The links of a header as it writes them; a value that is no address is ignored with a warning."""
    if not header.has_any(_FIELDS):
        return NO_LINKS
    return Links(
        external=next(_addresses(header, "external", notes), None),
        via=tuple(dict.fromkeys(_addresses(header, "via", notes))),
        related=tuple(dict.fromkeys(_addresses(header, "related", notes))),
        canonical=next(_addresses(header, "canonical", notes), None),
    )


def absolute_links(declared: Links, references: References) -> Links:
    """The same, absolute. Those that may not be published, and ``external`` ones of this site, are left out."""
    if declared is NO_LINKS:
        return NO_LINKS
    return Links(
        _elsewhere(declared.external, references),
        _absolute(declared.via, references),
        _absolute(declared.related, references),
        _elsewhere(declared.canonical, references),
    )


def _elsewhere(address: str | None, references: References) -> str | None:
    """The address if it is on another site; export programs write an article's own address there."""
    found = references.absolute(address) if address else None
    return None if found is None or f"{found}/".startswith(f"{references.base_url}/") else found


def _absolute(addresses: tuple[str, ...], references: References) -> tuple[str, ...]:
    return tuple(filter(None, map(references.absolute, addresses)))


def _addresses(header: Header, name: str, notes: Notes) -> Iterator[str]:
    for entry in header.all(name):
        for value in entry.value if isinstance(entry.value, list) else [entry.value]:
            address = _address(value)
            if is_address(address):
                yield address
            elif word(address) not in _SWITCH:  # whether a theme is to show such links
                what = f'"{entry.key}" holds no address and is ignored'
                notes.warn(entry.line, what, "write an address that begins with https://")


def _address(value: Value) -> str:
    found = [value[key] for key in ("url", "href", "link") if key in value] if isinstance(value, dict) else [value]
    address = next(iter(found), "")
    return address.strip() if isinstance(address, str) else ""
