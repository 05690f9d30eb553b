"""Checks of the whole site after a round: aliases that lead nowhere, and a theme whose templates fail."""

from collections.abc import Container, Iterator, Sequence

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.channels.archive import archive_folder
from feedsvc.documents.model import preview_path
from feedsvc.documents.on_demand import is_redirect_to, render
from feedsvc.documents.pages.directories import directory_paths
from feedsvc.documents.snapshot import Snapshot


def idle_aliases(snapshot: Snapshot, public: Sequence[Record], prepared: Container[str]) -> Iterator[Problem]:
    """A warning for each alias of a public article under which something else answers.

    Args:
        snapshot: What the store holds.
        public: Every article that is out.
        prepared: The paths of what the round has prepared.
    """
    for record in public:
        for alias in () if record.is_elsewhere else record.article.aliases:
            is_taken = alias in prepared or not is_redirect_to(snapshot, alias, record)
            if alias != record.page and is_taken:
                what = f'the alias "{alias}" has no effect, since that address is not free'
                remedy = "take it out of the header, or give up what has the address"
                yield Problem(record.article.path, None, what, remedy, "warning", of_site=True)


def theme_problems(snapshot: Snapshot) -> tuple[Problem, ...]:
    """The problems of the theme's templates, found by rendering one page of each kind."""
    if not snapshot.theme.has_templates:
        return ()
    rendered = (render(snapshot, path) for path in _samples(snapshot))
    return tuple(dict.fromkeys(problem for document in rendered if document for problem in document.problems))


def _samples(snapshot: Snapshot) -> Iterator[str]:
    """A path of each kind of page."""
    channels = [channel for channel in snapshot.channels() if not channel.is_dropped]
    yield from (record.page for record in snapshot.newest(channels[0], 1))
    yield from (channel.path for channel in channels[1:2])
    yield archive_folder("/", 1)
    yield from directory_paths(channels)
    yield from (preview_path(channel.path) for channel in channels[:1])
