"""A site at a base URL with a path: directly, behind the caches of ``deploy/`` and behind a proxy."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from http_caches import free_port, nginx, varnish
from serving import PATIENCE, Service, write

pytestmark = pytest.mark.slow

BASE = "https://example.org/blog"
STORIES = {
    "notes/one.md": "# One\n\n[Two](two.md) and ![a light](light.svg)\n",
    "notes/two.md": "# Two\n\n[One](/blog/notes/one)\n",
    "notes/light.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
}
_URL = re.compile(r'(?:href|src)="(?:https://example\.org)?(/blog[^"#]*)"')


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with such a base URL."""
    home = tmp_path_factory.mktemp("based")
    directory = write(home / "stories", STORIES)
    with Service(home, directory, "--port", 0, "--interval", 3600, "--base-url", BASE) as service:
        yield service.ready()


@pytest.fixture(params=["direct", "nginx", "varnish", "stripping"])
def url(request: pytest.FixtureRequest, service: Service, tmp_path: Path) -> Iterator[str]:
    """Where the site is asked for, in front of the service."""
    if request.param == "direct":
        yield service.url
    elif request.param == "varnish":
        with varnish(service, tmp_path) as address:
            yield address
    else:
        port = free_port()
        taking_off = f"""
            server {{
                listen 127.0.0.1:{port};
                location /blog/ {{ proxy_pass http://feedsvc/; proxy_set_header X-Forwarded-Prefix /blog; }}
            }}
        """
        with nginx(service, tmp_path, more=[taking_off]) as address:
            yield address if request.param == "nginx" else f"http://127.0.0.1:{port}"


def test_whatever_a_page_or_feed_names_is_there(url: str) -> None:
    """Starting from the landing page: pages, feeds, styles, media, archives."""
    with httpx2.Client(base_url=url, timeout=PATIENCE, follow_redirects=False) as client:
        seen, waiting = set[str](), ["/blog/"]
        while waiting:
            path = waiting.pop()
            answer = client.get(path)
            assert answer.status_code == 200, path
            found = set(_URL.findall(answer.text)) - seen - {"/blog/hub"}  # it takes forms alone
            seen |= found
            waiting += found
    assert {"/blog/rss.xml", "/blog/notes/one", "/blog/notes/two", "/blog/notes/atom.xml"} <= seen
    assert [path for path in seen if path.startswith("/blog/media/")]
    assert [path for path in seen if path.startswith("/blog/style.css")]


def test_a_feed_leads_to_what_is_below_the_base(url: str) -> None:
    """And a second poll is a 304."""
    answer = httpx2.get(f"{url}/blog/rss.xml", timeout=PATIENCE)
    assert f"<link>{BASE}/notes/one</link>" in answer.text
    again = {"if-none-match": answer.headers["etag"]}
    assert httpx2.get(f"{url}/blog/rss.xml", headers=again, timeout=PATIENCE).status_code == 304
