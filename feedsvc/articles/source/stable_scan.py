"""A look at the directory that a file cannot slip through by being renamed meanwhile.

Folders are listed one after another. A file that is moved from one to another in between is seen in both, and
would become a second article, or in neither, and would be taken back.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from feedsvc.articles.source.formats import article_format
from feedsvc.articles.source.scanner import Listing, scan

_LOOKS = 4
"""How often at the most a directory is listed that goes on changing; the next round sees the rest."""


def stable_scan(directory: Path, known: Collection[str], pulse: Callable[[], None]) -> Listing:
    """List ``directory``, again if a file may have been on its way.

    Args:
        directory: The articles directory.
        known: The paths of the articles that the last round knew.
        pulse: Called before each folder; what it raises ends the look.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    listing = scan(directory, pulse)
    for _ in range(_LOOKS - 1):
        if not _may_be_on_its_way(listing, known):
            break
        before, listing = listing, scan(directory, pulse)
        if listing.files.keys() == before.files.keys():
            break
    return listing


def _may_be_on_its_way(listing: Listing, known: Collection[str]) -> bool:
    """Whether a known article is gone, or a new one has the size and time of a known one; a rename keeps both."""
    files = listing.files
    if any(path not in files and not listing.holds(path) for path in known):
        return True
    new = {
        (files[path].size, files[path].mtime_ns) for path in files if path not in known and article_format(path)
    }
    return bool(new) and any((stat.size, stat.mtime_ns) in new for path in known if (stat := files.get(path)))
