"""The last report, and publish requests; the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides, Refusal
from feedsvc.core.errors import PrivacyError
from feedsvc.operations.ledger import import_ledger
from feedsvc.responses.edition import NO_EDITION, Edition, PublisherState
from feedsvc.responses.response import Response
from feedsvc.responses.site_readers import NO_PRIVACY, Privacy, Reader
from feedsvc.store.ledger_file import Ledger, ledger_lines, parse_ledger
from feedsvc.store.operator_store import Counts, Moved, PublishRequest, Report
from feedsvc.store.store import Store

FULL = Report(
    time=1_777_000_000,
    seconds=0.25,
    read=3,
    changed=9,
    moved=(Moved("published", 2, ("/a", "/ж")),),
    counts=Counts(5, 1, 2, 3, 4),
    problems=(Problem("a.md", 3, "it is « so »", "mend it"), Problem("b.md", None, "odd", "look", "warning")),
    refusals=(Refusal("removals", "all gone", "bring them back", ("a.md", "b.md")),),
    failure="no directory: make it",
    rounds=7,
    refused=2,
    failed=1,
)


def test_there_is_nothing_to_report_at_first(store: Store) -> None:
    """An empty report, which served no wish."""
    assert store.operator.report() == (Report(), 0)


def test_a_report_comes_back_as_it_was(store: Store) -> None:
    """Every field of it; the next one takes its place."""
    store.operator.keep_report(FULL)
    assert store.operator.report() == (FULL, 0)
    store.operator.keep_report(replace(FULL, refusals=(), failure=None))
    assert store.operator.report()[0].failure is None


def test_a_wish_waits_until_a_round_has_served_it(store: Store, opened: Callable[[], Store]) -> None:
    """Seen by other processes at once; a report of another round does not end the waiting."""
    assert not store.operator.is_round_requested()
    assert store.operator.take_request() is None
    assert opened().operator.request_round(Overrides(flood=True)) == 1
    assert store.operator.is_round_requested()
    assert store.operator.take_request() == PublishRequest(1, Overrides(flood=True))
    store.operator.keep_report(FULL)
    assert store.operator.is_round_requested()
    store.operator.keep_report(FULL, served=1)
    assert not store.operator.is_round_requested()
    assert store.operator.report() == (FULL, 1)


def test_wishes_that_wait_together_are_served_together(store: Store) -> None:
    """Their consents add up."""
    store.operator.request_round(Overrides(flood=True))
    store.operator.request_round(Overrides(removals=True))
    assert store.operator.take_request() == PublishRequest(2, Overrides(flood=True, removals=True))


def test_a_consent_is_used_up_when_it_is_taken(store: Store) -> None:
    """Also when its round never ends: what is dangerous is asked for anew."""
    store.operator.request_round(Overrides(removals=True))
    store.operator.take_request()
    assert store.operator.take_request() == PublishRequest(1, NO_OVERRIDES)
    store.operator.request_round(NO_OVERRIDES)
    assert store.operator.take_request() == PublishRequest(2, NO_OVERRIDES)


ADA = Reader("aa", "a", "Ada", 1)
BOB = Reader("bb", "b", "", 2)


def test_readers_come_back_the_oldest_first(store: Store) -> None:
    """Whole, and each once, however often it is kept."""
    store.operator.keep_readers([BOB, ADA, ADA])
    store.operator.keep_readers([ADA])
    assert store.operator.privacy().readers == (ADA, BOB)


def test_what_was_revoked_stays_revoked(store: Store) -> None:
    """An older ledger that is imported must let nobody in again."""
    store.operator.keep_readers([ADA])
    store.operator.keep_readers([replace(ADA, revoked=5)])
    store.operator.keep_readers([ADA, replace(ADA, revoked=9)])
    assert store.operator.privacy().readers == (replace(ADA, revoked=5),)


def test_a_worker_learns_of_each_change_once(store: Store) -> None:
    """The number rises with every token that is given or revoked; only those in force open anything."""
    number, readers = store.editions.valid_tokens(-1) or (0, {})
    assert readers == {}
    for change, expected in [
        (ADA, {"aa": "Ada"}),
        (BOB, {"aa": "Ada", "bb": ""}),
        (replace(ADA, revoked=5), {"bb": ""}),
    ]:
        store.operator.keep_readers([change])
        found = store.editions.valid_tokens(number)
        assert found is not None
        assert (found[0] > number, found[1]) == (True, expected)
        number = found[0]
        assert store.editions.valid_tokens(number) is None


def test_the_first_who_says_so_decides_whom_the_store_is_for(opened: Callable[[], Store]) -> None:
    """Until the operator says otherwise; all who have it open see the same."""
    one, other = opened(), opened()
    assert one.operator.privacy() == NO_PRIVACY
    assert one.operator.claim_access("private") == "private"
    assert other.operator.claim_access("public") == "private"
    other.operator.set_access("public")
    assert one.operator.privacy().access == one.operator.claim_access("private") == "public"


def test_what_stood_in_private_channels_counts_as_never_published_on_a_public_site(
    store: Store,
    record: Callable[..., Record],
    response: Callable[..., Response],
) -> None:
    """It has no page, by which it is known. Else its removal would be told: by a tombstone, and by a 410."""
    with store.publisher.round(NO_EDITION) as transaction:
        transaction.keep_body("b1", "<p>x</p>")
        for name in ("open", "secret", "gone"):
            transaction.save(record(name, listed=True, changed=record(name).published, withdrawn=None))
        for name in ("open", "gone"):
            transaction.put(response(f"/news/{name}"))
        transaction.publish(Edition(1, 1_777_000_000))
    before = store.publisher.state().records
    store.operator.set_access("channels")
    store.operator.set_access("private")
    assert store.publisher.state().records == before
    store.operator.set_access("channels")
    store.operator.set_access("public")
    after = {each.article.slug: each for each in store.publisher.state().records.values()}
    assert [slug for slug, each in after.items() if each.settled] == ["gone", "open"]
    secret = after["secret"]
    assert (secret.listed, secret.changed, secret.withdrawn) == (False, None, None)


def test_the_ledger_says_whom_the_store_is_for_and_who_reads_it() -> None:
    """A store that is made of it is for the same; of a public site it says nothing, as before."""
    for privacy in (Privacy("private", (ADA, replace(BOB, revoked=5))), Privacy("channels", ()), NO_PRIVACY):
        text = "".join(ledger_lines(PublisherState(), privacy=privacy))
        assert parse_ledger(text, "ledger").privacy == privacy
    assert (
        parse_ledger("".join(ledger_lines(PublisherState(), privacy=Privacy("public"))), "ledger").privacy
        == NO_PRIVACY
    )


def test_a_token_of_a_private_channel_opens_nothing_in_a_ledger_of_an_earlier_feedsvc() -> None:
    """And while one was in force, the ledger is of no public site."""
    head = '{"format": "feedsvc ledger", "version": 1, "edition": 3, "articles": [], "private": [%s]}'
    ticket = '{"digest": "aa", "channel": "/members/", "hint": "a", "name": "Ada", "made": 1, "revoked": %s}'
    found = [parse_ledger(head % (ticket % revoked), "ledger").privacy for revoked in ("null", "5")]
    assert found == [Privacy("channels", (replace(ADA, revoked=1),)), Privacy(None, (replace(ADA, revoked=5),))]


def test_a_public_store_takes_over_no_ledger_of_a_private_site(store: Store) -> None:
    """It would tell of the articles that are not there: by tombstones, and by a 410 at each address."""
    ledger = Ledger(3, (), privacy=Privacy("private", (ADA,)))
    store.operator.claim_access("public")
    with pytest.raises(PrivacyError, match="a store of its own"):
        import_ledger(store, ledger, datetime(2026, 5, 1, tzinfo=UTC))
    assert store.operator.privacy() == Privacy("public")
    store.operator.set_access("private")
    import_ledger(store, ledger, datetime(2026, 5, 1, tzinfo=UTC))
    assert store.operator.privacy() == Privacy("private", (ADA,))
