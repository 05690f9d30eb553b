"""The lease: the right to publish, which one process has at a time.

One row names the owner, the time at which the lease lapses by the database's own clock, and the term: a number
that rises whenever the lease passes to another process, and never falls (a fencing token). What a round writes is
committed only in the term in which the round began, so a publisher that was paused for longer than its lease
cannot commit.
"""

import hashlib
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, cast, func, select, update

from feedsvc.core.errors import LeaseLostError
from feedsvc.store.schema import lease as table

_MACHINE = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
"""What a process id is unique in: this system since its boot, and in it the PID namespace of a container."""


@dataclass(frozen=True, slots=True)
class LeaseOwner:
    """A process that publishes, or wants to."""

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
    """The right to publish, as one process has it."""

    owner: str
    """``host:pid:token``; see :class:`feedsvc.store.lease.LeaseOwner`."""
    term: int
    """The fencing number."""
    left: float
    """Seconds until it lapses, by the database's clock, as of when it was read."""


def current(connection: Connection) -> Lease | None:
    """The lease that is in force; None if there is none, it lapsed, or its owner is certainly dead."""
    return _in_force(_row(connection))


def acquire(connection: Connection, owner: LeaseOwner, *, by_force: bool = False) -> Lease | None:
    """Give ``owner`` a lease of a new term; None if another has one, unless it is taken ``by_force``."""
    row = _row(connection)
    if _in_force(row) is not None and not by_force:
        return None
    term = row["term"] + 1
    changes = {"owner": str(owner), "term": term, "expires": _now(connection) + round(LENGTH * 1000)}
    connection.execute(update(table).values(changes))
    return Lease(str(owner), term, LENGTH)


def extend(connection: Connection, lease: Lease, shown: str) -> Lease:
    """Renew a lease that is still in force.

    Raises:
        LeaseLostError: It lapsed, or another has the next term.
    """
    check(connection, lease, shown)
    connection.execute(update(table).values(expires=_now(connection) + round(LENGTH * 1000)))
    return Lease(lease.owner, lease.term, LENGTH)


def hand_back(connection: Connection, lease: Lease) -> None:
    """Free the lease for the next process; nothing happens to a lease that was lost."""
    connection.execute(update(table).where(table.c.term == lease.term).values(owner=None, expires=0))


def check(connection: Connection, lease: Lease | None, shown: str) -> None:
    """Check that ``lease`` is in force, or, where it is None, that no process has one.

    Raises:
        LeaseLostError: What was begun under it must not be committed.
    """
    row = _row(connection)
    if lease is None:
        other = _in_force(row)
        if other is not None:
            raise LeaseLostError(
                f"{shown} is held by the publisher {other.owner}", "wait until it ends, or stop it"
            )
    elif row["term"] != lease.term:
        raise LeaseLostError(
            f"{shown} was taken over by {row['owner'] or 'another publisher'}",
            "nothing; this one waits from now on",
        )
    elif row["left"] <= 0:
        raise LeaseLostError(
            f"the lease on {shown} lapsed, this process was held up for longer than {LENGTH:.0f} s",
            "nothing; the round is run again",
        )


def _in_force(row: RowMapping) -> Lease | None:
    # More than a whole lease ahead: the clock was set back since, by an unknown time.
    if row["owner"] is None or not 0 < row["left"] <= LENGTH * 1000:
        return None
    if LeaseOwner.parse(row["owner"]).is_dead():
        return None
    return Lease(row["owner"], row["term"], row["left"] / 1000)


def _row(connection: Connection) -> RowMapping:
    left = (table.c.expires - _now(connection)).label("left")
    return connection.execute(select(table.c.owner, table.c.term, left)).mappings().one()


def _now(connection: Connection) -> ColumnElement[int]:
    """Milliseconds since 1970 by the database's clock, which all hosts share."""
    if connection.dialect.name == "sqlite":
        return cast((func.julianday("now") - 2440587.5) * 86_400_000, BigInteger)
    return cast(func.date_part("epoch", func.clock_timestamp()) * 1000, BigInteger)
