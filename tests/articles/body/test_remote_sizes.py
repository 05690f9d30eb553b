"""How large recordings elsewhere are, asked of a real server."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from http_stub import Answer, Asked, HttpStub

from feedsvc.articles.body.remote_sizes import ask_sizes, with_remote_sizes
from feedsvc.articles.collector import Collection
from feedsvc.articles.frontmatter.media_fields import unknown_size
from feedsvc.articles.model import Article, Enclosure, Problem, ReadArticle
from feedsvc.articles.record import Record
from feedsvc.core.urls import is_public

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BASE = "https://example.org"
REMOTE = "https://cdn.example.net/a.mp3"


FIELDS = {
    "/a.mp3": (200, {"Content-Length": "4711"}),
    "/moved.mp3": (302, {"Location": "/a.mp3"}),
    "/loop.mp3": (302, {"Location": "/loop.mp3"}),
    "/elsewhere.mp3": (302, {"Location": "file:///etc/passwd"}),
    "/odd.mp3": (200, {"Content-Length": "many"}),
    "/packed.mp3": (200, {"Content-Length": "12", "Content-Encoding": "gzip"}),
    "/silent.mp3": (200, {}),
}
"""What the server answers: a size, a redirect, or nothing of use."""


class Recordings(HttpStub):
    """Has recordings, of which nobody fetches more than the header."""

    def answer(self, asked: Asked) -> Answer:
        """One answer a path."""
        status, fields = FIELDS.get(asked.path, (404, {"Content-Length": "9"}))
        return Answer(status, tuple(fields.items()))


@pytest.fixture
def server() -> Iterator[Recordings]:
    """A server on this machine."""
    with Recordings() as running:
        yield running


ANSWERS = {
    "/a.mp3": 4711,
    "/moved.mp3": 4711,
    "/loop.mp3": None,
    "/elsewhere.mp3": None,
    "/odd.mp3": None,
    "/packed.mp3": None,
    "/silent.mp3": None,
    "/gone.mp3": None,
}


@pytest.mark.parametrize(("path", "size"), ANSWERS.items(), ids=ANSWERS)
def test_the_size_that_a_server_tells(server: Recordings, path: str, size: int | None) -> None:
    """The Content-Length of a HEAD, through few redirects; anything else is no answer."""
    url = f"http://localhost:{server.port}{path}"
    assert ask_sizes([url], lambda _address: True) == ({} if size is None else {url: size})
    assert {asked.method for asked in server.requests} == {"HEAD"}
    assert {asked.field("host") for asked in server.requests} == {f"localhost:{server.port}"}
    assert len(server.requests) <= 5


def test_nobody_is_led_into_the_own_network(server: Recordings) -> None:
    """By default only public addresses are connected to, whatever their name is."""
    assert ask_sizes([f"http://localhost:{server.port}/a.mp3", f"{server.url}/a.mp3"]) == {}
    assert server.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("224.0.0.1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """The registries of special addresses (RFC 6890) say so."""
    assert is_public(address) is public


def test_what_cannot_be_asked_is_left_out() -> None:
    """No name, no server, no scheme of the web."""
    assert ask_sizes(["http://nowhere.invalid/a.mp3", "ftp://a.example/", "https://"]) == {}


class Asker:
    """Answers from a table, and remembers what it was asked."""

    def __init__(self, **sizes: int) -> None:
        self.asked: list[str] = []
        self._sizes = sizes

    def __call__(self, urls: Sequence[str]) -> dict[str, int]:
        """The sizes of those that are known."""
        self.asked += urls
        return {url: size for url in urls if (size := self._sizes.get(url.rpartition("/")[2].partition(".")[0]))}


def gathered(article: Article, *urls: str) -> Collection:
    """A gathering of one article that attaches ``urls`` without their sizes, and is warned of each."""
    heard = tuple(Enclosure(url, "audio/mpeg", 0) for url in urls)
    taken = ReadArticle(replace(article, enclosures=heard), "", "", NOW)
    problems = tuple(Problem("a.md", 3, unknown_size(url), "mend it", "warning") for url in urls)
    return Collection(readings=(taken,), problems=problems)


def lengths(gathering: Collection) -> list[int]:
    """The sizes of what the article attaches."""
    return [each.length for each in gathering.readings[0].article.enclosures]


def test_a_size_is_asked_for_and_its_warning_is_gone(make_article: Callable[..., Article]) -> None:
    """What is not answered keeps its warning."""
    ask = Asker(a=5)
    found = with_remote_sizes(gathered(make_article(), REMOTE, "https://x.example/b.mp3"), [], BASE, ask)
    assert lengths(found) == [5, 0]
    assert [problem.what for problem in found.problems] == [unknown_size("https://x.example/b.mp3")]


def test_a_size_that_the_ledger_knows_is_not_asked_for(make_article: Callable[..., Article]) -> None:
    """A server is asked once."""
    ask = Asker()
    known = make_article(enclosures=(Enclosure(REMOTE, "audio/mpeg", 7),))
    record = Record("tag:x", known, "", "", "/a", NOW, NOW)
    found = with_remote_sizes(gathered(make_article(), REMOTE), [record], BASE, ask)
    assert (lengths(found), found.problems, ask.asked) == ([7], (), [])


def test_the_sites_own_files_are_not_asked_for(make_article: Callable[..., Article]) -> None:
    """One that is missing is named already."""
    ask = Asker(a=5)
    assert lengths(with_remote_sizes(gathered(make_article(), f"{BASE}/a.mp3"), [], BASE, ask)) == [0]
    assert ask.asked == []


def test_nothing_is_asked_unless_the_operator_says_so(make_article: Callable[..., Article]) -> None:
    """The gathering stays what it is."""
    gathering = gathered(make_article(), REMOTE)
    assert with_remote_sizes(gathering, [], BASE, None) is gathering
