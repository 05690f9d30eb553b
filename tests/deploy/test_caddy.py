"""``deploy/Caddyfile`` before a real feedsvc: polls pass through with their entity tags."""

from collections.abc import Iterator

import pytest
from http_caches import Cached, caddy
from serving import Service, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    """A service behind Caddy, which is asked without TLS."""
    home = tmp_path_factory.mktemp("caddy")
    articles = write(home / "stories", {"tea.txt": "Tea for two\n\nFill the pot twice.\n"})
    settings = {"http__metrics": "true"}
    with (
        Service(home, articles, "--port", 0, settings=settings) as service,
        caddy(service.ready(), home) as url,
    ):
        yield Cached(service, url)


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_an_unchanged_feed_is_a_304_through_caddy(proxied: Cached, coding: str) -> None:
    """Each coding keeps its own entity tag, which Caddy neither changes nor removes."""
    found = proxied.ask(accept_encoding=coding)
    assert found.headers.get("content-encoding", "identity") == coding
    assert found.headers["etag"] == proxied.service.get("/atom.xml", accept_encoding=coding).headers["etag"]
    assert proxied.ask(accept_encoding=coding, if_none_match=found.headers["etag"]).status_code == 304


def test_clients_keep_to_tls_and_metrics_stay_inside(proxied: Cached) -> None:
    """RFC 6797; the service itself answers for its metrics."""
    assert proxied.ask().headers["strict-transport-security"] == "max-age=31536000"
    assert proxied.service.get("/metrics").status_code == 200
    assert proxied.ask("/metrics").status_code == 404
