"""Tickets in the store, on both databases."""

from dataclasses import replace

from feedsvc.responses.ticket import Ticket
from feedsvc.store.store import Store

ADA = Ticket("aa", "/members/", "a", "Ada", 1)
BOB = Ticket("bb", "/members/", "b", "", 2)


def test_tickets_come_back_the_oldest_first(store: Store) -> None:
    """Whole, and each once, however often it is kept."""
    store.keep_tickets([BOB, ADA, ADA])
    store.keep_tickets([ADA])
    assert store.tickets() == (ADA, BOB)


def test_what_was_revoked_stays_revoked(store: Store) -> None:
    """An older ledger that is imported must let nobody in again."""
    store.keep_tickets([ADA])
    store.keep_tickets([replace(ADA, revoked=5)])
    store.keep_tickets([ADA, replace(ADA, revoked=9)])
    assert store.tickets() == (replace(ADA, revoked=5),)


def test_a_worker_learns_of_each_change_once(store: Store) -> None:
    """The number rises with every ticket that is given or revoked; only those in force are doors."""
    number, doors = store.doors(-1) or (0, {})
    assert doors == {}
    for change, expected in [
        (ADA, {"aa": "/members/"}),
        (BOB, {"aa": "/members/", "bb": "/members/"}),
        (replace(ADA, revoked=5), {"bb": "/members/"}),
    ]:
        store.keep_tickets([change])
        found = store.doors(number)
        assert found is not None
        assert (found[0] > number, found[1]) == (True, expected)
        number = found[0]
        assert store.doors(number) is None
