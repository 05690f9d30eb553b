"""Leadership: the right to publish, which one process at a time has."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from feedsvc.articles.model import SetAside
from feedsvc.core.errors import LeaseLostError
from feedsvc.responses.edition import Edition
from feedsvc.store.lease import LeaseKeeper
from feedsvc.store.publisher_store import PublisherStore
from feedsvc.store.unit_of_work import Transaction


class Leadership(LeaseKeeper):
    """Keeps the lease that gives the right to publish, and lets rounds be committed under it alone."""

    def __init__(self, store: PublisherStore) -> None:
        super().__init__(store)
        self._store = store

    def round(self, follows: Edition) -> AbstractContextManager[Transaction]:
        """Begin the round after the edition ``follows``; it can be committed only while the lease is held."""
        lease = self._lease
        if lease is None:
            raise LeaseLostError("the right to publish was lost", "nothing to do: the round is run again")
        return self._store.round(follows, lease)

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Store which files crashed a reader process; see :meth:`.PublisherStore.keep_set_aside`."""
        self._store.keep_set_aside(files)
