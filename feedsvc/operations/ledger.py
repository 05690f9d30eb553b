"""Upkeep: the ledger is taken elsewhere and brought back, and a damaged store is rebuilt."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import datetime
from pathlib import Path

import structlog

from feedsvc.articles.policy.safeguards import Overrides
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.reading.set_aside import Readers
from feedsvc.core.errors import LedgerError, PrivacyError, StoreError
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now as this_moment
from feedsvc.core.timestamps import unix_time
from feedsvc.publishing.options import round_options
from feedsvc.publishing.rendering import Progress
from feedsvc.publishing.round import Outcome, RoundOptions, publish
from feedsvc.publishing.site_access import claim
from feedsvc.responses.edition import Edition, PublisherState, new_identity
from feedsvc.responses.site_readers import Privacy
from feedsvc.store.ledger_copy import copy_file, write_ledger
from feedsvc.store.ledger_file import Ledger, Merge, ledger_lines, merge, parse_ledger, placeholder, replacement
from feedsvc.store.repair import rebuildable_file, remove_file, replace_file
from feedsvc.store.store import Store, open_store

log = structlog.get_logger()

MARGIN = 1000
"""Numbers left free for the editions that were published after the ledger was written: they only rise."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of a store that was rebuilt."""

    outcome: Outcome
    aside: Path
    """The damaged store; there is none where the file had vanished."""
    source: str
    """Where the ids and dates are from."""


def read_ledger(file: Path) -> Ledger:
    """Read a ledger file.

    Raises:
        LedgerError: It cannot be read, or is none.
    """
    try:
        return parse_ledger(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"{file} cannot be read ({error})", "name a file that `feedsvc store export` wrote"
        ) from error


def import_ledger(store: Store, ledger: Ledger, now: datetime, *, replace: bool = False) -> Merge:
    """Take a ledger over into a store; the next round reads every article anew and knows it by its record.

    The readers are added to those of the store. Who is revoked in one of the two is revoked. A new store is for
    whom the ledger is for.

    Args:
        store: Empty or in use.
        ledger: What to take over.
        now: This moment.
        replace: Whether the store's own records are given up for it. Else what is public in the store stays as it
            is, and what contradicts it is refused.

    Raises:
        PrivacyError: The ledger is of a private site, and the store of a public one.
        StoreError: Nothing was changed.
    """
    _agree(store, ledger)
    store.operator.keep_readers(ledger.privacy.readers)
    with store.publisher.exclusive() as lease:
        memory = store.publisher.state()
        if not memory.edition.number and ledger.edition:
            store.publisher.continue_after(
                Edition(ledger.edition + MARGIN, unix_time(now), identity=new_identity())
            )
        merged = (replacement if replace else merge)(memory.records, ledger, memory.archive_positions)
        with store.publisher.round(store.editions.newest(), lease) as transaction:
            for record_id in merged.forget:
                transaction.forget(record_id)
            for record in merged.save:
                whole, body = placeholder(record)
                transaction.keep_body(whole.article.body, body)
                transaction.save(whole)
            for channel, record_id, position in merged.positions:
                transaction.keep_position(channel, record_id, position)
    return merged


def rebuild(  # noqa: PLR0913 - a store is made of all this
    url: str,
    plan: RoundOptions,
    now: datetime,
    ledger_file: Path | None,
    progress: Progress,
    *,
    readers: Readers,
    without_ledger: bool = False,
) -> Rebuilt:
    """Make a new store of the articles and the ledger, and set the damaged one aside.

    Args:
        url: The store, an SQLite file that no process has open.
        plan: What to publish.
        now: This moment.
        ledger_file: The last export; None or a file that is not there where there is none.
        progress: Hears how far it is.
        readers: Who reads the articles.
        without_ledger: Whether to go on without any ledger, so that ids are minted anew.

    Raises:
        LedgerError: There is no ledger, neither in the store nor in a file.
        StoreError: The store is in use or no file.
        DirectoryError: There are no articles to rebuild it from.
        SafeguardError: Safeguards refuse the round; the damaged store stays where it is.
        PrivacyError: The ledger is of a private site, and this plan of a public one, or the other way round.
    """
    file = rebuildable_file(url)
    ledger, source = _last_ledger(url, file, ledger_file, without_ledger=without_ledger)
    fresh = file.with_name(f"{file.name}.rebuilding")
    remove_file(fresh)
    try:
        with closing(open_store(f"sqlite:///{fresh}")) as store:
            import_ledger(store, ledger, now, replace=True)
            claim(store.operator, plan.access)
            outcome = publish(
                plan,
                store.publisher,
                store.publisher.state(),
                now,
                afresh=True,
                progress=progress,
                readers=readers,
            )
    except BaseException:
        remove_file(fresh)
        raise
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    replace_file(file, fresh, aside)
    return Rebuilt(outcome, aside, source)


def restore_backup(store: Store, file: Path | None, now: datetime) -> None:
    """Fill a store that is new with the copy of the ledger that lies beside it, and say so.

    Args:
        store: Any store; one that has been used is left as it is.
        file: The copy; None or a file that is not there where none was kept.
        now: This moment.

    Raises:
        LedgerError: The copy is damaged.
    """
    if file is None or not file.exists() or store.publisher.state() != PublisherState():
        return
    if records := len(import_ledger(store, read_ledger(file), now).save):
        log.warning("new store filled from the copy of the ledger", ledger=str(file), records=records)


def _agree(store: Store, ledger: Ledger) -> None:
    """See to it that a public site learns no ids and addresses of a private one, whose going it would tell of."""
    told = ledger.privacy.access
    if told is None or told == "public":
        return
    if store.operator.claim_access(told) == "public":
        raise PrivacyError(
            "the ledger is of a site with private articles, and the store of a public one",
            "take it over into a store of its own with --store",
        )


def _last_ledger(url: str, file: Path, ledger_file: Path | None, *, without_ledger: bool) -> tuple[Ledger, str]:
    """The newest ledger there is: the store's own where it can still be read, else the file's."""
    written = read_ledger(ledger_file) if ledger_file is not None and ledger_file.exists() else None
    own = _own_ledger(url) if file.exists() else None
    if own is not None and (own.records or written is None):
        return _completed(own, written or Ledger(0, ())), "the store itself"
    if written is not None:
        return written, str(ledger_file)
    if without_ledger:
        return Ledger(0, ()), "the articles alone"
    raise LedgerError(
        f"no ledger of {file} can be read, so ids and dates would be made anew",
        "name an export with --ledger, or accept that with --without-ledger",
    )


def _own_ledger(url: str) -> Ledger | None:
    try:
        with closing(open_store(url)) as store:
            memory, privacy = store.publisher.state(), store.operator.privacy()
    except (StoreError, ValueError, KeyError, TypeError):
        return None  # it is damaged, as was to be expected
    return Ledger(memory.edition.number, tuple(memory.records.values()), memory.archive_positions, privacy)


def _completed(own: Ledger, other: Ledger) -> Ledger:
    """The store's own ledger, with what it lacks from another one, to which drafts of its own give way."""
    missing = merge({record.id: record for record in own.records}, other, own.positions)
    given_up = {*missing.forget, *(record.id for record in missing.save)}
    kept = [record for record in own.records if record.id not in given_up]
    positions = {channel: dict(taken) for channel, taken in own.positions.items()}
    for channel, record_id, position in missing.positions:
        positions.setdefault(channel, {})[record_id] = position
    readers = (*own.privacy.readers, *other.privacy.readers)
    return Ledger(
        own.edition,
        (*kept, *missing.save),
        positions,
        Privacy(own.privacy.access or other.privacy.access, readers),
    )


def exported_lines(settings: Settings) -> Iterator[str]:
    """The ledger as a file's lines; see :mod:`feedsvc.store.ledger_file`."""
    memory, privacy = _promised(settings)
    return ledger_lines(memory, privacy=privacy)


def export_ledger(settings: Settings, file: Path) -> int:
    """Write the ledger to ``file``; return how many records it has.

    Raises:
        LedgerError: The file cannot be written.
    """
    memory, privacy = _promised(settings)
    write_ledger(memory, file, privacy=privacy)
    return len(memory.records)


def import_file(settings: Settings, file: Path, *, replace: bool) -> Merge:
    """Take over the ledger in ``file``; see :func:`import_ledger`."""
    ledger = read_ledger(Path("/dev/stdin") if str(file) == "-" else file)
    with closing(open_store(settings.store_url)) as store:
        return import_ledger(store, ledger, this_moment(), replace=replace)


def rebuild_store(
    settings: Settings, ledger: Path | None, overrides: Overrides, progress: Progress, *, without_ledger: bool
) -> Rebuilt:
    """Make a new store of articles and ledger; see :func:`rebuild`."""
    file = ledger or copy_file(settings.store_url)
    plan = replaced(round_options(settings), overrides=overrides)
    with ReaderPool(settings.most_reader_processes) as readers:
        return rebuild(
            settings.store_url, plan, this_moment(), file, progress, readers=readers, without_ledger=without_ledger
        )


def _promised(settings: Settings) -> tuple[PublisherState, Privacy]:
    with closing(open_store(settings.store_url, make=False)) as store:
        return store.publisher.state(), store.operator.privacy()
