"""What caches are asked to forget, in the shape that each documents."""

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from http_caches import free_port, varnish
from http_stub import Answer, Asked
from push_scene import SITE, MakeDelivery, PushScene, Subscriber, feed
from serving import PATIENCE, Service, wait_for, write

from feedsvc.push import delivery
from feedsvc.push.cdn_purge import Cache, CacheKind, CachePurges, keys, purges
from feedsvc.store.editions import ArticleChange, Changed, ChangedResponse
from feedsvc.store.store import open_store

CHANGED = Changed(
    7,
    1_800_000_000,
    (
        ChangedResponse("/atom.xml", "feed", is_dropped=False),
        ChangedResponse("/news/rss.xml", "feed", is_dropped=True),
        ChangedResponse("/", "page", is_dropped=False),
        ChangedResponse("404", "not-found", is_dropped=False),
    ),
    (
        ArticleChange("tag:a", "updated", "/news/fähre", 7),
        ArticleChange("tag:b", "removed", "https://elsewhere.example/", 7),
    ),
)
KEYS = ["/", "/news/", "/news/f%C3%A4hre"]
URLS = [f"{SITE}{path}" for path in ("/", "/atom.xml", "/news/f%C3%A4hre", "/news/rss.xml", "/sitemap.xml")]


def purging(kind: CacheKind, server: Subscriber, scene: PushScene, *, has_keys: bool) -> MakeDelivery:
    """Makes what tells a cache of a kind."""
    cache = Cache("it", kind, "id1", "t0ken", server.url)
    return lambda client: CachePurges(scene.store.push, client, [cache], SITE, has_keys, lambda: scene.now)


def sent(kind: CacheKind, server: Subscriber, scene: PushScene, *, has_keys: bool) -> Sequence[Asked]:
    """What a cache of a kind is sent after an edition in which the two feeds changed."""
    made = purging(kind, server, scene, has_keys=has_keys)
    scene.settle(cache=made)
    scene.publish(feed("/atom.xml", "two"), feed("/rss.xml", "two"))
    scene.settle(cache=made)
    return server.requests


def test_keys_are_those_of_channels_and_articles() -> None:
    """As responses name them; an article of another site has none here."""
    assert keys(CHANGED) == KEYS


class TestFastly:
    def test_keys_are_purged_softly_and_together(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Up to 256 in one request."""
        (asked,) = sent("fastly", subscriber, scene, has_keys=True)
        assert (asked.method, asked.path) == ("POST", "/service/id1/purge")
        assert (asked.field("fastly-key"), asked.field("fastly-soft-purge")) == ("t0ken", "1")
        assert json.loads(asked.body) == {"surrogate_keys": ["/"]}

    def test_urls_are_purged_one_by_one(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Where the site names no keys."""
        found = sent("fastly", subscriber, scene, has_keys=False)
        assert [each.path for each in found] == [
            "/purge/news.example.org/atom.xml",
            "/purge/news.example.org/rss.xml",
        ]
        assert {each.field("fastly-soft-purge") for each in found} == {"1"}

    def test_many_keys_are_purged_in_portions(self) -> None:
        """Of 256."""
        articles = tuple(ArticleChange(f"tag:{n}", "updated", f"/a{n:03}", 7) for n in range(300))
        *found, _ = purges(Cache("it", "fastly", "id1"), Changed(7, 0, (), articles), SITE, has_keys=True)
        assert [len(json.loads(each.content)["surrogate_keys"]) for each in found] == [256, 44]

    def test_what_has_no_key_is_purged_by_its_url(self) -> None:
        """Else the site's other documents would be old for as long as a copy may."""
        opml = ChangedResponse("/feeds.opml", "opml", is_dropped=False)
        changed = replace(CHANGED, responses=(*CHANGED.responses, opml))
        by_key, *by_url = purges(Cache("it", "fastly", "id1"), changed, SITE, has_keys=True)
        assert json.loads(by_key.content) == {"surrogate_keys": KEYS}
        assert [each.url.rpartition("news.example.org")[2] for each in by_url] == ["/feeds.opml", "/sitemap.xml"]


class TestCloudflare:
    @pytest.mark.parametrize(
        ("has_keys", "content"),
        [(True, {"tags": ["/"]}), (False, {"files": [f"{SITE}/atom.xml", f"{SITE}/rss.xml"]})],
    )
    def test_tags_or_urls_are_purged_together(
        self, scene: PushScene, subscriber: Subscriber, has_keys: bool, content: object
    ) -> None:
        """Up to 100 in one request."""
        (asked,) = sent("cloudflare", subscriber, scene, has_keys=has_keys)
        assert (asked.method, asked.path) == ("POST", "/zones/id1/purge_cache")
        assert asked.field("authorization") == "Bearer t0ken"
        assert asked.field("content-type") == "application/json"
        assert json.loads(asked.body) == content

    def test_a_limit_of_its_requests_is_honoured(self, scene: PushScene, subscriber: Subscriber) -> None:
        """A 429 says when to come again."""
        subscriber.answers = [Answer(429, (("retry-after", "600"), ("content-length", "0")))]
        sent("cloudflare", subscriber, scene, has_keys=True)
        (found,) = scene.destinations()
        assert (found.failures, found.error) == (1, "status 429")
        assert found.due >= (scene.now + 600) * 1000


class TestBunny:
    @pytest.mark.parametrize("has_keys", [True, False])
    def test_urls_are_purged_one_by_one(self, scene: PushScene, subscriber: Subscriber, has_keys: bool) -> None:
        """It knows neither of the header fields with keys."""
        found = sent("bunny", subscriber, scene, has_keys=has_keys)
        assert [each.path for each in found] == [
            "/purge?url=https%3A%2F%2Fnews.example.org%2Fatom.xml&async=true",
            "/purge?url=https%3A%2F%2Fnews.example.org%2Frss.xml&async=true",
        ]
        assert {(each.method, each.field("accesskey")) for each in found} == {("POST", "t0ken")}


def test_a_cache_is_told_only_when_every_web_worker_serves_the_edition(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that it fetches earlier would be the old one again, and stay for as long as a copy may."""
    monkeypatch.setattr(delivery, "SETTLING", 3600.0)
    made = purging("varnish", subscriber, scene, has_keys=True)
    scene.settle(cache=made)
    scene.publish(feed("/atom.xml", "two"))
    steps = itertools.count()
    scene.run(lambda: subscriber.requests or next(steps) == 100, cache=made)
    assert not subscriber.requests


def test_every_url_that_changed_is_named() -> None:
    """Also of what went; what has no address is left out."""
    found = list(purges(Cache("it", "bunny"), CHANGED, SITE, has_keys=False))
    assert len(found) == len(URLS)
    (request,) = purges(Cache("it", "cloudflare", "id1"), CHANGED, SITE, has_keys=False)
    assert json.loads(request.content)["files"] == URLS


def test_a_token_is_not_shown() -> None:
    """Not even in a traceback."""
    assert "t0ken" not in repr(Cache("it", "bunny", token="t0ken"))


@pytest.fixture(params=["surrogate-key", "none"])
def cached(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Service, str]]:
    """A service behind Varnish, which knows where Varnish is before it runs; purged by keys or by addresses."""
    write(tmp_path / "articles", {"one.md": "# One\n\nWords.\n", "news/two.md": "# Two\n\nWords.\n"})
    front = free_port()
    settings = {
        "base_url": "https://news.example.org",
        "http__shared_max_age": "86400",
        "http__cache_keys": request.param,
        "push__caches": json.dumps([{"name": "front", "kind": "varnish", "url": f"http://127.0.0.1:{front}"}]),
        "push__interval": "0",
    }
    with (
        Service(tmp_path, "--port", 0, settings=settings) as service,
        varnish(service.ready(), tmp_path, front) as url,
    ):
        yield service, url


@pytest.mark.slow
def test_varnish_forgets_what_an_edition_changed(cached: tuple[Service, str]) -> None:
    """And keeps what it did not change."""
    service, url = cached

    def ask(path: str) -> httpx2.Response:
        return httpx2.get(url + path, timeout=PATIENCE)

    with closing(open_store(f"sqlite:///{service.home}/feedsvc.db")) as store:
        wait_for(store.push.destinations, "the sender, which purges what changes from now on")
    wait_for(lambda: ask("/atom.xml").headers["x-cache"] == "HIT", "a copy")
    wait_for(lambda: ask("/news/atom.xml").headers["x-cache"] == "HIT", "another copy")
    write(service.home / "articles", {"one.md": "# One\n\nOther words.\n"})
    service.scan()
    wait_for(lambda: b"Other words." in ask("/atom.xml").content, "the new feed")
    assert ask("/news/atom.xml").headers["x-cache"] == "HIT"
