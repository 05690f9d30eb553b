"""The ledger as a JSON file: the ids, dates and addresses that subscribers know, for backups and for moving.

Version 2 is an object with these members:

- ``format``: ``"feedsvc ledger"``; ``version``: 2; ``edition``: the number of the newest edition.
- ``articles``: an object for each record, one a line, in the order of the ids: ``id``, ``page``,
  ``former_pages`` (the pages it had before), ``address_pattern`` (the one that gave ``page``, if any), ``path``,
  ``published``, ``updated``, ``withdrawn``,
  ``changed`` (seconds since 1970, UTC, or null), ``settled``, ``present``, ``listed``, ``membership_changes``
  (lists of the kind, key and label of a channel, and when the article left or entered it), ``archive_positions``
  (the path of a channel, and the article's position in its archive), and ``article``, what its file said last,
  without the body: title, summary, the id it declares, ``meaning``, and the other fields of
  :class:`feedsvc.articles.model.Article`.
- ``access``: ``"private"`` if the site is; ``private``: an object for each reader of it, with the fields of
  :class:`feedsvc.responses.site_readers.Reader`, if there are any. Tokens are not in it, only their digests.

Version 1 has other names for some members (:data:`_FORMER_NAMES`). There a reader may have a ``channel``, too: the
token opened a private channel, and opens nothing here.

Bodies are not in it. They are read from the articles again; until then, and where a file cannot be read, the
summary stands for the body.
"""

import hashlib
import html
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any, get_args

import msgspec

from feedsvc.articles.record import Record
from feedsvc.channels.archive import NO_POSITIONS, Positions
from feedsvc.core.errors import LedgerError
from feedsvc.responses.edition import PublisherState
from feedsvc.responses.site_readers import NO_PRIVACY, Access, Privacy, Reader
from feedsvc.store.rows import record_of, record_row

FORMAT = "feedsvc ledger"
VERSION = 2
_FORMER_NAMES = {
    "former": "former_pages",
    "passages": "membership_changes",
    "seats": "archive_positions",
    "hint": "token_prefix",
    "made": "created",
}
"""The names of version 1 that have changed since."""
_LOCAL = {"file_stamps", "source_digest", "body", "markdown", "original"}
"""Columns that make sense only beside the store's own bodies and this machine's files."""
_PATTERN = "address_pattern"
"""A member that is there only where a pattern gave the page."""
_IN_JSON = ("former_pages", "membership_changes", "article")
"""Columns that hold JSON."""


_PORTION = 5_000
"""The positions of how many articles are turned about at a time, so that a large ledger needs little memory."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The contents of a ledger file."""

    edition: int
    records: tuple[Record, ...]
    """In the order of the ids, without bodies; they let every file be read again."""
    positions: Positions = field(default_factory=dict)
    """The articles' positions in the archives of their channels."""
    privacy: Privacy = NO_PRIVACY


@dataclass(frozen=True, slots=True)
class Merge:
    """The records that a store takes over from a ledger file."""

    save: tuple[Record, ...] = ()
    forget: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """The articles that are not taken over, since the public knows them by another id, one sentence each."""
    positions: tuple[tuple[str, str, int], ...] = ()
    """Channel, id and position of articles whose position is free; the others take new ones in the next round."""


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """A ledger file that was written before, from which the lines of articles that have not changed are copied."""

    memory: PublisherState
    """The ledger in it."""
    lines: Iterator[str]
    """Its text, line by line. It is read once, and only as far as needed."""


def ledger_lines(
    memory: PublisherState, *, privacy: Privacy = NO_PRIVACY, earlier: EarlierFile | None = None
) -> Iterator[str]:
    """The file's text, line by line; the same ledger gives the same text.

    Args:
        memory: The ledger, and the number of the edition.
        privacy: Whom the site is for, and its readers.
        earlier: An earlier file; the line of a record that has not changed since is not made again.
    """
    head: dict[str, object] = {"format": FORMAT, "version": VERSION, "edition": memory.edition.number}
    if privacy.access not in {None, "public"}:
        head["access"] = privacy.access
    yield f"{_json(head)[:-1]},\n"
    yield '"articles": ['
    separator = "\n"
    for line in _article_lines(memory, earlier or EarlierFile(PublisherState(), iter(()))):
        yield f"{separator}{line}"
        separator = ",\n"
    yield "\n]"
    private = ",".join(f"\n{_json(reader)}" for reader in privacy.readers)
    yield f',\n"private": [{private}\n]}}\n' if private else "}\n"


def parse_ledger(text: str, name: str) -> Ledger:
    """Read what :func:`ledger_lines` wrote.

    Args:
        text: The file's content.
        name: The file's name, for errors.

    Raises:
        LedgerError: The text is no ledger, or of a newer version, or damaged.
    """
    try:
        decoded = msgspec.json.decode(text)
    except ValueError as error:
        raise LedgerError(
            f"{name} is no JSON ({error})", "name a file that `feedsvc store backup` wrote"
        ) from error
    if not isinstance(decoded, dict) or decoded.get("format") != FORMAT:
        raise LedgerError(f"{name} is no ledger", "name a file that `feedsvc store backup` wrote")
    if decoded.get("version") not in {1, VERSION}:
        raise LedgerError(f"{name} is a ledger of version {decoded.get('version')}", "upgrade feedsvc")
    try:
        articles, readers = _renamed(decoded["articles"]), _renamed(decoded.get("private", ()))
        records = sorted(map(_record, articles), key=lambda record: record.id)
        privacy = _privacy(decoded.get("access"), readers)
        return Ledger(int(decoded["edition"]), tuple(records), _positions(articles), privacy)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerError(f"{name} is damaged ({error!r})", "restore an older backup") from error


def placeholder(record: Record) -> tuple[Record, str]:
    """The record with a body of its summary, and that body; without the pictures that stood in its text."""
    body = f"<p>{html.escape(record.article.summary, quote=False)}</p>" if record.article.summary else ""
    digest = hashlib.sha256(body.encode()).hexdigest()
    media = tuple(file for file in record.article.media if file.kept is None)
    return replace(record, article=replace(record.article, body=digest, media=media)), body


def merge(there: Mapping[str, Record], ledger: Ledger, taken: Positions = NO_POSITIONS) -> Merge:
    """Decide what a store takes over from a ledger file. Records that are public in the store never change.

    Args:
        there: The records of the store.
        ledger: The file's content.
        taken: The archive positions in the store; none of them is given up.
    """
    settled = [record for record in there.values() if record.settled]
    pages = {record.page: record.id for record in settled}
    paths = {record.article.path: record.id for record in settled if record.present}
    save, refused = [], []
    for record in ledger.records:
        if record.id in there and (there[record.id].settled or not record.settled):
            continue
        holder = pages.get(record.page) or (paths.get(record.article.path) if record.present else None)
        if holder is None or holder == record.id:
            save.append(record)
        elif record.settled:
            refused.append(f"{record.id} ({record.article.path}) is public here as {holder}")
    # No subscriber knows a draft. It makes way, and is made anew when its file is read.
    wanted = {record.page for record in save} | {record.article.path for record in save}
    saved = {record.id for record in save}
    forget = [
        record.id
        for record in there.values()
        if not record.settled and record.id not in saved and {record.page, record.article.path} & wanted
    ]
    return Merge(tuple(save), tuple(forget), tuple(refused), _free_positions(ledger.positions, saved, taken))


def replacement(there: Mapping[str, Record], ledger: Ledger, taken: Positions = NO_POSITIONS) -> Merge:
    """Decide that the file's records replace those of the store; archive positions in the store stay taken."""
    wanted = {record.id for record in ledger.records}
    forget = tuple(record_id for record_id in there if record_id not in wanted)
    return Merge(ledger.records, forget, positions=_free_positions(ledger.positions, wanted, taken))


def _free_positions(
    positions: Positions, wanted: Collection[str], taken: Positions
) -> tuple[tuple[str, str, int], ...]:
    free = []
    for channel in sorted(positions):
        held = taken.get(channel, {})
        numbers = set(held.values())
        free += [
            (channel, record_id, position)
            for record_id, position in sorted(positions[channel].items())
            if record_id in wanted and record_id not in held and position not in numbers
        ]
    return tuple(free)


def _article_lines(memory: PublisherState, earlier: EarlierFile) -> Iterator[str]:
    """The line of each article, in the order of the ids."""
    ids, before = sorted(memory.records), earlier.memory.records
    changed = _changed(memory, earlier.memory)
    made = _new_lines(memory, [record_id for record_id in ids if record_id in changed])
    lines = zip(sorted(before), islice(earlier.lines, 2, None), strict=False)
    known = (line.rstrip("\n").removesuffix(",") for record_id, line in lines if record_id in memory.records)
    for record_id in ids:
        line = next(known, "") if record_id in before else ""
        yield next(made) if record_id in changed else line


def _changed(memory: PublisherState, earlier: PublisherState) -> AbstractSet[str]:
    """The ids of the records that differ from those of an earlier ledger, or that it lacks."""
    changed = set()
    for record_id, record in memory.records.items():
        known = earlier.records.get(record_id)
        if known is not record and known != record:
            changed.add(record_id)
    for channel in memory.archive_positions.keys() | earlier.archive_positions.keys():
        now, before = memory.archive_positions.get(channel, {}), earlier.archive_positions.get(channel, {})
        if now is not before:
            changed.update(each for each in chain(now, before) if now.get(each) != before.get(each))
    return changed


def _new_lines(memory: PublisherState, ids: Sequence[str]) -> Iterator[str]:
    for begin in range(0, len(ids), _PORTION):
        portion = ids[begin : begin + _PORTION]
        positions = _by_record(memory.archive_positions, frozenset(portion))
        for record_id in portion:
            yield _line(memory.records[record_id], positions[record_id])


def _by_record(positions: Positions, ids: AbstractSet[str]) -> Mapping[str, Mapping[str, int]]:
    """By id and channel what ``positions`` has by channel and id, for some ids."""
    turned: dict[str, dict[str, int]] = {record_id: {} for record_id in ids}
    for channel in sorted(positions):
        for record_id in positions[channel].keys() & ids:
            turned[record_id][channel] = positions[channel][record_id]
    return turned


def _positions(articles: Iterable[Mapping[str, Any]]) -> Positions:
    positions: dict[str, dict[str, int]] = {}
    for decoded in articles:
        for channel, position in decoded["archive_positions"].items():
            positions.setdefault(channel, {})[decoded["id"]] = int(position)
    return positions


def _line(record: Record, positions: Mapping[str, int]) -> str:
    row = record_row(record)
    kept = {name: row[name] for name in row if name not in _LOCAL and (name != _PATTERN or row[name])}
    parts = {name: msgspec.Raw(str(kept[name]).encode()) for name in _IN_JSON}
    return _json({**kept, **parts, "archive_positions": positions})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _renamed(members: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Objects of the file, with the names of this version."""
    return [{_FORMER_NAMES.get(name, name): value for name, value in each.items()} for each in members]


def _privacy(access: Access | None, given: Iterable[Mapping[str, Any]]) -> Privacy:
    """A ledger of an earlier feedsvc whose private channels have readers is not of a public site."""
    readers = []
    for fields in given:
        reader = Reader(**{name: value for name, value in fields.items() if name != "channel"})
        if "channel" in fields and reader.revoked is None:
            access, reader = "channels", replace(reader, revoked=reader.created)
        readers.append(reader)
    if access not in {None, *get_args(Access)}:
        raise ValueError(f"access {access!r}")
    return Privacy(access, tuple(readers))


def _record(decoded: Mapping[str, object]) -> Record:
    row = {_PATTERN: None, **decoded, **dict.fromkeys(_LOCAL, ""), "markdown": None}
    row.update({name: _json(decoded[name]) for name in _IN_JSON})
    return record_of(row)
