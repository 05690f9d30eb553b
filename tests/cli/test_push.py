"""``feedsvc push``: who is told, without any secret, and a webhook that is tried."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import run_command
from http_stub import Answer
from push_scene import PushScene, Subscriber, feed
from standardwebhooks import Webhook

from feedsvc.store.push_store import Attempt, Destination

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """A subscriber that confirms and takes everything."""
    with Subscriber() as running:
        yield running


@pytest.fixture
def scene(tmp_path: Path, subscriber: Subscriber) -> Iterator[PushScene]:
    """A site with two subscriptions, of which one fails, a webhook and another hub."""
    with PushScene(tmp_path) as made:
        for name in ("a-private-word", "another"):
            assert made.subscribe(f"{subscriber.url}/{name}", secret="s3cret").status == 202
        made.settle()
        made.publish(feed("/atom.xml", "two"))
        made.settle()
        failing, _ = made.destinations()
        hub = "https://hub.example.com"
        named = Destination(f"hub:{hub}", "hub", hub, 0, 0), Destination("webhook:shop", "webhook", "shop", 0, 0)
        made.store.push.configure(named)
        made.store.push.record(
            [Attempt(failing.id, 0, error="status 500"), Attempt("webhook:shop", 0, 2, 1_800_000_000)]
        )
        made.store.hub_watch.configure([hub])
        made.store.hub_watch.change(hub, silent=True)
        yield made


def test_the_status_shows_who_is_told(scene: PushScene, tmp_path: Path) -> None:
    """By feed and by name; callbacks may hold secrets, and only their hosts are shown."""
    shown = run_command(tmp_path, "push", "status", "--store", scene.url)
    assert shown.returncode == 0
    assert "/atom.xml: 2 subscriptions, 1 failing, last delivery 2027-01-15 08:00:00 UTC" in shown.stdout
    assert "webhook shop: told up to edition 2, well, last 2027-01-15 08:00:00 UTC" in shown.stdout
    assert "does not push, so feeds do not name it" in shown.stdout
    assert "failing subscriber at 127.0.0.1: status 500" in shown.stdout
    told = json.loads(run_command(tmp_path, "push", "status", "--store", scene.url, "--format", "json").stdout)
    assert told["topics"] == [{"topic": "/atom.xml", "subscribers": 2, "failing": 1, "delivered": 1_800_000_000}]
    assert told["errors"] == [{"host": "127.0.0.1", "error": "status 500"}]
    for secret in ("a-private-word", "s3cret", "cb"):
        assert secret not in shown.stdout + json.dumps(told)


def test_the_status_of_the_service_has_one_line_of_it(scene: PushScene, tmp_path: Path) -> None:
    """Beside the rest."""
    shown = run_command(tmp_path, "status", "--store", scene.url).stdout
    assert "push         2 subscriptions, 2 named by the settings, 1 failing" in shown


def named(server: Subscriber, **more: str) -> str:
    """The setting of a webhook."""
    return json.dumps([{"name": "shop", "url": f"{server.url}/hook", **more}])


@pytest.mark.parametrize("place", ["plain", "file", "env"])
def test_a_webhook_is_tried(
    subscriber: Subscriber, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed with a secret from the settings, from a file or from the environment."""
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    (tmp_path / "secret").write_text(f"{SECRET}\n", "utf-8")
    secret = {"plain": SECRET, "file": f"file:{tmp_path}/secret", "env": "env:SHOP_SECRET"}[place]
    done = run_command(tmp_path, "push", "test", "shop", push__webhooks=named(subscriber, secret=secret))
    assert (done.returncode, done.stdout) == (0, "shop answered 204\n"), done.stderr
    (asked,) = subscriber.deliveries
    Webhook(SECRET).verify(asked.body, {name.lower(): value for name, value in asked.fields})
    assert json.loads(asked.body)["type"] == "webhook.test"


def test_a_webhook_that_refuses_is_a_problem(subscriber: Subscriber, tmp_path: Path) -> None:
    """By the exit status, too."""
    subscriber.answers = [Answer(403, (("content-length", "0"),))]
    done = run_command(tmp_path, "push", "test", "shop", push__webhooks=named(subscriber))
    assert (done.returncode, done.stdout) == (1, "shop answered 403\n")


WRONG = [
    ({"url": "http://127.0.0.1:1/"}, "shop", "the webhook shop does not answer"),
    ({"url": "http://127.0.0.1:1/"}, "other", "there is no webhook 'other': name one of the settings: shop"),
    ({"url": "file:missing"}, "shop", "which cannot be read"),
    ({"url": "env:MISSING_URL"}, "shop", "MISSING_URL, which is not set"),
    ({"url": "http://127.0.0.1:1/", "secret": "whsec_short"}, "shop", "is no key: give whsec_"),
]


@pytest.mark.parametrize(("fields", "name", "words"), WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, fields: dict[str, str], name: str, words: str) -> None:
    """One line, with what to do."""
    done = run_command(tmp_path, "push", "test", name, push__webhooks=json.dumps([{"name": "shop", **fields}]))
    assert done.returncode == 2
    assert words in done.stderr
    assert "whsec_short" not in done.stderr


def test_secrets_are_not_shown_with_the_settings(subscriber: Subscriber, tmp_path: Path) -> None:
    """Nor addresses of webhooks, which are secrets with some receivers."""
    caches = json.dumps([{"name": "cdn", "kind": "bunny", "token": "t0ken"}])
    webhooks = named(subscriber, secret=SECRET)
    shown = run_command(tmp_path, "settings", push__webhooks=webhooks, push__caches=caches)
    assert shown.returncode == 0, shown.stderr
    for secret in (SECRET, "t0ken", "/hook"):
        assert secret not in shown.stdout


INCOMPLETE = [
    ({"kind": "varnish"}, "a url"),
    ({"kind": "fastly", "id": "x"}, "a token"),
    ({"kind": "fastly", "token": "t"}, "an id"),
    ({"kind": "cloudflare", "token": "t"}, "an id"),
    ({"kind": "bunny"}, "a token"),
]


@pytest.mark.parametrize(("fields", "missing"), INCOMPLETE)
def test_a_cache_says_what_it_needs(tmp_path: Path, fields: dict[str, str], missing: str) -> None:
    """Before anything is published."""
    done = run_command(tmp_path, "settings", push__caches=json.dumps([{"name": "cdn", **fields}]))
    assert done.returncode == 2
    assert f"must have {missing}" in done.stderr


def test_two_of_one_name_are_refused(subscriber: Subscriber, tmp_path: Path) -> None:
    """The name is what a destination is known by."""
    twice = json.dumps(json.loads(named(subscriber)) * 2)
    done = run_command(tmp_path, "settings", push__webhooks=twice)
    assert "must not have two with the name shop" in done.stderr
