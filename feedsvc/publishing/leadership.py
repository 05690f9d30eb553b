"""Tenure: this process's right to publish, for as long as it lasts.

One process publishes at a time, on however many hosts. The others stand by and take over when the one that
published has ended, died or been cut off from the store.
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
"""Seconds between two renewals, a quarter of what a lease lasts: one that fails is no harm."""

log = structlog.get_logger()


class Leadership:
    """Takes the right to publish, renews it from a thread of its own, and notices when it is lost."""

    def __init__(self, store: PublisherStore) -> None:
        self._store = store
        self._owner = LeaseOwner.this()
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._over = threading.Event()
        self._renewer: threading.Thread | None = None
        self._told: str | None = None

    @property
    def held(self) -> bool:
        """Whether this process has the right to publish, as far as it knows."""
        return self._lease is not None

    def hold(self) -> int | None:
        """Take the right to publish if this process does not have it.

        Returns:
            The term it is held in, another one whenever somebody else may have written; None while another
            process has the right.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if self._lease is None:
            with self._lock:
                self._lease = self._store.acquire(self._owner)
        lease = self._lease
        if lease is None:
            self._tell_waiting()
            return None
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
            self._renewer.start()
        if self._told is not None:
            log.info("became the publisher", previous=self._told, term=lease.term)
            self._told = None
        return lease.term

    def round(self, follows: Edition) -> AbstractContextManager[Transaction]:
        """Begin the round that follows the edition ``follows``; it can be committed only in this tenure."""
        lease = self._lease
        if lease is None:
            raise LeaseLostError("the right to publish was lost", "nothing; the round is run again")
        return self._store.round(follows, lease)

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Keep the files that were fatal to readers; see :meth:`.PublisherStore.keep_set_aside`."""
        self._store.keep_set_aside(files)

    def end(self) -> None:
        """Give the right back, so that who stands by need not wait."""
        self._over.set()
        if self._renewer is not None:
            self._renewer.join(RENEWAL / 2)  # it may be waiting for a lock, and the end must not
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                self._store.release(lease)
            except StoreError as error:
                log.warning("could not release the publisher's lease, which now has to expire", error=error.what)

    def _renew(self) -> None:
        failing = False
        while not self._over.wait(RENEWAL):
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

    def _tell_waiting(self) -> None:
        other = self._store.lease()
        if other is not None and other.owner != self._told:
            log.info("standing by while another process publishes", owner=other.owner, term=other.term)
            self._told = other.owner
