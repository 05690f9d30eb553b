"""Inherited fields: what data files beside and above an article add to its header.

Visibility, dates, tags, languages, authors and patterns of addresses are inherited. A data file that may hide
articles and cannot be read sets those articles aside that no header of their own makes public.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from feedsvc.articles.body.media import FileChangedError
from feedsvc.articles.frontmatter import parser
from feedsvc.articles.frontmatter.header import (
    Header,
    HeaderEntry,
    field_meant,
    hides_article,
    is_marked,
    spelling,
    word,
)
from feedsvc.articles.frontmatter.keys import HIDING, NO, SPELLINGS, UNLISTING, VISIBILITY_FIELDS, YES
from feedsvc.articles.frontmatter.scopes import Rule, cascade_rules, default_rules, inheritable
from feedsvc.articles.frontmatter.typed_header import read_json, read_toml
from feedsvc.articles.frontmatter.yaml_header import read_yaml
from feedsvc.articles.identity.paths import section_of
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.model import Problem
from feedsvc.articles.problems import Notes, Unreadable, reader_failure
from feedsvc.articles.source.decoding import decode
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.articles.source.names import SCRIPTS, SITE_FILES, is_section_page
from feedsvc.core.open_beneath import OutsideError, open_file

_VALUES = frozenset({"published", "updated", "expires", "tags", "authors", "language"})
_ADDRESSES = frozenset({"url", "permalink", "path"})
"""Keys by which a header names the article's address."""
_HOLDING = frozenset({*VISIBILITY_FIELDS, "published", "expires", "tags"})
"""Fields by which an article may be hidden, for now or for good."""


def _signs_of_hiding() -> Iterator[str]:
    """Patterns of the keys by which a data file may hide articles; an address as the value hides none."""
    for table in (HIDING, UNLISTING):
        for name, values in table.items():
            for key in SPELLINGS[name] if values.of_lists is None else ():
                pattern = "[-_]?".join(key)
                yield rf"\b{pattern}[\"']?\s*(?:[:=(]\s*(?!\s)[^\"'`]|\()" if values.common else pattern


_MAY_HIDE = re.compile("|".join(_signs_of_hiding()), re.IGNORECASE)
_LARGEST = 1_000_000
"""In bytes; a longer data file is not read."""
_DRAFT = HeaderEntry("draft", "true", None)


def inherit(
    header: Header, files: Iterable[str], directory: Path, listing: Listing, notes: Notes
) -> tuple[Header, tuple[str, ...]]:
    """Add to an article's header the entries of data files that apply to the article.

    Args:
        header: The header in the article's file, which counts before all others.
        files: The data files, the one that counts most first.
        directory: The articles directory.
        listing: The files in the directory.
        notes: Names the article.

    Returns:
        The header, and the data files that added an entry by which the article may be hidden.

    Raises:
        Unreadable: A data file that may hide the article cannot be understood.
        FileChangedError: A data file has changed since the directory was listed.
    """
    held: dict[str, None] = {}
    for file, rules in [(file, _rules(directory, file, listing)) for file in files if file != notes.path]:
        for rule in rules:
            fits = rule.fits(notes.path)
            if fits is False:
                continue
            if fits is None:
                if not any(field_meant(entry) in VISIBILITY_FIELDS for entry in rule.entries):
                    continue
                rule = Rule(broken="only Hugo can tell to which articles it applies")  # noqa: PLW2901 - the same, and worse
            _refuse_broken(header, file, rule, notes)
            entries = {**header.entries, "draft": _DRAFT} if rule.always else _added(header, rule)
            added = [entry for key, entry in entries.items() if key not in header.entries]
            if rule.always or any(field_meant(entry) in _HOLDING for entry in added):
                held[file] = None
            header = Header(entries, header.dialect if header.entries or rule.whole is None else rule.whole)
    return header, tuple(held)


def _section_header(directory: Path, file: str, listing: Listing, problems: list[Problem]) -> Header:
    """The header of the page of a section (``_index.md``); empty where it cannot be read, or moved meanwhile.

    It is read by the process that asks and not by a reader process: what the parsers refuse bounds what it costs.
    """
    try:
        found = _read(str(directory), file, listing.files[file])
    except FileChangedError:
        return Header()
    if isinstance(found, Header):
        return found
    if found.failure is not None:
        problems.append(found.failure)
    return Header()


def _refuse_broken(header: Header, file: str, rule: Rule, notes: Notes) -> None:
    if rule.broken is not None and header.first("draft") is None:
        what = f"{file} may hide it, and cannot be read ({rule.broken})"
        raise notes.unreadable(None, what, f"mend {file}, or write draft: true or draft: false into the header")


def _added(header: Header, rule: Rule) -> dict[str, HeaderEntry]:
    """The header's entries, and those of the rule for fields that the header does not have."""
    every = rule.whole is not None
    found = dict(header.entries)
    own = {field_meant(entry) for entry in header.entries.values() if entry.value not in ("", [], {})}
    for entry in rule.entries:
        name, field = spelling(entry.key), field_meant(entry)
        if not every and _is_address_pattern(entry):
            if _ADDRESSES.isdisjoint(header.entries):
                found.setdefault(name, entry)
            continue
        allowed = every or field in VISIBILITY_FIELDS or field in _VALUES
        if allowed and (field is None or field not in own):
            found.setdefault(name, entry)
    return found


def _is_address_pattern(entry: HeaderEntry) -> bool:
    """Whether the entry gives each article of a folder its own address, such as ``url: /notes/:slug/``."""
    return spelling(entry.key) in _ADDRESSES and isinstance(entry.value, str) and "/:" in entry.value


def _rules(directory: Path, file: str, listing: Listing) -> tuple[Rule, ...]:
    found = _read(str(directory), file, listing.files[file])
    if isinstance(found, Rule):
        return (found,)
    folder, _, name = file.rpartition("/")
    if is_section_page(name):
        return (*_section(found), *cascade_rules(found))
    if name.endswith(".meta"):
        marked = any(is_marked(entry) for entry in found.all("tags"))
        return (Rule((*inheritable(found), *([_DRAFT] if marked else [])), whole=found.dialect),)
    if name in SITE_FILES:
        return (*default_rules(found, f"{folder}/" if folder else ""), *cascade_rules(found))
    return (Rule(inheritable(found)),)


def _section(header: Header) -> Iterator[Rule]:
    """Hide the articles below a section that is a draft, as Zola does."""
    entry = header.first("draft")
    if entry is not None and word(entry.value) not in YES | NO:
        yield Rule(broken=f'"{entry.key}" has a value that is not understood')
    elif any(hides_article(entry, whole_section=True) for entry in header.entries.values()):
        yield Rule(always=True)


@lru_cache(maxsize=4096)  # the same few files are asked for by every article below them
def _read(directory: str, file: str, stat: Stat) -> Header | Rule:
    """The header of a data file; a broken rule where it may hide articles and cannot be read."""
    if stat.size > _LARGEST:
        return Header() if _is_plain_json(file) else Rule(broken=f"it is larger than {_LARGEST} bytes")
    try:
        with open_file(directory, file) as stream:
            content = stream.read(stat.size + 1)
    except (FileNotFoundError, OutsideError) as error:
        raise FileChangedError(file) from error
    except OSError as error:
        return Rule(broken=error.strerror or "it cannot be opened")
    if len(content) != stat.size:
        raise FileChangedError(file)
    return _understood(file, content)


def _understood(file: str, content: bytes) -> Header | Rule:
    """The header that the content of a data file gives, as from :func:`_read`."""
    notes = Notes(file)
    text = ""
    try:
        text = decode(content, notes) if content.strip() else ""
        if file.endswith(SCRIPTS):
            found = _MAY_HIDE.search(text)
            code = "it is program code, which feedsvc does not run"
            return Rule(broken=f'{code}, and holds "{found[0].strip()}"') if found else Header()
        return _parsed(file, text, notes)
    except Unreadable as unreadable:
        if _is_plain_json(file) and not _MAY_HIDE.search(text):
            return Header()
        return Rule(broken=f"line {unreadable.problem.line or 1}: {unreadable.problem.what}")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of a parser must cost what one file says, and no round
        failure = reader_failure(file, error)
        return Rule(broken=failure.what, failure=failure)


def _is_plain_json(file: str) -> bool:
    """Whether it may be the data of any program, and describe no articles."""
    return file.endswith(".json") and not file.endswith(".11tydata.json")


def _parsed(file: str, text: str, notes: Notes) -> Header:
    name = file.rpartition("/")[2]
    if name.endswith(".json"):
        at = len(text) - len(text.lstrip())
        found = read_json(text, at, notes) if text[at : at + 1] == "{" else None
        return Header() if found is None else found[0]
    if name.endswith(".toml"):
        return read_toml(text, 0, notes) or Header()
    if name in SITE_FILES:
        return _yaml(text, notes)
    header, _ = parser.split(text, notes, known_only=False)
    if name.endswith(".meta") and not header.entries and text.strip():
        raise notes.unreadable(1, "it holds no lines of keys and values", "write lines such as .. title: x")
    return header


def _yaml(text: str, notes: Notes) -> Header:
    """The configuration; a broken one counts only where it may hide articles."""
    try:
        return read_yaml(text, 0, notes, known_only=False) or Header()
    except Unreadable:
        if ("defaults" in text or "cascade" in text) and _MAY_HIDE.search(text):
            raise
        return Header()


@dataclass(frozen=True, slots=True)
class SectionText:
    """The title and description of a section; empty where its page gives none."""

    section: str
    """As :attr:`.Article.section`."""
    title: str
    description: str


def section_texts(directory: Path, listing: Listing) -> tuple[tuple[SectionText, ...], tuple[Problem, ...]]:
    """The texts of the sections below the top, sorted, and the problems of pages that feedsvc failed to read.

    Of two folders that are one section the first counts.
    """
    problems: list[Problem] = []
    found: dict[str, SectionText] = {}
    for folder, names in sorted(listing.data.items()):
        page = next((name for name in names if is_section_page(name.rpartition("/")[2])), None)
        if folder and page:
            header = _section_header(directory, page, listing, problems)
            text = SectionText(section_of(folder), _said(header, "title"), _said(header, "summary"))
            if text.title or text.description:
                found.setdefault(text.section, text)
    return tuple(found[section] for section in sorted(found)), tuple(problems)


def _said(header: Header, field: str) -> str:
    entry = header.first(field)
    return one_line(entry.value) if entry is not None and isinstance(entry.value, str) else ""
