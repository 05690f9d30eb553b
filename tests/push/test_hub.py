"""Requests to subscribe and to unsubscribe: what the hub takes, and what it refuses in words."""

import pytest
from push_scene import SITE, TOPIC, PushScene, feed, redirect

from feedsvc.core.urls import NetworkRules
from feedsvc.push.hub import DEFAULT_LEASE, LONGEST_LEASE, SHORTEST_LEASE

CALLBACK = "https://reader.example.com/push?user=7"
PUBLIC = NetworkRules()

TOPICS = [
    (TOPIC, "/atom.xml"),
    ("http://news.example.org/atom.xml", "/atom.xml"),
    ("https://NEWS.example.org:443/atom.xml?utm=1", "/atom.xml"),
    (f"{SITE}//atom.xml", "/atom.xml"),
    (f"{SITE}/x/../atom.xml", "/atom.xml"),
    (f"{SITE}/%61tom.xml", "/atom.xml"),
    (f"{SITE}/atom", "/atom.xml"),
    (f"{SITE}/rss.xml", "/rss.xml"),
    (f"{SITE}/?feed=atom", "/atom.xml"),
    (f"{SITE}/tag/harbour/feed/", "/tags/harbour/rss.xml"),
    (f"{SITE}/?feed=rss2&tag=harbour", "/tags/harbour/rss.xml"),
    (f"{SITE}/tag/none/feed/", None),
    (f"{SITE}/?feed=rss2&tag=none", None),
    (f"{SITE}/?feed=rss2&tag=%00", None),
    (f"{SITE}/?feed=ä", None),
    (f"{SITE}/none.xml", None),
    (f"{SITE}:8443/atom.xml", None),
    ("https://other.example.org/atom.xml", None),
    ("https://news.example.org.evil.example/atom.xml", None),
    ("ftp://news.example.org/atom.xml", None),
    ("/atom.xml", None),
    (f"{SITE}/atom.xml\n", None),
    ("https://[", None),
]


@pytest.mark.parametrize(("topic", "path"), TOPICS)
def test_a_topic_is_a_feed_of_this_site_in_any_spelling(scene: PushScene, topic: str, path: str | None) -> None:
    """Whatever the site redirects to a feed counts as the feed; everything else is refused."""
    scene.publish(feed("/tags/harbour/rss.xml", "one"), redirect("/feed/atom", TOPIC))
    reply = scene.subscribe(CALLBACK, topic=topic)
    found = [(each.topic, each.topic_url) for each in scene.store.push.requests()]
    assert (reply.status == 202, found) == ((False, []) if path is None else (True, [(path, topic)]))


REFUSED = [
    ({"hub.mode": "listen"}, 400, "hub.mode must be"),
    ({"hub.mode": ""}, 400, "hub.mode must be"),
    ({"hub.mode": "publish"}, 400, "no pings"),
    ({"hub.callback": ""}, 400, "hub.callback is missing"),
    ({"hub.topic": ""}, 400, "hub.topic is missing"),
    ({"hub.callback": "reader.example.com"}, 400, "no absolute http"),
    ({"hub.callback": "https://ann:pw@reader.example.com/"}, 400, "a user or a password"),
    ({"hub.callback": "https://reader.example.com/#x"}, 400, "fragment"),
    ({"hub.callback": "https://reader.example.com:22/"}, 400, "port 22"),
    ({"hub.callback": "https://reader.example.com:99999/"}, 400, "no URL"),
    ({"hub.callback": "https://reader.example.com/\n"}, 400, "characters"),
    ({"hub.callback": "https://räder.example.com/"}, 400, "characters"),
    ({"hub.callback": f"https://reader.example.com/{'x' * 2048}"}, 400, "longer than"),
    ({"hub.callback": "http://127.0.0.1/"}, 400, "not on the public internet"),
    ({"hub.callback": "http://[::ffff:10.0.0.1]/"}, 400, "not on the public internet"),
    ({"hub.callback": "http://169.254.169.254/latest"}, 400, "not on the public internet"),
    ({"hub.secret": "x" * 200}, 400, "less than 200 bytes"),
    ({"hub.secret": "ä" * 100}, 400, "less than 200 bytes"),
    ({"hub.lease_seconds": "long"}, 400, "number of seconds"),
    ({"hub.lease_seconds": "-1"}, 400, "number of seconds"),
    ({"hub.verify_token": "x" * 1001}, 400, "1000 characters"),
    ({"hub.secret": "a\0b"}, 400, "NUL"),
    ({"hub.verify_token": "\0"}, 400, "NUL"),
]


@pytest.mark.parametrize(("fields", "status", "words"), REFUSED)
def test_a_wrong_request_is_refused_in_words(
    scene: PushScene, fields: dict[str, str], status: int, words: str
) -> None:
    """A 4xx whose text says what is wrong; nothing is kept, and no callback is asked (WebSub, 5.1)."""
    scene.hub._rules = PUBLIC
    plain = {"hub.mode": "subscribe", "hub.callback": CALLBACK, "hub.topic": TOPIC}
    reply = scene.ask(plain | fields)
    assert (reply.status, words in reply.text) == (status, True), reply
    assert (list(scene.store.push.requests()), scene.woken) == ([], 0)


FORMS = [
    (b"{}", "application/json", 415),
    (b"hub.mode=subscribe&hub.mode=unsubscribe", "application/x-www-form-urlencoded", 400),
    (b"hub.mode=%ff", "application/x-www-form-urlencoded", 400),
    (b"&".join(b"a%d=1" % number for number in range(101)), "application/x-www-form-urlencoded", 400),
    (b"", "application/x-www-form-urlencoded", 400),
    (b"", "", 415),
]


@pytest.mark.parametrize(("content", "media_type", "status"), FORMS)
def test_what_is_no_form_is_refused(scene: PushScene, content: bytes, media_type: str, status: int) -> None:
    """Only a form is read, and each field once."""
    assert scene.ask(content, media_type=media_type).status == status


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", DEFAULT_LEASE),
        ("0", DEFAULT_LEASE),
        ("1", SHORTEST_LEASE),
        ("86400", 86400),
        ("99999999999999999999", LONGEST_LEASE),
    ],
)
def test_a_lease_has_bounds(scene: PushScene, asked: str, given: int) -> None:
    """Ten days, unless the subscriber asks for another time between an hour and thirty days."""
    assert scene.subscribe(CALLBACK, lease_seconds=asked).status == 202
    assert scene.store.push.requests()[0].lease_seconds == given


def test_unknown_parameters_are_ignored(scene: PushScene) -> None:
    """Extensions and old versions of the protocol add some (WebSub, 5.1)."""
    assert scene.subscribe(CALLBACK, verify="async", colour="blue").status == 202
    assert scene.woken == 1


def test_a_newer_request_replaces_the_older(scene: PushScene) -> None:
    """Callback and topic are the key of a subscription."""
    scene.subscribe(CALLBACK, secret="a")
    scene.subscribe(CALLBACK, secret="b", topic=f"{SITE}/atom")
    scene.subscribe(f"{CALLBACK}&other")
    assert [each.secret for each in scene.store.push.requests()] == ["b", None]


def test_requests_that_wait_are_limited_by_source_and_by_host(scene: PushScene) -> None:
    """Nobody can make the sender ask a stranger's server without end, or fill the table."""
    for number in range(100):
        assert scene.subscribe(f"https://r{number}.example.com/").status == 202
    reply = scene.subscribe("https://another.example.com/")
    assert (reply.status, reply.retry_after) == (429, 60)
    plain = {"hub.mode": "subscribe", "hub.topic": TOPIC}
    statuses = [
        scene.ask(plain | {"hub.callback": f"https://victim.example.com/{n}"}, f"2001:db8:{n:x}::1").status
        for n in range(201)
    ]
    assert statuses == [202] * 200 + [429]


def test_an_ipv4_client_counts_for_itself_also_as_a_socket_for_both_protocols_names_it(scene: PushScene) -> None:
    """Such as ``::ffff:192.0.2.1`` (RFC 4291, section 2.5.5.2): all of them are of one /64."""
    plain = {"hub.mode": "subscribe", "hub.topic": TOPIC}
    for n in range(101):
        content = plain | {"hub.callback": f"https://r{n}.example.com/"}
        assert scene.ask(content, f"::ffff:192.0.2.{n}").status == 202


def test_the_clients_of_one_ipv6_network_count_as_one(scene: PushScene) -> None:
    """A customer has a /64 at least."""
    plain = {"hub.mode": "subscribe", "hub.topic": TOPIC}
    statuses = [
        scene.ask(plain | {"hub.callback": f"https://r{n}.example.com/"}, f"2001:db8::{n:x}").status
        for n in range(101)
    ]
    assert statuses == [202] * 100 + [429]
