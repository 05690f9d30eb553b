"""The links of a link post: the page it is about, where that was found, and related pages."""

import re
from collections.abc import Iterator

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, word
from feedsvc.articles.frontmatter.keys import NO, YES
from feedsvc.articles.model import NO_LINKS, Links
from feedsvc.articles.problems import Notes

_ADDRESS = re.compile(r"https?://[^\s/?#]\S*|\.{0,2}/.*", re.IGNORECASE)
"""A page elsewhere, or a path; a bare word may be the name of anything."""
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


def is_address(text: Value) -> bool:
    """Whether a header's value can be such a link: an ``http`` or ``https`` URL, or a path such as ``../a``."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text.strip()) is not None


def _absolute(addresses: tuple[str, ...], references: References) -> tuple[str, ...]:
    return tuple(filter(None, map(references.absolute, addresses)))


def _addresses(header: Header, name: str, notes: Notes) -> Iterator[str]:
    for entry in header.all(name):
        for value in entry.value if isinstance(entry.value, list) else [entry.value]:
            address = _address(value)
            if is_address(address):
                yield address
            elif word(address) not in _SWITCH:  # whether a theme is to show such links
                _warn(entry, notes)


def _address(value: Value) -> str:
    found = [value[key] for key in ("url", "href", "link") if key in value] if isinstance(value, dict) else [value]
    address = next(iter(found), "")
    return address.strip() if isinstance(address, str) else ""


def _warn(entry: HeaderEntry, notes: Notes) -> None:
    notes.warn(
        entry.line, f'"{entry.key}" holds no address and is ignored', "write an address that begins with https://"
    )
