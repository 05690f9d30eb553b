"""Leases: the right to publish, and the right to push, each of which one process has at a time.

However many processes and hosts share a store, the others stand by, and one of them takes over when the owner has
ended, died or lost its connection to the store. Each right is a row, which names the owner, the time at which the
lease lapses by the database's own clock, and the term: a number that rises whenever the lease passes to another
process, and never falls (a fencing token). What a round writes is committed only in the term in which the round
began, so a publisher that was paused for longer than its lease cannot commit.
"""

import hashlib
import os
import secrets
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, cast, func, select, update

from feedsvc.core.errors import LeaseLostError, StoreError
from feedsvc.store.engine import Database
from feedsvc.store.schema import lease as table

PUBLISHER = 1
"""The row of the right to publish."""
SENDER = 2
"""The row of the right to push."""

_MACHINE = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
"""The scope of a process id: this system since its boot, and in it the PID namespace of a container."""


@dataclass(frozen=True, slots=True)
class LeaseOwner:
    """A process that has a lease, or wants one."""

    host: str
    pid: int
    token: str
    """``<digest of boot and PID namespace>-<random>``, so that no two processes are ever the same owner."""

    @classmethod
    def this(cls) -> Self:
        """This process, with a new token."""
        return cls(socket.gethostname(), os.getpid(), f"{_machine()}-{secrets.token_hex(4)}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The owner that was written as :meth:`__str__` does."""
        host, pid, token = text.rsplit(":", 2)
        return cls(host, int(pid), token)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.token}"

    def is_dead(self) -> bool:
        """Whether the process has certainly ended; False for one of another machine, whose lease has to lapse."""
        machine = self.token.partition("-")[0]
        if not machine or machine != _machine():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # the process lives, under another user
        return False


def _machine() -> str:
    """A digest that is the same for all processes that see each other's ids; empty where the system has none."""
    try:
        boot = _MACHINE[0].read_text("ascii")
        space = str(_MACHINE[1].readlink())
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:8]


LENGTH = 8.0
"""Seconds that a lease lasts from its last renewal on. Another host waits so long after its owner's death."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A right, as one process has it."""

    owner: str
    """``host:pid:token``; see :class:`feedsvc.store.lease.LeaseOwner`."""
    term: int
    """The fencing number."""
    left: float
    """Seconds until it lapses, by the database's clock, as of when it was read."""
    held: float = 0.0
    """Seconds since the process acquired it, as of when it was read from the store."""


_NAMES = {PUBLISHER: "publisher", SENDER: "sender"}


class LeaseStore:
    """One right in the store, as the processes that want it see it.

    Every method may be called from any thread, and raises StoreError alone.
    """

    def __init__(self, database: Database, right: int) -> None:
        self._database = database
        self._right = right

    def lease(self) -> Lease | None:
        """The lease in force; None if there is none, it lapsed, or its owner is certainly dead."""
        with self._database.reading() as connection:
            return _in_force(self._lease_row(connection))

    def acquire(self, owner: LeaseOwner) -> Lease | None:
        """Acquire the lease for ``owner``; None while another process has it."""
        if self.lease() is not None:
            return None
        with self._database.writing() as connection:
            row = self._lease_row(connection)
            return self._grant(connection, owner) if _in_force(row) is None else None

    def renew(self, lease: Lease) -> Lease:
        """Extend the lease from now on.

        Raises:
            LeaseLostError: It lapsed, or another process has it.
        """
        with self._database.writing(durable=False) as connection:
            self._check_lease(connection, lease)
            self._extend(connection)
        return Lease(lease.owner, lease.term, LENGTH)

    def release(self, lease: Lease) -> None:
        """Give the lease back, so that no other process waits until it lapses; nothing happens to a lost one."""
        with self._database.writing() as connection:
            if self._lease_row(connection)["term"] == lease.term:
                self._set(connection, owner=None, expires=0)

    def _grant(self, connection: Connection, owner: LeaseOwner) -> Lease:
        """Give ``owner`` a lease of a new term, whichever process has one."""
        term, now = self._lease_row(connection)["term"] + 1, _now(connection)
        self._set(connection, owner=str(owner), term=term, acquired=now, expires=now + round(LENGTH * 1000))
        return Lease(str(owner), term, LENGTH)

    def _check_lease(self, connection: Connection, lease: Lease | None) -> None:
        """Check that ``lease`` is in force, or, where it is None, that no process has one.

        Raises:
            LeaseLostError: What was begun under it must not be committed.
        """
        row, shown, name = self._lease_row(connection), self._database.address.shown, _NAMES[self._right]
        if lease is None:
            if (other := _in_force(row)) is not None:
                raise LeaseLostError(
                    f"{shown} is held by the {name} {other.owner}", "wait until it ends, or stop it"
                )
        elif row["term"] != lease.term:
            raise LeaseLostError(
                f"{shown} was taken over by {row['owner'] or f'another {name}'}",
                "nothing to do: this process waits from now on",
            )
        elif row["left"] <= 0:
            raise LeaseLostError(
                f"the lease on {shown} lapsed, this process was held up for longer than {LENGTH:.0f} s",
                "nothing to do: the work is done again",
            )

    def _extend(self, connection: Connection) -> None:
        """Let the lease in force last its whole length from now on."""
        self._set(connection, expires=_now(connection) + round(LENGTH * 1000))

    def _lease_row(self, connection: Connection) -> RowMapping:
        now = _now(connection)
        left, held = (table.c.expires - now).label("left"), (now - table.c.acquired).label("held")
        own = select(table.c.owner, table.c.term, left, held).where(table.c.id == self._right)
        return connection.execute(own).mappings().one()

    def _set(self, connection: Connection, **values: object) -> None:
        connection.execute(update(table).where(table.c.id == self._right).values(values))


def _in_force(row: RowMapping) -> Lease | None:
    # More than a whole lease ahead: the clock was set back since, by an unknown time.
    if row["owner"] is None or not 0 < row["left"] <= LENGTH * 1000 or LeaseOwner.parse(row["owner"]).is_dead():
        return None
    return Lease(row["owner"], row["term"], row["left"] / 1000, row["held"] / 1000)


def _now(connection: Connection) -> ColumnElement[int]:
    """Milliseconds since 1970 by the database's clock, which all hosts share."""
    if connection.dialect.name == "sqlite":
        return cast((func.julianday("now") - 2440587.5) * 86_400_000, BigInteger)
    return cast(func.date_part("epoch", func.clock_timestamp()) * 1000, BigInteger)


RENEWAL = 2.0
"""Seconds between two renewals of the lease. A lease lasts four times as long, so one failed renewal does no
harm."""

log = structlog.get_logger()


class LeaseKeeper:
    """Holds a lease for this process, as far as others let it."""

    def __init__(self, store: LeaseStore) -> None:
        self._leases = store
        self._owner = LeaseOwner.this()
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._stop = threading.Event()
        self._renewer: threading.Thread | None = None
        self._standing_by_for: str | None = None

    @property
    def held(self) -> bool:
        """Whether this process has the lease, as far as it knows."""
        return self._lease is not None

    def hold(self) -> int | None:
        """Acquire the lease if this process does not have it.

        Returns:
            The term of the lease: another number whenever another process may have had it in between. None while
            another process has the lease.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if self._lease is None:
            with self._lock:
                self._lease = self._leases.acquire(self._owner)
        lease = self._lease
        if lease is None:
            self._log_standby()
            return None
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
            self._renewer.start()
        if self._standing_by_for is not None:
            log.info("took over the lease", previous=self._standing_by_for, term=lease.term)
            self._standing_by_for = None
        return lease.term

    def lease(self) -> Lease:
        """The lease that this process has; what is begun under it can be committed only while it is held.

        Raises:
            LeaseLostError: It was lost.
        """
        lease = self._lease
        if lease is None:
            raise LeaseLostError("the lease was lost", "nothing to do: the work is done again")
        return lease

    def end(self) -> None:
        """Release the lease, so that a process that stands by need not wait for its expiry."""
        self._stop.set()
        if self._renewer is not None:
            self._renewer.join(RENEWAL / 2)  # it may be waiting for a lock of the store; do not wait as long
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                self._leases.release(lease)
            except StoreError as error:
                log.warning("could not release the lease, which now has to expire", error=error.what)

    def _renew(self) -> None:
        failing = False
        while not self._stop.wait(RENEWAL):
            with self._lock:
                lease = self._lease
                if lease is None:
                    continue
                try:
                    self._lease = self._leases.renew(lease)
                    failing = False
                except LeaseLostError as error:
                    self._lease = None
                    log.warning("lost the lease", error=error.what)
                except StoreError as error:
                    if not failing:
                        log.warning("could not renew the lease", error=error.what, remedy=error.remedy)
                    failing = True

    def _log_standby(self) -> None:
        other = self._leases.lease()
        if other is not None and other.owner != self._standing_by_for:
            log.info("standing by while another process has the lease", owner=other.owner, term=other.term)
            self._standing_by_for = other.owner
