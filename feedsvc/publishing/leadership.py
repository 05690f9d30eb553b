"""Leadership: the right to publish, which one process at a time has.

However many hosts and processes share a store, one process publishes and the others stand by. One of them takes
over when the publishing process has ended, died or lost its connection to the store.
"""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager

import structlog

from feedsvc.articles.model import SetAside
from feedsvc.core.errors import LeaseLostError, StoreError
from feedsvc.publishing.round import Transaction
from feedsvc.responses.edition import Edition
from feedsvc.store.lease import Lease, LeaseOwner
from feedsvc.store.publisher_store import PublisherStore

RENEWAL = 2.0
"""Seconds between two renewals of the lease. A lease lasts four times as long, so one failed renewal does no
harm."""

log = structlog.get_logger()


class Leadership:
    """Acquires the lease that gives the right to publish, renews it in its own thread, and notices its loss."""

    def __init__(self, store: PublisherStore) -> None:
        self._store = store
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
            The term of the lease: another number whenever another process may have published in between. None
            while another process has the lease.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if self._lease is None:
            with self._lock:
                self._lease = self._store.acquire(self._owner)
        lease = self._lease
        if lease is None:
            self._log_standby()
            return None
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
            self._renewer.start()
        if self._standing_by_for is not None:
            log.info("became the publisher", previous=self._standing_by_for, term=lease.term)
            self._standing_by_for = None
        return lease.term

    def round(self, follows: Edition) -> AbstractContextManager[Transaction]:
        """Begin the round after the edition ``follows``; it can be committed only while the lease is held."""
        lease = self._lease
        if lease is None:
            raise LeaseLostError("the right to publish was lost", "nothing; the round is run again")
        return self._store.round(follows, lease)

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Store which files crashed a reader process; see :meth:`.PublisherStore.keep_set_aside`."""
        self._store.keep_set_aside(files)

    def end(self) -> None:
        """Release the lease, so that a process that stands by need not wait for its expiry."""
        self._stop.set()
        if self._renewer is not None:
            self._renewer.join(RENEWAL / 2)  # it may be waiting for a lock of the store; do not wait as long
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                self._store.release(lease)
            except StoreError as error:
                log.warning("could not release the publisher's lease, which now has to expire", error=error.what)

    def _renew(self) -> None:
        failing = False
        while not self._stop.wait(RENEWAL):
            with self._lock:
                lease = self._lease
                if lease is None:
                    continue
                try:
                    self._lease = self._store.renew(lease)
                    failing = False
                except LeaseLostError as error:
                    self._lease = None
                    log.warning("lost the publisher's lease", error=error.what)
                except StoreError as error:
                    if not failing:
                        log.warning("could not renew the publisher's lease", error=error.what, remedy=error.remedy)
                    failing = True

    def _log_standby(self) -> None:
        other = self._store.lease()
        if other is not None and other.owner != self._standing_by_for:
            log.info("standing by while another process publishes", owner=other.owner, term=other.term)
            self._standing_by_for = other.owner
