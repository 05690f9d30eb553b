"""The pictures in the README: ``.venv/bin/python tests/support/pictures.py docs/pictures`` takes them anew."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import sample_sites
from chromium import NARROW, Viewer, browsing
from playwright.sync_api import Page, Route
from serving import Service

_ADDRESS = "http://post.example.org"
_WINDOW = {"width": 900, "height": 700}
_SITES = {
    "english": (sample_sites.english, sample_sites.ENGLISH),
    "arabic": (sample_sites.arabic, sample_sites.ARABIC),
}
_PICTURES = (
    ("landing", "english", "/", "light", _WINDOW),
    ("article", "english", "/quay/tide-table", "light", _WINDOW),
    ("dark", "english", "/quay/tide-table", "dark", _WINDOW),
    ("preview", "english", "/rss.xml", "light", _WINDOW),
    ("arabic", "arabic", "/quay/tide", "light", NARROW),
)
"""The name of each, what it shows, in which scheme and window."""


def take(folder: Path) -> None:
    """Write the pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with browsing() as browser:
        viewer = Viewer(browser)
        for site in _SITES:
            with _serving(site) as service:
                for name, _, path, scheme, window in [each for each in _PICTURES if each[1] == site]:
                    with viewer.opened(viewport=window, color_scheme=scheme) as page:
                        _show(page, service, path)
                        page.screenshot(path=folder / f"{name}.png")


@contextmanager
def _serving(site: str) -> Iterator[Service]:
    with TemporaryDirectory() as temporary:
        home = Path(temporary)
        write, about = _SITES[site]
        articles = write(home / "articles")
        settings = {**about, "base_url": _ADDRESS}
        with Service(home, articles, "--port", 0, settings=settings) as service:
            yield service.ready()


def _show(page: Page, service: Service, path: str) -> None:
    """Show a page under the address that it has in public."""

    def hand_over(route: Route) -> None:
        answer = service.get(urlsplit(route.request.url).path, sec_fetch_dest="document")
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    page.route("**/*", hand_over)
    page.goto(_ADDRESS + path, wait_until="load")


if __name__ == "__main__":
    take(Path(sys.argv[1]))
