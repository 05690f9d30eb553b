"""One browser and two sites for all that a person sees."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import chromium
import pytest
import showcase
from chromium import Eye
from serving import Service, wait_for


@pytest.fixture(scope="module")
def eye() -> Iterator[Eye]:
    """A browser; it keeps pictures of what it sees in the folder that ``SCREENSHOTS`` names.

    It lives as long as one module's tests: while it does, no other event loop can run in this process.
    """
    if chromium.PROGRAM is None:
        pytest.skip("Chromium is not installed")
    album = os.environ.get("SCREENSHOTS")
    if album:
        Path(album).mkdir(parents=True, exist_ok=True)
    with chromium.browsing() as browser:
        yield Eye(browser, Path(album) if album else None)


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The English site, from which one article was taken back."""
    home = tmp_path_factory.mktemp("post")
    with _serving(home, showcase.english(home / "articles"), showcase.ENGLISH) as service:
        yield service


@pytest.fixture(scope="session")
def barid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The Arabic site, from which one article was taken back."""
    home = tmp_path_factory.mktemp("barid")
    with _serving(home, showcase.arabic(home / "articles"), showcase.ARABIC) as service:
        yield service


@contextmanager
def _serving(home: Path, articles: Path, about: Mapping[str, str]) -> Iterator[Service]:
    settings = {**showcase.LONG, **about}
    with Service(home, articles, "--port", 0, "--interval", 3600, settings=settings) as service:
        service.ready()
        (articles / showcase.LEAVING).unlink()
        service.scan()
        wait_for(lambda: service.get("/town/leaving").status_code == 410, "the article to be gone")
        yield service
