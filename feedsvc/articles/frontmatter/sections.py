"""Sections: what the page of a folder (``_index.md`` of Hugo and Zola) says of it."""

from dataclasses import dataclass
from pathlib import Path

from feedsvc.articles.frontmatter.data_files import is_section_page
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.inherited import section_header
from feedsvc.articles.identity.paths import section_of
from feedsvc.articles.markup.excerpt import one_line
from feedsvc.articles.source.scanner import Listing


@dataclass(frozen=True, slots=True)
class SectionText:
    """The title and description of a section; empty where its page gives none."""

    section: str
    """As :attr:`Article.section`."""
    title: str
    description: str


def section_texts(directory: Path, listing: Listing) -> tuple[SectionText, ...]:
    """What the sections below the top say of themselves, sorted; of two folders that are one, the first."""
    found: dict[str, SectionText] = {}
    for folder, names in sorted(listing.data.items()):
        page = next((name for name in names if is_section_page(name.rpartition("/")[2])), None)
        if folder and page:
            header = section_header(directory, page, listing)
            text = SectionText(section_of(folder), _said(header, "title"), _said(header, "summary"))
            if text.title or text.description:
                found.setdefault(text.section, text)
    return tuple(found[section] for section in sorted(found))


def _said(header: Header, field: str) -> str:
    entry = header.first(field)
    return one_line(entry.value) if entry is not None and isinstance(entry.value, str) else ""
