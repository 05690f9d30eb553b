"""Feed readers that are sent only what is new (RFC 3229) end with what they would have of whole feeds.

Each reader polls twice over: once as it is, and once through a relay that hides that it knows of deltas and has a
former version. What both have in the end is compared.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest
from reader import make_reader
from readers import Lemon24Reader, News, Newsboat, Shown, Subscriber, missing
from relay import Relay
from serving import Service, wait_for, write

SETTINGS = {"interval": "3600", "port": "0", "base_url": "https://news.example.org"}
HIDDEN = frozenset({"a-im", "if-none-match", "if-modified-since"})


class Feedparser(Subscriber):
    """A program of a few lines over feedparser, which says by itself that it knows of deltas."""

    program = ""

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        self.has: dict[str, Shown] = {}
        self._etag: str | None = None

    def poll(self) -> News:
        """Fetch under the last tag, and merge by id."""
        told = feedparser.parse(self.url, etag=self._etag)
        assert not told.bozo or told.status == 304, told
        self._etag = told.etag
        for entry in told.entries:
            content = entry.content[0].value if "content" in entry else entry.summary
            self.has[entry.id] = Shown(entry.id, entry.title, content)
        return News()


READERS: Mapping[type[Subscriber], tuple[str, ...]] = {
    Newsboat: ("/rss.xml", "/atom.xml"),
    Lemon24Reader: ("/rss.xml", "/atom.xml", "/feed.json"),
    Feedparser: ("/rss.xml", "/atom.xml"),
}
SUBSCRIPTIONS = [(kind, path) for kind, paths in READERS.items() for path in paths]


def _has(subscriber: Subscriber) -> dict[str, Shown]:
    """All that a reader has, by id."""
    if isinstance(subscriber, Feedparser):
        return subscriber.has
    if isinstance(subscriber, Newsboat):
        with closing(sqlite3.connect(subscriber.home / "cache.db")) as cache:
            rows = cache.execute("SELECT guid, title, content FROM rss_item WHERE deleted = 0")
            return {row[0]: Shown(*row) for row in rows}
    with closing(make_reader(str(subscriber.home / "reader.db"))) as reader:
        return {
            entry.id: Shown(entry.id, entry.title or "", entry.get_content().value)  # type: ignore[union-attr]  # all have one
            for entry in reader.get_entries()
        }


def _story(title: str, edit: int = 0) -> str:
    words = " ".join(hashlib.sha256(f"{title} {edit} {line}".encode()).hexdigest() for line in range(20))
    return f"{title}\n\nEdit {edit}. {words}\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one subscription."""

    statuses: tuple[int, ...]
    has: dict[str, Shown]
    would_have: dict[str, Shown]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Everybody polls after each of some events, by name of reader and path."""
    home = tmp_path_factory.mktemp("deltas")
    stories = write(home / "stories", {f"2026-03-0{day}-story.txt": _story(f"Story {day}") for day in range(1, 7)})
    with ExitStack() as open_, Service(home, stories, settings=SETTINGS) as service:
        who = [(kind, path) for kind, path in SUBSCRIPTIONS if not missing(kind)]
        relays: list[tuple[Relay, Relay]] = []
        readers: list[tuple[Subscriber, Subscriber]] = []
        service.ready()
        for kind, path in who:
            pair = Relay(service.url), Relay(service.url, hidden=HIDDEN)
            folders = [tmp_path_factory.mktemp(kind.__name__) for _ in pair]
            relays.append(pair)
            readers.append(
                (
                    kind(folders[0], open_.enter_context(pair[0]).url + path),
                    kind(folders[1], open_.enter_context(pair[1]).url + path),
                )
            )

        def polls() -> None:
            for pair in readers:
                for reader in pair:
                    reader.poll()

        def happens(files: Mapping[str, str], sign: str) -> None:
            write(stories, files)
            service.scan()
            wait_for(lambda: all(sign in service.get(f"/{name}").text for name in ("rss.xml", "feed.json")), sign)

        polls()
        happens({"2026-03-07-story.txt": _story("Story 7")}, "Story 7")
        polls()
        edited = {"2026-03-04-story.txt": _story("Story 4", 1)}
        happens(edited | {"2026-03-08-story.txt": _story("Story 8")}, "Story 8")
        happens({"2026-03-09-story.txt": _story("Story 9")}, "Story 9")
        (stories / "2026-03-02-story.txt").unlink()
        service.scan()
        wait_for(lambda: "Story 2" not in service.get("/rss.xml").text, "the removal")
        polls()
        polls()
        return {
            f"{kind.__name__}{path}": Outcome(tuple(pair[0].statuses), _has(reader), _has(other))
            for (kind, path), pair, (reader, other) in zip(who, relays, readers, strict=True)
        }


@pytest.mark.xdist_group("deltas")  # they share one service
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(f"{kind.__name__}{path}", marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind)))
        for kind, path in SUBSCRIPTIONS
    ],
)
def test_a_reader_ends_with_what_whole_feeds_bring(outcomes: Mapping[str, Outcome], name: str) -> None:
    """It was sent all, then only what was new, then nothing; and has every article, also the edited one.

    newsboat remembers a tag from its second poll on.
    """
    outcome = outcomes[name]
    assert outcome.statuses == (200, 200 if name.startswith("Newsboat") else 226, 226, 304)
    assert outcome.has == outcome.would_have
    assert len(outcome.has) == 9
    assert any("Edit 1." in shown.content for shown in outcome.has.values())
