"""Joins everything: the roles that ``feedsvc serve`` runs. The only module that reads the clock.

``serve`` starts and supervises the two others: ``run_publisher``, which runs the rounds, and ``run_web``,
which serves the newest edition. They meet only in the store.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import structlog

from feedsvc import private, upkeep
from feedsvc.adopt import collect
from feedsvc.articles import Consent, Survey, scan, survey
from feedsvc.documents import FORMATS
from feedsvc.errors import ListenError
from feedsvc.export import Exported, Progress, Tree
from feedsvc.export import export as write_edition
from feedsvc.ledgercopy import LedgerCopy, copy_file, write_ledger
from feedsvc.notify import tell
from feedsvc.once import publish_once
from feedsvc.plan import limits_of, plan_of, policy_of, rules_of, throttle_of
from feedsvc.preview import Preview, preview_file
from feedsvc.publish import Progress as RoundProgress
from feedsvc.publisher import Publisher
from feedsvc.report import Report
from feedsvc.responses import Memory, Ticket
from feedsvc.settings import Settings
from feedsvc.status import Status
from feedsvc.store import Merge, Store, open_store
from feedsvc.store import ledger_lines as store_lines
from feedsvc.supervise import Role, supervise
from feedsvc.takeover import Takeover, take_over
from feedsvc.watch import Watch
from feedsvc.web import run_worker

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Publish and serve until SIGTERM or Ctrl-C; SIGHUP scans at once.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be opened.
        ListenError: The address cannot be bound.
    """
    scan(settings.articles)
    open_store(settings.store).close()
    with listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        _announce(settings)
        web = Role("web", _command("web", listener.fileno()), settings.environment(), files=(listener.fileno(),))
        publisher = Role("publisher", _command("publisher"), settings.environment(), rescans=True)
        supervise((publisher, *[web] * settings.workers))
    log.info("stopped")


def listen(settings: Settings) -> socket.socket:
    """A listening socket.

    Raises:
        ListenError: The address is taken, not ours, or unknown.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=settings.backlog)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListenError(
            f"cannot listen on {host} port {port} ({reason})",
            "stop what uses it, or choose another --host or --port",
        ) from error


def run_web(settings: Settings, orphaned: Callable[[], bool], listening: int | None = None) -> None:
    """Serve the newest edition until SIGTERM, or until ``orphaned()``.

    Args:
        settings: What to serve and how.
        orphaned: Asked twice a second; true ends the worker.
        listening: The descriptor of a socket that is shared with other workers; None opens one.
    """
    store = open_store(settings.store)
    if listening is None:
        listener = listen(settings)
        _announce(settings.model_copy(update={"port": listener.getsockname()[1]}))
        tell("READY=1")
    else:
        listener = socket.socket(fileno=listening)
    limits, throttle = limits_of(settings), throttle_of(settings)
    metrics, policy = _metrics(settings, store), policy_of(settings)
    try:
        run_worker(
            store, listener, settings.articles, policy, orphaned, metrics=metrics, limits=limits, throttle=throttle
        )
    finally:
        store.close()


def run_publisher(settings: Settings, orphaned: Callable[[], bool]) -> None:
    """Run rounds at once, at the interval, at the next moment, after file events and on SIGHUP.

    Ends at SIGTERM, or when ``orphaned()``.
    """
    with closing(open_store(settings.store)) as store:
        copy = _recalled(settings, store)
        tell("READY=1")
        publisher = Publisher(plan_of(settings), store, settings.interval, _now, LedgerCopy(copy, store.tickets))
        with Watch(settings.articles, settings.debounce, publisher.wake) if settings.watch else nullcontext():
            publisher.run(orphaned)


def _recalled(settings: Settings, store: Store) -> Path | None:
    """The copy of the ledger beside the store, if one is kept; it has filled the store if that is new."""
    copy = copy_file(settings.store) if settings.ledger_copy else None
    if recalled := upkeep.recall(store, copy, _now()):
        log.warning("the store is new, ids and dates come from the copy", ledger=str(copy), records=recalled)
    return copy


def publish(settings: Settings, consent: Consent, progress: RoundProgress = lambda *_: None) -> Report:
    """Run one round, or have the running publisher run it, and give its report.

    Raises:
        FeedsvcError: It could not be run.
    """
    with closing(open_store(settings.store)) as store:
        copy = LedgerCopy(_recalled(settings, store), store.tickets)
        return publish_once(plan_of(settings), store, consent, _now, copy=copy, progress=progress)


def adopt(
    settings: Settings, sources: Sequence[str], fetched: Callable[[str], None], *, write: bool, published_too: bool
) -> Takeover:
    """Take over the ids and dates of a feed, or say what would be taken over.

    Raises:
        FeedError: It cannot be fetched or read.
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be read or written.
    """
    past = collect(sources, fetched)
    with closing(open_store(settings.store)) as store:
        _recalled(settings, store)
        return take_over(plan_of(settings), store, past, _now(), write=write, published_too=published_too)


def status(settings: Settings) -> Status:
    """How things stand, from the store alone.

    Raises:
        StoreError: The store cannot be read.
    """
    with closing(open_store(settings.store, make=False)) as store:
        return _status(store)


def _status(store: Store) -> Status:
    report, _ = store.report()
    lease = store.lease()
    return Status(store.edition(), report, lease.holder if lease else None)


def _metrics(settings: Settings, store: Store) -> Callable[[], tuple[bytes, str]] | None:
    """What ``/metrics`` answers, if it is wanted."""
    if not settings.metrics:
        return None
    from feedsvc.metrics import MEDIA_TYPE, exposition  # noqa: PLC0415 - most do without

    return lambda: (exposition(_status(store)), MEDIA_TYPE)


def ledger_lines(settings: Settings) -> Iterator[str]:
    """The ledger as a file's lines; see :mod:`feedsvc.store.ledger`."""
    memory, tickets = _promised(settings)
    return store_lines(memory, tickets=tickets)


def export_ledger(settings: Settings, file: Path) -> int:
    """Write the ledger to ``file``; return how many records it has.

    Raises:
        LedgerError: The file cannot be written.
    """
    memory, tickets = _promised(settings)
    write_ledger(memory, file, tickets=tickets)
    return len(memory.records)


def import_ledger(settings: Settings, file: Path, *, replace: bool) -> Merge:
    """Take over the ledger in ``file``; see :func:`feedsvc.upkeep.import_ledger`."""
    ledger = upkeep.read_ledger(Path("/dev/stdin") if str(file) == "-" else file)
    with closing(open_store(settings.store)) as store:
        return upkeep.import_ledger(store, ledger, _now(), replace=replace)


def rebuild_store(
    settings: Settings, ledger: Path | None, progress: RoundProgress, *, anew: bool
) -> upkeep.Rebuilt:
    """Make a new store of articles and ledger; see :func:`feedsvc.upkeep.rebuild`."""
    file = ledger or copy_file(settings.store)
    return upkeep.rebuild(settings.store, plan_of(settings), _now(), file, progress, anew=anew)


def export(
    settings: Settings, folder: Path, progress: Progress, *, overwrite: bool = False, link: bool = False
) -> Exported:
    """Write the newest edition as files; see :func:`feedsvc.export.export`."""
    tree = Tree(folder, overwrite=overwrite)
    with closing(open_store(settings.store, make=False)) as store, tree:
        return write_edition(store, tree, settings.articles, policy_of(settings), progress, link=link)


def preview(settings: Settings, file: Path) -> Preview:
    """How an article will come out; see :func:`feedsvc.preview.preview_file`."""
    return preview_file(plan_of(settings), settings.store, file, _now())


def _promised(settings: Settings) -> tuple[Memory, tuple[Ticket, ...]]:
    with closing(open_store(settings.store, make=False)) as store:
        return store.memory(), store.tickets()


def give_private(settings: Settings, channel: str, name: str) -> tuple[str, ...]:
    """Make an address of a private channel; gives those of its feeds. See :func:`feedsvc.private.give`."""
    channels = [each.path for each in settings.channels if each.private]
    with closing(open_store(settings.store)) as store:
        place = private.give(store, channels, channel, name, _now())
    return tuple(f"{settings.public_url}{place}{form.file}" for form in FORMATS)


def private_tickets(settings: Settings) -> tuple[Ticket, ...]:
    """Who was given an address of a private channel."""
    with closing(open_store(settings.store, make=False)) as store:
        return store.tickets()


def revoke_private(settings: Settings, which: str) -> Sequence[Ticket]:
    """Take addresses of private channels back; see :func:`feedsvc.private.revoke`."""
    with closing(open_store(settings.store, make=False)) as store:
        return private.revoke(store, which, _now())


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A test for whether this process has lost the ``parent`` it was started by; 0 stands for none to lose."""
    return lambda: bool(parent) and os.getppid() != parent


def check(settings: Settings, progress: Callable[[int, int], None]) -> Survey:
    """Read every article as a round would, and publish nothing.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
    """
    return survey(settings.articles, rules_of(settings), progress)


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    log.info(
        "serving",
        at=f"http://{host}:{settings.port}",
        base_url=settings.public_url,
        articles=str(settings.articles),
        store=_without_password(settings.store),
    )
    if settings.base_url is None and not _is_loopback(settings.host):
        log.warning(
            "feeds name an address that others cannot reach", base_url=settings.public_url, remedy="set base_url"
        )


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _command(role: str, listener: int | None = None) -> tuple[str, ...]:
    """How to start a role: settings travel in the environment, so it must read no file of its own."""
    command = (sys.executable, "-m", "feedsvc", "serve", "--config", os.devnull, "--role", role)
    inherited = () if listener is None else ("--fd", str(listener))
    return (*command, *inherited, "--parent", str(os.getpid()))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
