"""Who is to be told of editions, the same on SQLite and on PostgreSQL."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedsvc.articles.record import Record
from feedsvc.core.urls import NetworkRules
from feedsvc.documents.model import FEED, REDIRECT
from feedsvc.push.hub import Hub, HubWatch
from feedsvc.responses.edition import Edition, new_identity
from feedsvc.responses.response import Response
from feedsvc.store import push_store
from feedsvc.store.editions import ArticleChange, ChangedResponse
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.push_store import Attempt, Destination, FullError, SubscriptionRequest, WaitingError
from feedsvc.store.schema import records
from feedsvc.store.store import Store

NOW = 1_800_000_000
ROOM = 9
"""Subscriptions that there may be."""
REQUEST = SubscriptionRequest(
    id="s1",
    number="1",
    mode="subscribe",
    callback="https://reader.example.com/cb",
    host="reader.example.com",
    source="192.0.2.1",
    topic="/atom.xml",
    topic_url="https://example.org/atom.xml",
    lease_seconds=3600,
    secret="s",
    verify_token=None,
    edition=0,
    due=0,
)


@pytest.fixture
def published(store: Store, publish: Callable[..., Edition], response: Callable[..., Response]) -> Store:
    """A store with an edition of two feeds and a redirect."""
    moved = response("/atom", traits=REDIRECT, headers=(("location", "https://example.org/atom.xml"),))
    publish(response("/atom.xml", traits=FEED), response("/rss.xml", traits=FEED), moved)
    return store


def subscribed(store: Store) -> Destination:
    """A subscription to the Atom feed."""
    store.push.keep_request(REQUEST, ROOM)
    (request,) = store.push.requests()
    store.push.confirm(request, NOW)
    (found,) = store.push.destinations()
    return found


def test_a_path_holds_a_feed_or_leads_to_one(published: Store) -> None:
    """What else there is, the hub does not push."""
    assert published.push.document("/atom.xml") == ("feed", None)
    assert published.push.document("/atom") == ("redirect", "https://example.org/atom.xml")
    assert published.push.document("/none") is None


def test_a_request_knows_the_edition_at_which_it_came(published: Store) -> None:
    """What changes from then on is delivered."""
    published.push.keep_request(REQUEST, ROOM)
    assert published.push.requests() == [replace(REQUEST, edition=1)]
    assert published.push.needs_sender()


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("WAITING", "too many requests wait for"),
        ("WAITING_OF_SOURCE", "of your requests"),
        ("WAITING_OF_HOST", "for this host"),
    ],
)
def test_requests_that_wait_have_limits(
    published: Store, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    """A request in place of an earlier one always has room."""
    monkeypatch.setattr(push_store, limit, 1)
    published.push.keep_request(REQUEST, ROOM)
    with pytest.raises(WaitingError, match=words):
        published.push.keep_request(replace(REQUEST, id="s2"), ROOM)
    published.push.keep_request(replace(REQUEST, number="2"), ROOM)
    assert [(each.id, each.number) for each in published.push.requests()] == [("s1", "2")]


def test_there_are_no_more_subscriptions_than_there_may_be(published: Store, opened: Callable[[], Store]) -> None:
    """What is refused takes no turn of the writers: however many strangers send, no round waits for it."""
    with opened()._database.writing(), pytest.raises(FullError, match="as many subscribers"):
        published.push.keep_request(REQUEST, 0)
    assert not published.push.requests()


def test_a_request_that_was_replaced_meanwhile_stays(published: Store) -> None:
    """The sender forgets only the one that it verified."""
    published.push.keep_request(REQUEST, ROOM)
    (verified,) = published.push.requests()
    published.push.keep_request(replace(REQUEST, number="2"), ROOM)
    published.push.forget_request(verified)
    published.push.postpone_request(verified, 5)
    assert [(each.number, each.failures) for each in published.push.requests()] == [("2", 0)]


def test_a_destination_is_pending_until_it_was_told(
    published: Store, publish: Callable[..., Edition], response: Callable[..., Response]
) -> None:
    """Only of what concerns it."""
    found = subscribed(published)
    assert published.push.pending(NOW) == []
    publish(response("/rss.xml", b"new", traits=FEED))
    assert published.push.pending(NOW) == []
    publish(response("/atom.xml", b"new", traits=FEED))
    (pending,) = published.push.pending(NOW)
    assert (pending.destination, pending.newest, pending.is_gone) == (found, 3, False)
    published.push.record([Attempt("s1", 70, error="status 500")])
    (pending,) = published.push.pending(NOW)
    assert (pending.destination.failures, pending.destination.error, pending.destination.due) == (
        1,
        "status 500",
        70,
    )
    published.push.record([Attempt("s1", 80, 3, NOW)])
    assert published.push.pending(NOW) == []
    (found,) = published.push.destinations()
    assert (found.told, found.delivered, found.failures, found.error) == (3, NOW, 0, None)
    published.push.record([Attempt("s1", 80, 4)])
    assert published.push.destinations()[0].delivered == NOW


def test_a_feed_that_went_is_pending_for_the_last_time(published: Store, publish: Callable[..., Edition]) -> None:
    """Its subscribers are told."""
    subscribed(published)
    publish(drop=("/atom.xml",))
    assert [each.is_gone for each in published.push.pending(NOW)] == [True]
    published.push.end(published.push.destinations())
    assert published.push.destinations() == []
    assert not published.push.needs_sender()


def test_a_subscription_that_was_renewed_meanwhile_does_not_end(published: Store) -> None:
    """What its subscriber answered before says nothing about the new one."""
    before = subscribed(published)
    published.push.keep_request(replace(REQUEST, lease_seconds=7200), ROOM)
    (renewal,) = published.push.requests()
    published.push.confirm(renewal, NOW)
    published.push.end([before])
    assert [each.expires for each in published.push.destinations()] == [NOW + 7200]


def test_of_two_requests_the_newer_counts(published: Store) -> None:
    """Also where the callback confirms the older one after the newer."""
    published.push.keep_request(REQUEST, ROOM)
    (older,) = published.push.requests()
    published.push.keep_request(replace(REQUEST, mode="unsubscribe", number="2"), ROOM)
    (newer,) = published.push.requests()
    published.push.confirm(newer, NOW)
    published.push.confirm(older, NOW)
    assert published.push.destinations() == []


def test_whoever_comes_back_after_failures_is_told_at_once(published: Store) -> None:
    """A subscriber that subscribes anew, and what the settings name when a sender starts: it may be mended."""
    subscribed(published)
    webhook = Destination("webhook:a", "webhook", "a", 0, NOW)
    published.push.configure([webhook])
    later = (NOW + 3600) * 1000
    for name in ("s1", "webhook:a"):
        published.push.record([Attempt(name, later, error="status 500")])
    published.push.configure([webhook])
    assert {each.id: each.due for each in published.push.destinations()} == {"s1": later, "webhook:a": 0}
    subscribed_again = replace(REQUEST, number="2")
    published.push.keep_request(subscribed_again, ROOM)
    (request,) = published.push.requests()
    published.push.confirm(request, NOW)
    assert {each.due for each in published.push.destinations()} == {0}


def test_what_the_settings_name_no_more_needs_a_sender_that_removes_it(published: Store) -> None:
    """If it stayed and were named again, it would be told of all that happened in between."""
    published.push.configure([Destination("webhook:a", "webhook", "a", 0, NOW)])
    assert published.push.needs_sender()
    published.push.configure([])
    assert not published.push.needs_sender()


def test_a_subscription_ends_with_its_lease(
    published: Store, publish: Callable[..., Edition], response: Callable[..., Response]
) -> None:
    """What the settings name never does."""
    subscribed(published)
    published.push.configure([Destination("webhook:a", "webhook", "a", 0, NOW)])
    publish(response("/atom.xml", b"new", traits=FEED))
    assert [each.destination.id for each in published.push.pending(NOW + 3600)] == ["webhook:a"]
    assert published.push.end_expired(NOW + 3599) == 0
    assert published.push.end_expired(NOW + 3600) == 1
    assert [each.id for each in published.push.destinations()] == ["webhook:a"]


def test_what_the_settings_name_is_told_of_what_comes_from_now_on(
    store: Store, publish: Callable[..., Edition]
) -> None:
    """Nothing is kept before there is an edition; who is named no more is forgotten."""
    first, second = (Destination(f"webhook:{name}", "webhook", name, 0, NOW) for name in "ab")
    assert not store.push.configure([first])
    publish()
    assert store.push.configure([first])
    publish()
    assert store.push.configure([first, second])
    assert [(each.id, each.told) for each in store.push.destinations()] == [("webhook:a", 1), ("webhook:b", 2)]
    store.push.configure([second])
    assert [each.id for each in store.push.destinations()] == ["webhook:b"]


def test_what_changed_of_articles_is_a_query(store: Store, record: Callable[..., Record]) -> None:
    """From any edition on: published, updated, removed; whoever was away hears of each article once."""
    plain = {"present": True, "listed": True, "withdrawn": None}
    first, second = record("a", **plain), record("b", **plain)

    def commit(*records: Record) -> None:
        newest = store.editions.newest()
        with store.publisher.round(newest) as transaction:
            for each in records:
                transaction.keep_body(each.article.body, "words")
                transaction.save(each)
            transaction.publish(Edition(newest.number + 1, NOW, None, new_identity()))

    commit(first)
    commit(second, replace(first, stamp="touched"))
    commit(replace(first, updated=first.updated + timedelta(hours=1)), record("draft", listed=False))
    commit(replace(second, listed=False, withdrawn=first.published))
    a, b = (first.id, first.page), (second.id, second.page)
    told = {since: store.push.changed_since(since).articles for since in range(5)}
    assert told[4] == ()
    assert told[3] == (ArticleChange(b[0], "removed", b[1], 4),)
    assert told[2] == told[1] == (ArticleChange(a[0], "updated", a[1], 3), ArticleChange(b[0], "removed", b[1], 4))
    assert told[0][0] == ArticleChange(a[0], "published", a[1], 3)


def test_an_article_that_was_stored_in_another_form_has_not_changed(
    store: Store, record: Callable[..., Record]
) -> None:
    """An upgrade writes all articles anew, and nobody is told of them."""
    only = record("a", present=True, listed=True, withdrawn=None)
    for number, each in ((1, only), (2, replace(only, stamp="read anew"))):
        with store.publisher.round(store.editions.newest()) as transaction:
            transaction.keep_body(each.article.body, "words")
            transaction.save(each)
            transaction.publish(Edition(number, NOW, None, new_identity()))
        with store.push._database.writing() as connection:
            article = json.loads(connection.execute(select(records.c.article)).scalar_one())
            connection.execute(update(records).values(article=json.dumps(article | {"aliases": []}, indent=1)))
    assert store.push.changed_since(1).articles == ()
    assert len(store.push.changed_since(0).articles) == 1


def test_what_changed_of_documents_is_a_query(published: Store, publish: Callable[..., Edition]) -> None:
    """Those that are prepared; the others are known by their articles."""
    publish(drop=("/rss.xml",))
    changed = published.push.changed_since(1)
    assert (changed.edition, changed.responses) == (2, (ChangedResponse("/rss.xml", "feed", is_dropped=True),))
    assert len(published.push.changed_since(0).responses) == 3


def test_the_right_to_push_is_another_than_that_to_publish(store: Store) -> None:
    """Two processes have them at the same time."""
    publisher, sender = LeaseOwner.this(), LeaseOwner.this()
    assert store.publisher.acquire(publisher) is not None
    lease = store.push.acquire(sender)
    assert lease is not None
    assert store.push.acquire(publisher) is None
    with store.publisher.exclusive():
        assert store.push.renew(lease).owner == str(sender)
    store.push.release(lease)
    assert store.push.acquire(publisher) is not None


def test_outside_hubs_are_remembered(store: Store) -> None:
    """By their secret addresses here, which do not change."""
    watched = store.hub_watch
    watched.configure(["https://a.example.org", "https://b.example.org"])
    first, _ = watched.hubs()
    watched.change(first.hub, owing=NOW, silent=True)
    assert watched.silent() == {"https://a.example.org"}
    assert watched.confirm(first.token, NOW + 60)
    assert watched.receive(first.token, NOW)
    assert not watched.receive("another", NOW)
    watched.configure(["https://a.example.org"])
    assert watched.hubs() == [replace(first, expires=NOW + 60, received=NOW, silent=True)]


FORM = "application/x-www-form-urlencoded"
SUBSCRIBE = b"hub.mode=subscribe&hub.callback=https://r.example.com/&hub.topic=https://example.org/"


@pytest.mark.parametrize(
    ("form", "status"),
    [(SUBSCRIBE + b"x%2500", 404), (SUBSCRIBE + b"atom.xml&hub.secret=%00", 400), (SUBSCRIBE + b"atom.xml", 202)],
)
def test_a_nul_in_a_request_is_an_error_of_the_client(published: Store, form: bytes, status: int) -> None:
    """PostgreSQL takes none; a stranger must not be able to make the store look unusable."""
    hub = Hub(published.push, "https://example.org", NetworkRules(), 9)
    assert hub.reply(form, FORM, "192.0.2.1").status == status


def test_a_nul_in_a_callback_is_not_of_a_hub(store: Store) -> None:
    """As any other token that was never given."""
    watch = HubWatch(store.hub_watch, lambda: NOW)
    assert (watch.receive("a\0"), watch.confirm("a\0", "subscribe", "x", "")) == (False, None)


def test_what_strangers_send_to_a_callback_of_a_hub_writes_nothing(
    store: Store, opened: Callable[[], Store]
) -> None:
    """So it is answered although another process is writing, and keeps none from it."""
    watch = HubWatch(store.hub_watch, lambda: NOW)
    with opened().push._database.writing():
        assert (watch.receive("x"), watch.confirm("x", "subscribe", "c", "9")) == (False, None)


def test_secrets_are_not_shown(store: Store) -> None:
    """A record may be part of an error or of a line of a log."""
    request = replace(REQUEST, secret="of the subscriber", verify_token="of the subscriber")
    store.hub_watch.configure(["https://hub.example.org/"])
    (hub,) = store.hub_watch.hubs()
    destination = Destination("s1", "subscriber", "https://r.example.com/", 0, 0, secret="of the subscriber")
    shown = f"{request} {destination} {hub}"
    assert "of the subscriber" not in shown
    assert hub.token not in shown
