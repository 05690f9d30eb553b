"""The lease: one publisher at a time, the same on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import select
from stored_site import let_pass

from feedsvc.core.errors import LeaseLostError
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.store.lease import LENGTH, Lease, LeaseOwner
from feedsvc.store.schema import lease as table
from feedsvc.store.store import Store

Opened = Callable[[], Store]

ELSEWHERE = LeaseOwner("far.example.org", 1, "00000000-aaaa")
"""A process of another machine: whether it lives cannot be seen from here."""
HERE = LeaseOwner.this()
NEXT = LeaseOwner.this()


def granted(store: Store, owner: LeaseOwner) -> Lease:
    """The lease that ``owner`` gets."""
    lease = store.publisher.acquire(owner)
    assert lease is not None
    return lease


def commit(store: Store, lease: Lease | None) -> None:
    """Publish the next edition under that lease."""
    newest = store.editions.newest()
    with store.publisher.round(newest, lease) as transaction:
        transaction.publish(Edition(newest.number + 1, 5))


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds of a lease that lasts for an hour, however busy the machine is."""
    monkeypatch.setattr("feedsvc.store.lease.LENGTH", 3600.0)
    return 3600.0


class TestWhoHasIt:
    def test_nobody_has_the_lease_of_a_new_store(self, store: Store) -> None:
        """There is nothing to wait for."""
        assert store.publisher.lease() is None

    def test_who_asks_first_gets_it(self, store: Store) -> None:
        """Everyone can see who it is, in which term, and for how long."""
        lease = granted(store, HERE)
        seen = store.publisher.lease()
        assert seen is not None
        assert (seen.owner, seen.term) == (str(HERE), 1) == (lease.owner, lease.term)
        assert 0 < seen.left <= LENGTH

    def test_who_asks_second_does_not(self, store: Store, opened: Opened) -> None:
        """Neither another process nor the owner itself gets a second lease."""
        granted(store, HERE)
        assert opened().publisher.acquire(NEXT) is None
        assert store.publisher.acquire(HERE) is None

    def test_a_lease_that_was_given_back_is_free_at_once(self, store: Store) -> None:
        """An orderly end makes nobody wait, and the term rises all the same."""
        store.publisher.release(granted(store, ELSEWHERE))
        assert store.publisher.lease() is None
        assert granted(store, NEXT).term == 2

    def test_a_lease_of_another_machine_has_to_lapse(self, store: Store, hour: float) -> None:
        """Its owner may be alive until then, whatever its process id is here."""
        granted(store, ELSEWHERE)
        let_pass(store, hour - 900)
        assert store.publisher.acquire(NEXT) is None
        let_pass(store, 900)
        assert granted(store, NEXT).term == 2

    def test_a_lease_of_a_dead_process_of_this_machine_is_free_at_once(self, store: Store) -> None:
        """A publisher that was killed is followed by the next without a wait."""
        with subprocess.Popen([sys.executable, "-c", ""]) as process:
            pass
        granted(store, LeaseOwner(HERE.host, process.pid, HERE.token))
        assert store.publisher.lease() is None
        assert granted(store, NEXT).term == 2

    @pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may signal the first process")
    def test_a_live_process_of_this_machine_keeps_it(self, store: Store) -> None:
        """The process with id 1 lives."""
        granted(store, LeaseOwner(HERE.host, 1, HERE.token))
        assert store.publisher.acquire(NEXT) is None

    def test_a_clock_that_was_set_back_frees_it(self, store: Store) -> None:
        """A lease that would last longer than any does is of a time that is not to come."""
        granted(store, ELSEWHERE)
        let_pass(store, -3600)
        assert granted(store, NEXT).term == 2

    def test_renewing_makes_it_last(self, store: Store, hour: float) -> None:
        """A long round is no reason to lose it."""
        lease = granted(store, HERE)
        let_pass(store, hour - 900)
        assert store.publisher.renew(lease).term == lease.term
        let_pass(store, hour - 900)
        assert store.publisher.acquire(NEXT) is None

    def test_what_lapsed_cannot_be_renewed(self, store: Store) -> None:
        """Also when nobody has taken it yet: who was away for so long has to look around first."""
        lease = granted(store, HERE)
        let_pass(store, LENGTH)
        with pytest.raises(LeaseLostError, match="lapsed, this process was held up for longer than 8 s"):
            store.publisher.renew(lease)

    def test_giving_back_what_was_lost_changes_nothing(self, store: Store) -> None:
        """A publisher that ends late does not end the one that followed it."""
        lease = granted(store, HERE)
        let_pass(store, LENGTH)
        granted(store, NEXT)
        store.publisher.release(lease)
        seen = store.publisher.lease()
        assert seen is not None
        assert seen.owner == str(NEXT)

    def test_a_holder_is_known_by_its_name(self) -> None:
        """What stands in the row is enough to find the process; a host's name may have colons."""
        owner = LeaseOwner("fe80::1", 17, "0a0a-0b")
        assert LeaseOwner.parse(str(owner)) == owner


class TestWhatCounts:
    def test_a_round_under_the_lease_counts(self, store: Store) -> None:
        """The owner publishes."""
        commit(store, granted(store, HERE))
        assert store.editions.newest().number == 1

    def test_the_commit_of_a_round_renews_the_lease(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing else can write while it lasts, and on a slow disk a large round may outlast a lease."""
        monkeypatch.setattr("feedsvc.store.lease.LENGTH", 1000.0)
        lease = granted(store, HERE)
        let_pass(store, 900)
        commit(store, lease)
        seen = store.publisher.lease()
        assert seen is not None
        assert seen.left > 500

    @pytest.mark.parametrize("taken", [False, True], ids=["nobody took over", "another took over"])
    def test_a_round_after_a_pause_longer_than_the_lease_does_not_count(self, store: Store, taken: bool) -> None:
        """Fencing: the commit itself looks at the lease, so no pause, however placed, lets two publish."""
        lease = granted(store, HERE)

        def pause() -> None:
            with store.publisher.round(NO_EDITION, lease) as transaction:
                transaction.publish(Edition(1, 5))
                let_pass(store, LENGTH)
                if taken:
                    granted(store, NEXT)

        with pytest.raises(LeaseLostError):
            pause()
        assert store.editions.newest().number == 0

    def test_a_round_without_a_lease_does_not_count_while_another_has_one(self, store: Store) -> None:
        """Nothing writes behind a publisher's back."""
        lease = granted(store, HERE)
        with pytest.raises(LeaseLostError, match="is held by the publisher"):
            commit(store, None)
        store.publisher.release(lease)
        commit(store, None)
        assert store.editions.newest().number == 1

    def test_a_turn_goes_before_a_publisher(self, store: Store) -> None:
        """A command works at once; the publisher's round that was under way is refused and run again."""
        lease = granted(store, HERE)
        with store.publisher.exclusive() as turn:
            commit(store, turn)
        with pytest.raises(LeaseLostError, match="was taken over"):
            commit(store, lease)
        commit(store, granted(store, HERE))
        assert store.editions.newest().number == 2

    def test_the_term_never_falls(self, store: Store, opened: Opened) -> None:
        """Given back, lapsed, taken by force or reopened: every new lease has a higher number."""
        terms = [granted(store, HERE).term]
        with store.publisher.exclusive() as turn:
            terms.append(turn.term)
        terms.append(granted(opened(), ELSEWHERE).term)
        let_pass(store, LENGTH)
        terms.append(granted(store, NEXT).term)
        assert terms == [1, 2, 3, 4]
        with store._database.reading() as connection:
            assert connection.execute(select(table.c.term).where(table.c.id == 1)).scalar() == 4
