"""Every document of a site, those that a round prepares and those that are rendered on demand, by path."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feedsvc.articles.identity.paths import translations_of
from feedsvc.articles.record import Record
from feedsvc.channels.archive import NO_POSITIONS, Positions
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import Selection, select
from feedsvc.channels.site import Site
from feedsvc.documents import on_demand
from feedsvc.documents.manifest import document_specs
from feedsvc.documents.model import Document, preview_path
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.documents.snapshot import MemorySnapshot, Snapshot
from feedsvc.responses.builder import digest

WITHDRAWN = datetime(2026, 5, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Served:
    """A document that can be made."""

    path: str
    make: Callable[[], Document]

    @property
    def key(self) -> str:
        """A digest of all that a client can see of it."""
        return digest(self.make())


def every_document(
    site: Site,
    public: Sequence[Record],
    *,
    withdrawn: Iterable[Record] = (),
    dropped: Sequence[ChannelSummary] = (),
    body: Callable[[str], str] = lambda digest: f"<p>{digest}</p>",
    since: datetime | None = None,
    positions: Positions = NO_POSITIONS,
    theme: Theme = BUILT_IN,
) -> dict[str, Served]:
    """What a site serves.

    Args:
        site: The site.
        public: Its public articles, newest first.
        withdrawn: Those that were taken back.
        dropped: Channels that are gone.
        body: Gives the bodies.
        since: What was taken back after that moment is told of.
        positions: In the archives.
        theme: How the pages look.
    """
    public = [replace(record, settled=True, listed=True) for record in public]
    gone = [replace(each, settled=True, withdrawn=each.withdrawn or WITHDRAWN, listed=False) for each in withdrawn]
    records = {record.id: record for record in (*public, *gone)}
    selection = replace(select(site, records.values(), positions), dropped=tuple(dropped))
    return {
        **rendered(MemorySnapshot(site, records, selection, body, theme)),
        **prepared(site, selection, public, body, since=since, theme=theme),
    }


def prepared(
    site: Site,
    selection: Selection,
    public: Sequence[Record],
    body: Callable[[str], str],
    *,
    since: datetime | None = None,
    theme: Theme = BUILT_IN,
) -> dict[str, Served]:
    """What a round prepares."""
    pages = {record.page for record in public}
    translations = translations_of(selection.channels[0].records, site.language)
    specs = [
        *document_specs(
            site, selection.channels, body, pages=pages, translations=translations, since=since, theme=theme
        )
    ]
    assert len({spec.path for spec in specs}) == len(specs)
    return {spec.path: Served(spec.path, spec.make) for spec in specs}


def rendered(snapshot: MemorySnapshot) -> dict[str, Served]:
    """What is rendered on demand."""
    return {path: Served(path, _render(snapshot, path)) for path in rendered_paths(snapshot)}


def rendered_paths(snapshot: Snapshot) -> list[str]:
    """Every path at which something is rendered on demand, those of previews included."""
    previews = [preview_path(channel.path) for channel in snapshot.channels()]
    paths = (*sorted(on_demand.candidates(snapshot)), *previews)
    return [path for path in paths if on_demand.find(snapshot, path) is not None]


def _render(snapshot: MemorySnapshot, path: str) -> Callable[[], Document]:
    def make() -> Document:
        document = on_demand.render(snapshot, path)
        assert document is not None
        return document

    return make
