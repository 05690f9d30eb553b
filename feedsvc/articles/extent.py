"""Extent: how much of an article its feeds tell, where it asks for other than the rest."""

from feedsvc.articles.article import Extent
from feedsvc.articles.header import Header
from feedsvc.articles.unreadable import Notes


def read_extent(header: Header, notes: Notes) -> Extent | None:
    """What ``feed_content`` of a header says; None where it says nothing."""
    entry = header.first("extent")
    if entry is None:
        return None
    match entry.value.strip().lower() if isinstance(entry.value, str) else None:
        case "full":
            return "full"
        case "summary":
            return "summary"
    notes.warn(entry.line, f'"{entry.key}" has a value that is not understood', "write full or summary")
    return None
