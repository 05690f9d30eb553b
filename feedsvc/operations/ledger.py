"""Operations on the ledger: export and import it, restore it from its copy, rebuild a damaged store from it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import datetime
from pathlib import Path

import structlog

from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.reading.session import Readers
from feedsvc.articles.safeguards import Overrides
from feedsvc.core.errors import LedgerError, PrivacyError, StoreError
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now as this_moment
from feedsvc.core.timestamps import unix_time
from feedsvc.publishing.options import RoundOptions, round_options
from feedsvc.publishing.rendering import Progress
from feedsvc.publishing.reporter import Outcome
from feedsvc.publishing.round import publish
from feedsvc.responses.edition import Edition, PublisherState, new_identity
from feedsvc.responses.site_readers import Privacy
from feedsvc.store.ledger_copy import copy_file, write_ledger
from feedsvc.store.ledger_file import Ledger, Merge, ledger_lines, merge, parse_ledger, placeholder, replacement
from feedsvc.store.sqlite import remove_file, replace_file
from feedsvc.store.store import Store, open_store, rebuildable_file

log = structlog.get_logger()

MARGIN = 1000
"""How many edition numbers are skipped after an import: they only rise, and editions may have been published since
the ledger was written."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The result of rebuilding a store."""

    outcome: Outcome
    aside: Path
    """The path to which the damaged store was renamed; there is no such file where the store had vanished."""
    source: str
    """The origin of the ids and dates, in words."""


def read_ledger(file: Path) -> Ledger:
    """Read a ledger file.

    Raises:
        LedgerError: The file cannot be read, or holds no ledger.
    """
    try:
        return parse_ledger(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"{file} cannot be read ({error})", "name a file that `feedsvc store backup` wrote"
        ) from error


def import_ledger(store: Store, ledger: Ledger, now: datetime, *, replace: bool = False) -> Merge:
    """Import a ledger into a store; the next round reads every article again and recognises it by its record.

    The readers of the ledger are added to those of the store; a reader who is revoked in one of the two stays
    revoked. A new store becomes public or private as the ledger is.

    Args:
        store: An empty store, or one in use.
        ledger: The ledger to import.
        now: This moment.
        replace: Whether the ledger replaces the store's own records. Otherwise articles that are public in the
            store keep their records, and records of the ledger that contradict them are refused.

    Raises:
        PrivacyError: The ledger is of a private site, and the store of a public one.
        StoreError: Nothing was changed.
    """
    _check_privacy(store, ledger)
    store.operator.keep_readers(ledger.privacy.readers)
    with store.publisher.exclusive() as lease:
        state = store.publisher.state()
        if not state.edition.number and ledger.edition:
            store.publisher.continue_after(
                Edition(ledger.edition + MARGIN, unix_time(now), identity=new_identity())
            )
        merged = (replacement if replace else merge)(state.records, ledger, state.archive_positions)
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


def rebuild_store(
    settings: Settings, ledger: Path | None, overrides: Overrides, progress: Progress, *, without_ledger: bool
) -> Rebuilt:
    """Make a new store from the articles and the ledger, and rename the damaged one, which no process has open.

    Args:
        settings: What to publish, how, and the store, an SQLite file.
        ledger: The last export of the ledger; None for the copy beside the store.
        overrides: The safeguards that the operator overrides.
        progress: Called with the progress of the round.
        without_ledger: Whether to go on without any ledger, and allocate new ids.

    Raises:
        LedgerError: There is no ledger, neither in the store nor in a file.
        StoreError: The store is in use or no file.
        DirectoryError: There are no articles to rebuild it from.
        SafeguardError: Safeguards refuse the round; the damaged store stays where it is.
        PrivacyError: The ledger is of a private site, and the settings of a public one, or the other way round.
    """
    now, url = this_moment(), settings.store_url
    options = replaced(round_options(settings), overrides=overrides)
    file = rebuildable_file(url)
    last, source = _last_ledger(url, file, ledger or copy_file(url), without_ledger=without_ledger)
    fresh = file.with_name(f"{file.name}.rebuilding")
    with ReaderPool(settings.most_reader_processes) as readers:
        outcome = _make_store(fresh, last, options, now, progress, readers)
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    replace_file(file, fresh, aside)
    return Rebuilt(outcome, aside, source)


def _make_store(  # noqa: PLR0913, PLR0917 - a store is made of all this
    file: Path, ledger: Ledger, options: RoundOptions, now: datetime, progress: Progress, readers: Readers
) -> Outcome:
    """Make the store ``file`` from the ledger and the articles; if that fails, the file is removed."""
    remove_file(file)
    try:
        with closing(open_store(f"sqlite:///{file}")) as store:
            import_ledger(store, ledger, now, replace=True)
            store.operator.claim(options.access)
            state = store.publisher.state()
            return publish(options, store.publisher, state, now, afresh=True, progress=progress, readers=readers)
    except BaseException:
        remove_file(file)
        raise


def restore_backup(store: Store, file: Path | None, now: datetime) -> None:
    """Fill a new store from the copy of the ledger beside it, and log that.

    Args:
        store: Any store; one that has been used stays as it is.
        file: The copy; None, or a path without a file, if none was kept.
        now: This moment.

    Raises:
        LedgerError: The copy is damaged.
    """
    if file is None or not file.exists() or store.publisher.state() != PublisherState():
        return
    if records := len(import_ledger(store, read_ledger(file), now).save):
        log.warning("new store filled from the copy of the ledger", ledger=str(file), records=records)


def _check_privacy(store: Store, ledger: Ledger) -> None:
    """Refuse to import the ledger of a private site into a public one, which would publish its URLs as gone."""
    access = ledger.privacy.access
    if access is None or access == "public":
        return
    if store.operator.claim_access(access) == "public":
        raise PrivacyError(
            "the ledger is of a site with private articles, and the store of a public one",
            "import it into a store of its own with --store",
        )


def _last_ledger(url: str, file: Path, ledger_file: Path | None, *, without_ledger: bool) -> tuple[Ledger, str]:
    """The newest ledger and its origin: the damaged store if it can still be read, otherwise the file."""
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
            state, privacy = store.publisher.state(), store.operator.privacy()
    except (StoreError, ValueError, KeyError, TypeError):
        return None  # it is damaged, as was to be expected
    return Ledger(state.edition.number, tuple(state.records.values()), state.archive_positions, privacy)


def _completed(own: Ledger, other: Ledger) -> Ledger:
    """The store's own ledger, completed with the records of another one, to which its own drafts give way."""
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
    """The ledger as the lines of a ledger file; see :mod:`feedsvc.store.ledger_file`."""
    state, privacy = _state_and_privacy(settings)
    return ledger_lines(state, privacy=privacy)


def export_ledger(settings: Settings, file: Path) -> int:
    """Write the ledger to ``file``; return how many records it has.

    Raises:
        LedgerError: The file cannot be written.
    """
    state, privacy = _state_and_privacy(settings)
    write_ledger(state, file, privacy=privacy)
    return len(state.records)


def import_file(settings: Settings, file: Path, *, replace: bool) -> Merge:
    """Import the ledger in ``file``, where ``-`` is standard input; see :func:`import_ledger`."""
    ledger = read_ledger(Path("/dev/stdin") if str(file) == "-" else file)
    with closing(open_store(settings.store_url)) as store:
        return import_ledger(store, ledger, this_moment(), replace=replace)


def _state_and_privacy(settings: Settings) -> tuple[PublisherState, Privacy]:
    with closing(open_store(settings.store_url, make=False)) as store:
        return store.publisher.state(), store.operator.privacy()
