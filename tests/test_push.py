"""A whole service that pushes: from a file that changes to a subscriber that hears of it."""

import hmac
from collections.abc import Iterator

import pytest
from http_stub import Asked
from push_scene import Subscriber
from serving import Service, wait_for, write


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with its own hub."""
    home = tmp_path_factory.mktemp("push")
    write(home / "articles", {"one.md": "# One\n\nWords.\n"})
    settings = {
        "push__interval": "0",
        "push__allowed_networks": '["127.0.0.0/8"]',
        "base_url": "https://news.example.org",
    }
    with Service(home, "--port", 0, settings=settings) as running:
        yield running.ready()


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """A subscriber that confirms and takes everything."""
    with Subscriber() as running:
        yield running


def ask(service: Service, subscriber: Subscriber, mode: str) -> int:
    """Ask the hub for the subscriber; gives the status."""
    form = {
        "hub.mode": mode,
        "hub.callback": f"{subscriber.url}/cb",
        "hub.topic": "https://news.example.org/feed.json",
        "hub.secret": "s3cret",
    }
    return service.client.post("/hub", data=form).status_code


def delivered(subscriber: Subscriber, words: str) -> Asked:
    """Wait for a delivery with these words in it."""
    found = wait_for(
        lambda: [each for each in subscriber.deliveries if words.encode() in each.body], f"a delivery of {words}"
    )
    return found[-1]


@pytest.mark.slow
def test_a_sender_runs_while_somebody_is_to_be_told(service: Service, subscriber: Subscriber) -> None:
    """It starts with the first subscriber, goes on after kill -9, and ends by itself after the last one."""
    assert service.children("sender") == []
    assert ask(service, subscriber, "subscribe") == 202
    wait_for(lambda: subscriber.questions, "the verification")
    write(service.home / "articles", {"two.md": "# Two\n\nWords.\n"})
    service.scan()
    delivery = delivered(subscriber, "Two")
    assert delivery.body == service.get("/feed.json").content
    signature = hmac.new(b"s3cret", delivery.body, "sha256").hexdigest()
    assert delivery.field("x-hub-signature") == f"sha256={signature}"
    (sender,) = service.children("sender")
    sender.kill()
    write(service.home / "articles", {"three.md": "# Three\n\nWords.\n"})
    service.scan()
    assert delivered(subscriber, "Three").body == service.get("/feed.json").content
    assert ask(service, subscriber, "unsubscribe") == 202
    wait_for(lambda: not service.children("sender"), "the end of the sender")
    assert service.log.count("process died") == 1


def test_feeds_name_the_hub(service: Service) -> None:
    """In their bodies and their header fields, beside one self (4)."""
    hub = "https://news.example.org/hub"
    for path in ("/atom.xml", "/rss.xml", "/feed.json"):
        answer = service.get(path)
        assert hub in answer.text
        links = answer.headers["link"]
        assert f'<{hub}>; rel="hub"' in links
        assert links.count('rel="self"') == 1
    assert service.feed("/rss.xml").feed.links


def test_the_hub_takes_forms_and_nothing_else(service: Service) -> None:
    """Other methods are refused, contents have a limit, and what is wrong is said in words."""
    answer = service.get("/hub")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert service.client.post("/hub", content=b"x" * 70_000).status_code == 413
    answer = service.client.post("/hub", data={"hub.mode": "subscribe"})
    assert (answer.status_code, answer.text) == (400, "hub.callback is missing.\n")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert "date" in answer.headers
