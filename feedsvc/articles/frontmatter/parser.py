"""The header above an article, in whichever language it is written.

Between two fences stands YAML (``---``, also ended by ``...``), TOML (``+++``) or JSON (``;;;``); the language
may be named behind the first fence. Without fences there are a JSON object, lines like ``Title: x``, and
Nikola's comments.

A header that cannot be understood sets the file aside: it may have said ``draft: true``. A header that is
nearly right and cannot be read does the same (:func:`.read_near_miss`). A story that begins with a line of dashes
is no header, and keeps every word.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from feedsvc.articles.frontmatter.header import (
    Header,
    HeaderEntry,
    field_meant,
    field_of,
    keeps_from_feeds,
    spelling,
)
from feedsvc.articles.frontmatter.keys import VISIBILITY_FIELDS
from feedsvc.articles.frontmatter.loose_header import ends_nearly, opens_nearly, read_lines, read_near_miss
from feedsvc.articles.frontmatter.typed_header import looks_like_json, looks_like_toml, read_json, read_toml
from feedsvc.articles.frontmatter.yaml_header import opens_with_key, read_yaml
from feedsvc.articles.markup.plain_words import without_markup
from feedsvc.articles.problems import Notes, Unreadable

_START = re.compile(r"[\s\ufeff\u200b]*")
"""Text that may precede a header: blank lines, and byte order marks that a program wrote twice."""
_FENCE = re.compile(r"(---|\+\+\+|;;;)[ \t]*([A-Za-z]*)[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$\n?", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*$\n?", re.MULTILINE),
}
_LANGUAGES = {"---": "yaml", "+++": "toml", ";;;": "json"}
_OTHER_NAMES = {"yml": "yaml"}
_OBJECT = re.compile(r"\{\s*[\"'}A-Za-z]")
_ASSIGNMENT = re.compile(r"\w+[ \t]*=")
_COMMENTS = re.compile(r"(?:<!--(?:(?!-->).){0,2000}-->\s*)+", re.DOTALL)
_COMMENT = re.compile(r"<!--\s*((?:(?!-->).){0,2000})-->", re.DOTALL)
_OPENS_WITH_KEY = re.compile(r"(?:\.\.[ \t]+)?[\w-]+(?:[ \t]+[\w-]+)?[ \t]*[:=]")
_INDENT = re.compile(r"^(?:[ \t]*\.\.)?[ \t]+", re.MULTILINE)
_CODE = frozenset({"js", "javascript", "ts", "typescript", "coffee", "cson", "node"})
"""Languages of headers (Eleventy's) that are program code, which feedsvc never runs."""


def split(text: str, notes: Notes, *, known_only: bool) -> tuple[Header, str]:
    """Split a file into its header and the text below.

    Args:
        text: The whole file.
        notes: Takes the warnings.
        known_only: For plain text, where a header counts only with a key that has a meaning here.

    Returns:
        The header, empty where there is none, and the rest of the text.

    Raises:
        Unreadable: There is a header, but it cannot be parsed or is never closed.
    """
    start = _START.match(text)
    at = start.end() if start else 0
    found = _found(text, at, notes, known_only=known_only)
    if found is None:
        return Header(), text
    header, rest = found
    return flattened(header), rest


def _found(text: str, at: int, notes: Notes, *, known_only: bool) -> tuple[Header, str] | None:
    sign = text[at : at + 1]
    line = text.rfind("\n", 0, at) + 1
    if opens_nearly(text, line):
        return _fenced(text, at, notes, known_only=known_only) or read_near_miss(text, line, notes)
    ended: tuple[Header, int] | None = None
    if sign == "{" and _OBJECT.match(text, at):
        ended = read_json(text, at, notes)
    elif sign in {".", "<"}:
        ended = read_comment(text, at, notes)
        is_hiding = ended is not None and any(map(keeps_from_feeds, ended[0].entries.values()))
        hiding = ended if is_hiding else _hiding_comment(text, at, notes)
        ended = hiding or ended
        if below := _below_comments(text, at):
            if hiding is None and ended is not None:
                return _hiding_fence(text, below, ended, notes) or (ended[0], text[ended[1] :])
            fenced = _found(text, below, notes, known_only=known_only)
            if fenced is not None:
                return (fenced[0] if hiding is None else hiding[0].over(fenced[0])), fenced[1]
    elif sign.isalpha() or sign in {":", "#"}:
        _refuse_unopened(text, at, notes)
        return read_lines(text, at, notes, known_only=known_only)
    return None if ended is None else (ended[0], text[ended[1] :])


def _below_comments(text: str, at: int) -> int | None:
    """Where a fence begins below comments of HTML, such as those for formatters; None where none does."""
    found = _COMMENTS.match(text, at)
    return found.end() if found and opens_nearly(text, found.end()) else None


def _hiding_comment(text: str, at: int, notes: Notes) -> tuple[Header, int] | None:
    """The header in a comment of HTML that hides the article; any other comment is nothing but that."""
    end = found.end() if (found := _COMMENTS.match(text, at)) else at
    for comment in _COMMENT.finditer(text, at, end):
        forms = [comment[1]]
        if _OPENS_WITH_KEY.match(comment[1]):  # the lines below are often indented
            forms.append(_INDENT.sub("", comment[1]))
        for form in forms:
            lines = read_lines(form, 0, Notes(notes.path), known_only=False)
            if lines and any(map(keeps_from_feeds, lines[0].entries.values())):
                return lines[0], comment.end()
    return None


def _hiding_fence(text: str, at: int, above: tuple[Header, int], notes: Notes) -> tuple[Header, str] | None:
    """The header at ``at`` over the one above it, if it hides the article; any other text there is no header."""
    try:
        found = _found(text, at, Notes(notes.path), known_only=True)
    except Unreadable:
        return None
    if found is None or not any(map(keeps_from_feeds, found[0].entries.values())):
        return None
    return found[0].over(above[0]), found[1]


def _refuse_unopened(text: str, at: int, notes: Notes) -> None:
    """Refuse a header in TOML that has lost its first fence."""
    if not _ASSIGNMENT.match(text, at):
        return
    closing = _CLOSING["+++"].search(text, at)
    if closing is not None and looks_like_toml(text[at : closing.start()]):
        line = text.count("\n", 0, at) + 1
        raise notes.unreadable(line, "the header is closed but never opened", "write a line +++ above it")


def _fenced(text: str, at: int, notes: Notes, *, known_only: bool) -> tuple[Header, str] | None:
    fence = _FENCE.match(text, at)
    if fence is None or (at and text[at - 1] in " \t"):
        return None
    language = fence[2].lower() or _LANGUAGES[fence[1]]
    language = _OTHER_NAMES.get(language, language)
    closing = _CLOSING[fence[1]].search(text, fence.end())
    if language in _CODE and closing:
        remedy = "write it in YAML between two lines ---"
        raise notes.unreadable(
            text.count("\n", 0, at) + 1,
            f"a header in {fence[2]} is program code, which feedsvc does not run",
            remedy,
        )
    if language not in _LANGUAGES.values():
        return None
    above = text.count("\n", 0, fence.end())
    block = text[fence.end() : closing.start() if closing else None]
    if closing is None:
        if ends_nearly(text, fence.end(), None) and (near := read_near_miss(text, at, notes)):
            return near
        if _is_open_header(language, block, known_only=known_only):
            remedy = f"write a line {fence[1]} below the header"
            raise notes.unreadable(above, "the header begins here and is never closed", remedy)
        return None
    try:
        header = _read(language, block, above, notes, known_only=known_only)
    except Unreadable:
        # A closing fence that is nearly right, and a rule further down in the text.
        near = read_near_miss(text, at, notes) if ends_nearly(text, fence.end(), closing.start()) else None
        if near is None:
            raise
        return near
    return None if header is None else (header, text[closing.end() :])


def _is_open_header(language: str, block: str, *, known_only: bool) -> bool:
    if language == "toml":
        return looks_like_toml(block[:4096])
    if language == "json":
        return looks_like_json("\n" + block[:4096])
    return opens_with_key(block, known_only=known_only)


def _read(language: str, block: str, above: int, notes: Notes, *, known_only: bool) -> Header | None:
    if language == "toml":
        return read_toml(block, above, notes)
    if language == "yaml":
        return read_yaml(block, above, notes, known_only=known_only)
    if not block.lstrip().startswith("{"):
        block = f"{{{block}}}"  # Middleman leaves the braces out
    text = "\n" * above + block
    found = read_json(text, text.index("{"), notes)
    return None if found is None else found[0]


_OPENING = re.compile(r"(<!--\s*)?\.\.[ \t]+([A-Za-z][\w-]*):(?:\s|\Z)")
_BARE = re.compile(r"(?:\.\.[ \t]+[A-Za-z][\w-]*:.*(?:\n|\Z))+")
_LINE = re.compile(r"^[ \t]*\.\.[ \t]+([A-Za-z][\w-]*):[ \t]*(.*)$", re.MULTILINE)
_BLANKS = re.compile(r"\s*")


def read_comment(text: str, at: int, notes: Notes) -> tuple[Header, int] | None:
    """Read the lines or comments that begin at ``text[at]``.

    Returns:
        The header and where it ends; None where there is none.

    Raises:
        Unreadable: The comment is never closed.
    """
    entries: list[HeaderEntry] = []
    end = at
    while found := _OPENING.match(text, at):
        end = _end(text, found, notes)
        entries.extend(_entries(text, at, end))
        blanks = _BLANKS.match(text, end)
        at = blanks.end() if blanks else end
    if not any(field_of(entry.key) for entry in entries):
        return None
    return Header.of(entries, "comment", notes), end


def _end(text: str, opening: re.Match[str], notes: Notes) -> int:
    if not opening[1]:
        bare = _BARE.match(text, opening.start())
        return opening.end() if bare is None else bare.end()
    end = text.find("-->", opening.end())
    if end < 0:
        line = text.count("\n", 0, opening.start()) + 1
        raise notes.unreadable(line, "the comment with the header is never closed", "write --> below the header")
    return end + len("-->")


def _entries(text: str, at: int, end: int) -> Iterator[HeaderEntry]:
    number = text.count("\n", 0, at) + 1
    for line in text[at:end].removeprefix("<!--").split("\n"):
        if found := _LINE.match(line):
            yield HeaderEntry(found[1], found[2].removesuffix("-->").strip(), number)
        number += 1


_TAXONOMIES = frozenset({"tags", "authors"})
_SOCIAL = frozenset({"summary", "image"})
_TABLES: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "taxonomies": _TAXONOMIES,
        "extra": None,
        "params": None,
        "seo": _SOCIAL,
        "opengraph": _SOCIAL,
        "header": _SOCIAL,
    }
)
"""Spelling of the table (Zola's, Hugo's, those of themes) to the fields that are taken from it; None for all
but ``_OWN``."""
_PICTURES = frozenset({"teaser", "overlayimage"})
"""What the Minimal Mistakes theme calls pictures in its table ``header``."""
_OWN = frozenset({"title", "published", "updated", "expires", "slug", "aliases", "id", *VISIBILITY_FIELDS})
"""Fields that mean the article only where they stand at the top; a value that hides it counts in a table too."""


def flattened(header: Header) -> Header:
    """The header with the fields of its tables where the top level has none, and with plain title and summary."""
    entries: dict[str, HeaderEntry] = dict(header.entries)
    for table in () if _TABLES.keys().isdisjoint(entries) else _TABLES:  # few headers have one
        found = entries.get(table)
        if found is not None and isinstance(found.value, dict):
            _take_table(found, _TABLES[table], entries)
    _split_date(entries)
    for key in ("title", "description", "summary", "excerpt", "abstract"):
        entry = entries.get(key)
        if entry is not None and isinstance(entry.value, str):
            plain = without_markup(entry.value)
            if plain != entry.value:
                entries[key] = replace(entry, value=plain)
    return header if entries == header.entries else Header(entries, header.dialect)


def _split_date(entries: dict[str, HeaderEntry]) -> None:
    """Split MkDocs' ``date: {created: …, updated: …}``, and take the date out of Docusaurus' ``last_update``."""
    date, update = entries.get("date"), entries.get("lastupdate")
    if date is not None and isinstance(date.value, dict):
        created, updated = date.value.get("created"), date.value.get("updated")
        if created:
            entries["date"] = replace(date, value=created)
        if created and updated:
            entries.setdefault("updated", HeaderEntry("updated", updated, date.line))
    if update is not None and isinstance(update.value, dict):
        entries["lastupdate"] = replace(update, value=update.value.get("date", ""))


def _take_table(table: HeaderEntry, fields: frozenset[str] | None, entries: dict[str, HeaderEntry]) -> None:
    own = {field_meant(entry) for entry in entries.values()}
    for key, value in table.value.items() if isinstance(table.value, dict) else ():
        entry = HeaderEntry(key, value, table.line)
        field = "image" if spelling(key) in _PICTURES else field_meant(entry)
        if fields is None:
            wanted = field is not None and (field not in _OWN or keeps_from_feeds(entry))
        else:
            wanted = field in fields
        if wanted and (field not in own or fields is _TAXONOMIES):
            name = "image" if field == "image" else spelling(key)
            entries.setdefault(name, entry)
