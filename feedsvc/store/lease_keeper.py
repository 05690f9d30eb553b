"""Keeping a lease: acquire it, renew it in a thread of its own, and notice its loss.

However many hosts and processes share a store, one process has each right and the others stand by. One of them
takes over when that process has ended, died or lost its connection to the store.
"""

import threading

import structlog

from feedsvc.core.errors import LeaseLostError, StoreError
from feedsvc.store.lease import Lease, LeaseOwner, LeaseStore

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
            log.info(
                "standing by while another process has the lease",
                owner=other.owner,
                term=other.term,
            )
            self._standing_by_for = other.owner
