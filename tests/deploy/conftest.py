"""A service behind each cache."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from http_caches import Cached, free_port, nginx, varnish
from serving import Service, write

STORIES = {
    "2026-03-01-harbour.txt": "The harbour opens again\n\n" + "After three winters the boats are back.\n" * 40,
}


@contextmanager
def _behind(front: str, home: Path, **more: str) -> Iterator[Cached]:
    """feedsvc, whose feeds are fresh for a second, and may be used for another while they are fetched."""
    settings = {"http__max_age": "1", "http__stale_while_revalidate": "1", "http__stale_if_error": "600", **more}
    settings |= {"http__cache_keys": "surrogate-key", "http__metrics": "true"}
    directory = write(home / "stories", STORIES)
    arguments = (directory, "--port", 0, "--interval", 3600)
    starts: dict[str, Callable[[Service, Path], AbstractContextManager[str]]] = {
        "nginx": nginx,
        "varnish": varnish,
    }
    start = starts[front]
    with Service(home, *arguments, settings=settings) as service, start(service.ready(), home) as url:
        yield Cached(service, url)


@pytest.fixture(scope="module", params=["nginx", "varnish"])
def front(request: pytest.FixtureRequest) -> str:
    """The name of a cache."""
    return str(request.param)


@pytest.fixture(scope="module")
def shared(front: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    """A service behind it, for all tests of a module."""
    with _behind(front, tmp_path_factory.mktemp(front)) as cached:
        yield cached


@pytest.fixture
def cached(shared: Cached) -> Cached:
    """The same, once what another test published there has come through."""
    return shared.settled()


@pytest.fixture
def private(front: str, tmp_path: Path) -> Iterator[Cached]:
    """A private site behind it, which a test may end."""
    with _behind(front, tmp_path, access="private") as cached:
        yield cached


@pytest.fixture
def watching(front: str, tmp_path: Path) -> Iterator[Cached]:
    """A site behind it that names a hub of others, which does not answer."""
    hub = f'["http://127.0.0.1:{free_port()}/hub"]'
    with _behind(front, tmp_path, push__hubs=hub, base_url="https://news.example.org") as cached:
        yield cached


@pytest.fixture
def doomed(front: str, tmp_path: Path) -> Iterator[Cached]:
    """A service behind it that a test may end."""
    with _behind(front, tmp_path) as cached:
        yield cached
