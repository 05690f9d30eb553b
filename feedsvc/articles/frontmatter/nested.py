"""Lifting: what programs keep in tables of their own within a header, as if it stood at the top.

Also the title and the summary become plain text here, so that all who come after find the words.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from feedsvc.articles.frontmatter.header import Entry, Header, field_of, spelling
from feedsvc.articles.markup.inline import without_markup

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
"""Spelling of the table (Zola's, Hugo's, those of themes) to the fields to look for in it; None for any but
those below."""
_PICTURES = frozenset({"teaser", "overlayimage"})
"""What the Minimal Mistakes theme calls pictures in its table ``header``."""
_OWN = frozenset(
    {"title", "published", "updated", "expires", "draft", "public", "status", "build", "slug", "aliases", "id"}
)
"""Fields that only mean the article where they stand at the top."""


def flattened(header: Header) -> Header:
    """The header with what its tables tell, where the top does not, and with plain title and summary."""
    entries: dict[str, Entry] = dict(header.entries)
    for table, fields in _TABLES.items():
        found = entries.get(table)
        if found is not None and isinstance(found.value, dict):
            _lift(found, fields, entries)
    _part_date(entries)
    for key in ("title", "description", "summary", "excerpt", "abstract"):
        entry = entries.get(key)
        if entry is not None and isinstance(entry.value, str):
            words = without_markup(entry.value)
            if words != entry.value:
                entries[key] = replace(entry, value=words)
    return header if entries == header.entries else Header(entries, header.dialect)


def _part_date(entries: dict[str, Entry]) -> None:
    """Part MkDocs' ``date: {created: …, updated: …}``, and take the date out of Docusaurus' ``last_update``."""
    date, update = entries.get("date"), entries.get("lastupdate")
    if date is not None and isinstance(date.value, dict):
        created, updated = date.value.get("created"), date.value.get("updated")
        if created:
            entries["date"] = replace(date, value=created)
        if created and updated:
            entries.setdefault("updated", Entry("updated", updated, date.line))
    if update is not None and isinstance(update.value, dict):
        entries["lastupdate"] = replace(update, value=update.value.get("date", ""))


def _lift(table: Entry, fields: frozenset[str] | None, entries: dict[str, Entry]) -> None:
    told = {field_of(key) for key in entries}
    for key, value in table.value.items() if isinstance(table.value, dict) else ():
        field = "image" if spelling(key) in _PICTURES else field_of(key)
        wanted = field is not None and (field not in _OWN if fields is None else field in fields)
        if wanted and (field not in told or fields is _TAXONOMIES):
            name = "image" if field == "image" else spelling(key)
            entries.setdefault(name, Entry(key, value, table.line))
