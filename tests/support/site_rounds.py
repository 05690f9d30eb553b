"""Situations: what happens to the articles of a site, round by round, and what its subscribers then see.

A situation is data: the files of the first round, then events, each followed by a round one hour later. Articles
are called A, B … in the order in which they first went public, so that a changed id shows as another letter.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from read_here import ReadHere
from stored_site import response_at, served_paths

from feedsvc.articles.identity.wanted_address import AddressRules
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides
from feedsvc.channels.site import Site
from feedsvc.core.address_pattern import read_pattern
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.reporter import Outcome
from feedsvc.publishing.round import publish
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The moment of the first round."""
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
_FEED_DATE = re.compile(rb"<updated>([^<]+)</updated>")
"""The first one in an Atom feed is its own."""
_TOMBSTONE = re.compile(rb'<at:deleted-entry [^>]*?ref="([^"]+)"')


@dataclass(frozen=True)
class Event:
    """What happens before a round. Events are joined by ``|`` to happen at once."""

    moved: Mapping[str, str] = field(default_factory=dict)
    """Old path to new one; all at the same time, so that names can be swapped."""
    written: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    dated: Mapping[str, datetime] = field(default_factory=dict)
    """Modification times; what is written is a minute old otherwise."""
    checkout: bool = False
    """Every file is written anew, with new times."""
    rolled_back: bool = False
    """The store is again that of the first round."""
    restart: bool = False
    """The process forgets all that is not in the store."""
    now: datetime | None = None
    overrides: Overrides | None = None
    base_url: str | None = None
    zone: str | None = None
    article_url: str | None = None
    """The pattern of addresses from now on; an empty one for none."""

    def __or__(self, other: "Event") -> "Event":
        """Both at once."""
        plain = Event()
        said = {each.name: getattr(other, each.name) for each in fields(Event)}
        return replace(self, **{name: value for name, value in said.items() if value != getattr(plain, name)})


def moved(*paths: str) -> Event:
    """From the first path to the second, and so on by pairs."""
    return Event(moved=dict(zip(paths[::2], paths[1::2], strict=True)))


def written(files: Mapping[str, str]) -> Event:
    """New files, or new words in old ones."""
    return Event(written=files)


def removed(*paths: str) -> Event:
    """Files that are gone."""
    return Event(removed=paths)


def at(now: datetime) -> Event:
    """The next round is at another moment than an hour after the last."""
    return Event(now=now)


HOUR_PASSES = Event()


def story(title: str, words: str = "Words.", **header: str) -> str:
    """A Markdown article with a header."""
    lines = [f"{name}: {value}" for name, value in {"title": title, **header}.items()]
    return "\n".join(["---", *lines, "---", "", words, ""])


class Rounds:
    """A directory, a store, and rounds."""

    def __init__(self, home: Path, template: Path) -> None:
        self.home = home
        self.articles = home / "articles"
        self.articles.mkdir()
        shutil.copy(template, home / "store.db")
        self.store = self._open()
        self.memory = self.store.publisher.state()
        self.now = NOON
        self.base_url = "https://example.org"
        self.zone = "UTC"
        self.article_url = ""
        self.letters: dict[str, str] = {}
        self.notices: list[str] = []
        self.dates: dict[str, str] = {}
        self.dropped: set[str] = set()
        self._forgotten = True

    def _open(self) -> Store:
        return open_store(f"sqlite:///{self.home}/store.db")

    def happen(self, event: Event) -> None:
        """Let an event come about, and run the round that follows it."""
        self.base_url = event.base_url or self.base_url
        self.zone = event.zone or self.zone
        self.article_url = self.article_url if event.article_url is None else event.article_url
        if event.rolled_back:
            self._roll_back()
        self._change_files(event)
        before = self.memory
        self._round(
            event.overrides or NO_OVERRIDES,
            afresh=event.restart or self._forgotten or event.article_url is not None,
        )
        if not event.rolled_back:
            _check_ledger(before, self.memory, self.now)
            self._check_channels()
        self._check_rest(event.overrides or NO_OVERRIDES)
        if self.now == NOON:
            self.store.close()
            shutil.copy(self.home / "store.db", self.home / "first.db")
            self.store = self._open()
        self.now += HOUR
        self._forgotten = False

    def _change_files(self, event: Event) -> None:
        if event.now:
            self.now = event.now
        held = {new: (self.articles / old).read_bytes() for old, new in event.moved.items()}
        for path in (*event.moved, *event.removed):
            (self.articles / path).unlink()
        for path, content in held.items():
            self._write(path, content)
        for path, words in event.written.items():
            self._write(path, words.encode())
        for path in self.paths() if event.checkout else ():
            self._write(path, (self.articles / path).read_bytes())
        for path, moment in event.dated.items():
            os.utime(self.articles / path, (moment.timestamp(), moment.timestamp()))

    def paths(self) -> list[str]:
        """The files there are."""
        return [str(file.relative_to(self.articles)) for file in self.articles.rglob("*") if file.is_file()]

    def _write(self, path: str, content: bytes) -> None:
        file = self.articles / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(content)
        written_at = (self.now - timedelta(minutes=1)).timestamp()
        os.utime(file, (written_at, written_at))

    def _roll_back(self) -> None:
        self.store.close()
        for name in ("store.db-wal", "store.db-shm"):
            (self.home / name).unlink(missing_ok=True)
        shutil.copy(self.home / "first.db", self.home / "store.db")
        self.store = self._open()
        self.memory = self.store.publisher.state()
        self._forgotten = True

    def _round(self, overrides: Overrides, *, afresh: bool) -> None:
        if afresh:
            self.memory = self.store.publisher.state()
        outcome = self._publish(self.memory, overrides, afresh=afresh)
        self.memory = outcome.state
        self.notices = [str(problem) for problem in outcome.problems]
        settled = [record for record in self.memory.records.values() if record.settled]
        for record in sorted(settled, key=lambda record: record.article.path):
            self.letters.setdefault(record.id, ascii_uppercase[len(self.letters)])

    def _publish(self, memory: PublisherState, overrides: Overrides, *, afresh: bool) -> Outcome:
        site = Site(self.base_url, "News", "All of it.", "en", zone=ZoneInfo(self.zone))
        rules = ReadOptions(self.base_url, ZoneInfo(self.zone), 20_000)
        pattern = read_pattern(self.article_url) if self.article_url else None
        addresses = AddressRules(pattern, self.base_url, ZoneInfo(self.zone))
        plan = RoundOptions(self.articles, site, rules, "example.org", overrides, addresses=addresses)
        return publish(
            plan,
            self.store.publisher,
            memory,
            self.now,
            afresh=afresh,
            progress=lambda *_: None,
            readers=ReadHere(),
        )

    def _check_rest(self, overrides: Overrides) -> None:
        """What holds after every round: the store has it all, and neither time nor a restart changes a thing."""
        kept = self.store.publisher.state()
        positions = {channel: taken for channel, taken in self.memory.archive_positions.items() if taken}
        fatal = {path: aside for path, aside in self.memory.set_aside.items() if aside.fatal}
        assert kept == replace(self.memory, archive_positions=positions, set_aside=fatal)
        for afresh in (False, True):
            again = self._publish(self.memory, overrides, afresh=afresh)
            assert (again.changed, again.state.edition) == (0, self.memory.edition)

    def _check_channels(self) -> None:
        """No feed vanishes, unless it has said that it is gone; no date goes backward, or is still to come."""
        there = [path for path in self.served() if path.endswith("/atom.xml") and "/archive/" not in path]
        dates = {path: _FEED_DATE.search(self.content(path)) for path in there}
        found = {path: match[1].decode() for path, match in dates.items() if match}
        self.dropped = {path for path in there if self.page(path) == 410} | (self.dropped - found.keys())
        assert found.keys() | self.dropped >= self.dates.keys()
        now = self.now.isoformat(timespec="seconds")
        before = {path: date for path, date in self.dates.items() if path in found}
        assert [path for path, date in before.items() if not min(date, now) <= found[path] <= now] == []
        self.dates |= found

    def feed(self, channel: str = "/") -> list[str]:
        """The entries of all three feeds of a channel, each as ``letter title published > updated``."""
        atom = feedparser.parse(self.content(f"{channel}atom.xml")).entries
        ids = [entry.id for entry in atom]
        assert [entry.id for entry in feedparser.parse(self.content(f"{channel}rss.xml")).entries] == ids
        assert [item["id"] for item in json.loads(self.content(f"{channel}feed.json"))["items"]] == ids
        return [f"{self.letters[entry.id]} {entry.title} {_dates(entry)}" for entry in atom]

    def links(self) -> list[str]:
        """Where the entries of the feed lead, newest first."""
        links = [entry.link for entry in feedparser.parse(self.content("/atom.xml")).entries]
        assert [item["url"] for item in json.loads(self.content("/feed.json"))["items"]] == links
        return links

    def feed_date(self, channel: str = "/") -> str:
        """The feed's own date, as month, day, hour and minute."""
        return _date(feedparser.parse(self.content(f"{channel}atom.xml")).feed.updated)

    def tombstones(self, channel: str = "/") -> list[str]:
        """Which articles a channel tells of as deleted (RFC 6721), by letter."""
        return [self.letters[found.decode()] for found in _TOMBSTONE.findall(self.content(f"{channel}atom.xml"))]

    def next_moment(self) -> datetime | None:
        """When something appears or expires next, as the edition says."""
        moment = self.memory.edition.next_moment
        return None if moment is None else datetime.fromtimestamp(moment, UTC)

    def served(self) -> list[str]:
        """Every path that answers something, those of previews included."""
        return served_paths(self.store)

    def content(self, path: str) -> bytes:
        """What a path holds."""
        found = response_at(self.store, path)
        assert found is not None
        (plain,) = (form for form in found[1].representations if form.coding == "identity")
        return plain.body

    def page(self, path: str) -> int | str:
        """What a path answers: its status, and where it leads instead of a 301; 404 for what is not there."""
        found = response_at(self.store, path)
        if found is None:
            return 404
        location = dict(found[1].headers).get("location")
        return found[1].status if location is None else location.removeprefix(self.base_url)

    def close(self) -> None:
        """End."""
        self.store.close()


def _dates(entry: Any) -> str:  # noqa: ANN401 - feedparser's entries are anything
    published, updated = (_date(entry[name]) for name in ("published", "updated"))
    return published if published == updated else f"{published} > {updated}"


def _date(text: str) -> str:
    moment = datetime.fromisoformat(text)
    assert moment.utcoffset() == timedelta(0)
    return f"{moment:%m-%d %H:%M}" if moment.year == NOON.year else f"{moment:%Y-%m-%d %H:%M}"


def _check_ledger(before: PublisherState, after: PublisherState, now: datetime) -> None:
    """What no round may do, whatever happened: forget or change an id or a first date, or go backward.

    Only a date that is still to come goes backward, since none may go out.
    """
    assert after.edition.number >= before.edition.number
    for record_id, record in before.records.items():
        if record.settled:
            found = after.records[record_id]
            assert (found.settled, min(found.published, now)) == (True, min(record.published, now))
            assert record.changed is None or (
                found.changed is not None and found.changed >= min(record.changed, now)
            )
            assert {record.page, *record.former_pages} <= {found.page, *found.former_pages}
    assert all(kept.last_modified <= now.timestamp() + 60 for kept in after.responses.values())
    settled = [record for record in after.records.values() if record.settled]
    assert all(max(record.published, record.updated, record.changed or now) <= now for record in settled)
    records = after.records.values()
    pages = [page for record in records for page in (record.page, *record.former_pages)]
    public = [record.page for record in records if record.is_public]
    assert len(public) == len({*public})
    assert len(pages) == len({*pages}) or any(record.address_pattern is not None for record in records)


def situation(
    name: str,
    before: Mapping[str, str],
    *events: Event,
    feed: tuple[str, ...] = (),
    pages: Mapping[str, int | str] | None = None,
    notices: tuple[str, ...] = (),
    first: Event | None = None,
) -> object:
    """One row of a table.

    Args:
        name: Its name.
        before: The files of the first round.
        events: What happens then, each before a round of its own.
        feed: The entries in the end, newest first, as :meth:`Rounds.feed` tells them.
        pages: What some paths answer in the end.
        notices: How the problems and warnings of the last round begin.
        first: What else there is about the first round.
    """
    events = (written(before) | (first or Event()), *events)
    return pytest.param(events, list(feed), dict(pages or {}), list(notices), id=name)


def check(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """Let the events happen, one after another, and see what has come of them."""
    for event in events:
        rounds.happen(event)
    assert rounds.feed() == feed
    assert {path: rounds.page(path) for path in pages} == pages
    assert [notice[: len(told)] for notice, told in zip(rounds.notices, notices, strict=True)] == notices
