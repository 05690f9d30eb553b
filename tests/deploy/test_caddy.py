"""``deploy/Caddyfile`` before a real feedsvc: polls pass through with their entity tags."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from http_caches import Cached, caddy
from repository import DOCS
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


def test_a_site_below_a_path_is_beside_the_rest_of_the_host(tmp_path: Path) -> None:
    """By the configuration of the page on paths."""
    page = (DOCS / "how-to" / "sub-path.md").read_text("utf-8")
    (configuration,) = re.findall(r"(?ms)^```caddy\n(.*?)^```", page)
    write(
        tmp_path, {"html/index.html": "The rest of the host", "stories/tea.txt": "Tea for two\n\nFill the pot.\n"}
    )
    changes = {"www.example.org {": "news.example.org {", "/var/www/html": f"{tmp_path}/html"}
    for before, after in changes.items():
        assert before in configuration
        configuration = configuration.replace(before, after)
    settings = {"base_url": "https://www.example.org/blog"}
    with (
        Service(tmp_path, tmp_path / "stories", "--port", 0, settings=settings) as service,
        caddy(service.ready(), tmp_path, configuration) as url,
    ):
        host = Cached(service, url)
        assert "The rest of the host" in host.ask("/").text
        assert "Tea for two" in host.ask("/blog/atom.xml").text
        assert host.ask("/blog").headers["location"] == "/blog/"
