"""Varnish, for real: it keeps copies for long, and forgets at once what an edition changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from http_caches import free_port, varnish
from serving import PATIENCE, Service, wait_for, write

pytestmark = pytest.mark.slow


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


def test_varnish_forgets_what_an_edition_changed(cached: tuple[Service, str]) -> None:
    """And keeps what it did not change."""
    service, url = cached

    def ask(path: str) -> httpx2.Response:
        return httpx2.get(url + path, timeout=PATIENCE)

    wait_for(lambda: ask("/atom.xml").headers["x-cache"] == "HIT", "a copy")
    wait_for(lambda: ask("/news/atom.xml").headers["x-cache"] == "HIT", "another copy")
    write(service.home / "articles", {"one.md": "# One\n\nOther words.\n"})
    service.scan()
    wait_for(lambda: b"Other words." in ask("/atom.xml").content, "the new feed")
    assert ask("/news/atom.xml").headers["x-cache"] == "HIT"
