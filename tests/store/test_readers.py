"""Readers in the store, and whom it is for, on both databases."""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.articles.record import Record
from feedsvc.responses.access import NO_PRIVACY, Reader
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.store.store import Store

ADA = Reader("aa", "a", "Ada", 1)
BOB = Reader("bb", "b", "", 2)


def test_readers_come_back_the_oldest_first(store: Store) -> None:
    """Whole, and each once, however often it is kept."""
    store.keep_readers([BOB, ADA, ADA])
    store.keep_readers([ADA])
    assert store.privacy().readers == (ADA, BOB)


def test_what_was_revoked_stays_revoked(store: Store) -> None:
    """An older ledger that is imported must let nobody in again."""
    store.keep_readers([ADA])
    store.keep_readers([replace(ADA, revoked=5)])
    store.keep_readers([ADA, replace(ADA, revoked=9)])
    assert store.privacy().readers == (replace(ADA, revoked=5),)


def test_a_worker_learns_of_each_change_once(store: Store) -> None:
    """The number rises with every token that is given or revoked; only those in force open anything."""
    number, readers = store.readers_in_force(-1) or (0, {})
    assert readers == {}
    for change, expected in [
        (ADA, {"aa": "Ada"}),
        (BOB, {"aa": "Ada", "bb": ""}),
        (replace(ADA, revoked=5), {"bb": ""}),
    ]:
        store.keep_readers([change])
        found = store.readers_in_force(number)
        assert found is not None
        assert (found[0] > number, found[1]) == (True, expected)
        number = found[0]
        assert store.readers_in_force(number) is None


def test_the_first_who_says_so_decides_whom_the_store_is_for(opened: Callable[[], Store]) -> None:
    """Until the operator says otherwise; all who have it open see the same."""
    one, other = opened(), opened()
    assert one.privacy() == NO_PRIVACY
    assert one.claim_access("private") == "private"
    assert other.claim_access("public") == "private"
    other.set_access("public")
    assert one.privacy().access == one.claim_access("private") == "public"


def test_what_stood_in_private_channels_counts_as_never_published_on_a_public_site(
    store: Store,
    record: Callable[..., Record],
    response: Callable[..., Response],
) -> None:
    """It has no page, by which it is known. Else its removal would be told: by a tombstone, and by a 410."""
    with store.round(0) as transaction:
        transaction.keep_body("b1", "<p>x</p>")
        for name in ("open", "secret", "gone"):
            transaction.save(record(name, listed=True, changed=record(name).published, withdrawn=None))
        for name in ("open", "gone"):
            transaction.put(response(f"/news/{name}"))
        transaction.publish(Edition(1, 1_777_000_000))
    before = store.memory().records
    store.set_access("channels")
    store.set_access("private")
    assert store.memory().records == before
    store.set_access("channels")
    store.set_access("public")
    after = {each.article.slug: each for each in store.memory().records.values()}
    assert [slug for slug, each in after.items() if each.settled] == ["gone", "open"]
    secret = after["secret"]
    assert (secret.listed, secret.changed, secret.withdrawn) == (False, None, None)
