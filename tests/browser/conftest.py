"""One browser and two sites for all that a person sees."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import chromium
import pytest
import sample_sites
from chromium import Viewer
from serving import Service, wait_for


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    """A browser; it keeps pictures of what it sees in the folder that ``SCREENSHOTS`` names.

    It lives as long as one module's tests: while it does, no other event loop can run in this process.
    """
    if chromium.PROGRAM is None:
        pytest.skip("Chromium is not installed")
    album = os.environ.get("SCREENSHOTS")
    if album:
        Path(album).mkdir(parents=True, exist_ok=True)
    with chromium.browsing() as browser:
        yield Viewer(browser, Path(album) if album else None)


@pytest.fixture(scope="session")
def english_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The English site, from which one article was taken back."""
    home = tmp_path_factory.mktemp("english_site")
    with _serving(home, sample_sites.english(home / "articles"), sample_sites.ENGLISH) as service:
        yield service


@pytest.fixture(scope="session")
def arabic_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The Arabic site, from which one article was taken back."""
    home = tmp_path_factory.mktemp("arabic_site")
    with _serving(home, sample_sites.arabic(home / "articles"), sample_sites.ARABIC) as service:
        yield service


@contextmanager
def _serving(home: Path, articles: Path, about: Mapping[str, str]) -> Iterator[Service]:
    settings = {**sample_sites.LONG, **about}
    with Service(home, articles, "--port", 0, "--interval", 3600, settings=settings) as service:
        service.ready()
        (articles / sample_sites.LEAVING).unlink()
        service.scan()
        wait_for(lambda: service.get("/town/leaving").status_code == 410, "the article to be gone")
        yield service
