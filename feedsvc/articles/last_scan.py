"""The last scan: what it saw, and so which articles the next round has to check.

A round checks the articles whose files have other sizes or times than in the last scan, those that depend on such
a file, and those that the last round left undone. All others are as they were.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.left_out import Selection
from feedsvc.articles.source.listing import Known, Listing, split


class LastScan:
    """The directory as the last round saw it. It holds as long as nobody else changes the ledger.

    Args:
        selection: The selection that the round went by.
        rules: The options by which it read.
        known: What it left, by path: the article files that exist, as they were read.
        undone: The paths of articles that are not as they were read, and are to be checked again.
    """

    def __init__(
        self, selection: Selection, rules: ReadOptions, known: Mapping[str, Known], undone: AbstractSet[str]
    ) -> None:
        self.selection = selection
        self.rules = rules
        self._undone = undone
        self._dependents: defaultdict[str, set[str]] = defaultdict(set)
        """By the path of a file: the articles that depend on it beside their own files."""
        for path, each in known.items():
            self._note(path, each)

    def _note(self, path: str, known: Known) -> None:
        for watched, _ in split(known.stamp)[1]:
            if watched != path and not watched.endswith("/"):
                self._dependents[watched].add(path)

    def selection_of(self, listing: Listing) -> Selection | None:
        """The selection of the last round with this scan's listing, if the scan has seen the same; else None."""
        before = self.selection.listing
        listing = replace(listing, left_out=before.left_out)
        return replace(self.selection, listing=listing) if listing == before else None

    def to_check(self, listing: Listing, touched: AbstractSet[str] | None = None) -> AbstractSet[str] | None:
        """The paths that may not be as the last round left them; None for all of them.

        Args:
            listing: What the directory holds now.
            touched: The only paths at which it may hold something else than in the last scan; None for all.
        """
        before = self.selection.listing
        if (listing.data, listing.sidecars, listing.left_out) != (before.data, before.sidecars, before.left_out):
            return None
        files, known = listing.files, before.files
        if touched is not None:
            changed = {path for path in touched if files.get(path) != known.get(path)}
        elif files == known:
            changed = set()
        else:
            changed = {path for path, stat in files.items() if known.get(path) != stat} | (
                known.keys() - files.keys()
            )
        if not changed.isdisjoint(listing.data_files):
            return None
        return changed.union(self._undone, *(self._dependents.get(path, ()) for path in changed))

    def advance(
        self, selection: Selection, changed: Iterable[str], undone: AbstractSet[str], known: Mapping[str, Known]
    ) -> None:
        """Take what a round saw in place of what the last one saw.

        Args:
            selection: The selection that the round went by.
            changed: The paths of articles that it read, or whose stamps it renewed.
            undone: The paths of articles that are not as they were read, and are to be checked again.
            known: What the round left, by path.
        """
        self.selection = selection
        self._undone = undone
        for path in changed:
            if (each := known.get(path)) is not None:
                self._note(path, each)


class AllBut:
    """All paths but some."""

    def __init__(self, paths: Container[str]) -> None:
        self._paths = paths

    def __contains__(self, path: object) -> bool:
        return path not in self._paths


class Present:
    """The paths at which there are article files, or known ones behind what could not be looked into."""

    def __init__(self, listing: Listing, kept: Container[str], known: Container[str]) -> None:
        self._listing = listing
        self._kept = kept
        self._known = known

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        if path in self._listing.files:
            return path in self._kept or self._listing.is_article(path)
        return path in self._known and self._listing.holds(path)
