"""A base URL with a path: requests that bring it along, and those from which a proxy has taken it off."""

from collections.abc import Iterator

import httpx2
import pytest
from memory_store import MemoryStore, feed, missing, page
from serving import PATIENCE
from worker import Worker

from feedsvc.responses.answer import Policy, Request
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.requests import Responder, base_path, path_meant, read_request, without_base

BASE = "/the blog"
SENT = "/the%20blog"
STRIPPED = {"X-Forwarded-Prefix": SENT}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """Asks a worker of a site below a path, which has a folder of that name."""
    store = MemoryStore()
    store.publish(
        feed(),
        page(),
        feed("of the folder", f"{BASE}/atom.xml"),
        feed("own", f"{BASE}/own.xml"),
        feed("of a query", "/feed/rss2"),
        missing(),
    )
    worker = Worker(store, tmp_path_factory.mktemp("stories"), base=BASE)
    with httpx2.Client(base_url=worker.url, timeout=PATIENCE) as client:
        yield client
    worker.close()


@pytest.mark.parametrize("navigates", [False, True], ids=["reader", "browser"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/atom.xml", "/news/story"])
def test_a_path_is_answered_with_the_base_and_without(
    client: httpx2.Client, path: str, method: str, navigates: bool
) -> None:
    """In the same bytes, by the fast path and beside it."""
    fields = {"sec-fetch-dest": "document"} if navigates else {}
    for _ in range(2):
        with_base, without = (client.request(method, base + path, headers=fields) for base in (SENT, ""))
        assert (with_base.status_code, with_base.content) == (200, without.content)
        assert with_base.headers["etag"] == without.headers["etag"]


def test_a_poll_below_the_base_is_a_304(client: httpx2.Client) -> None:
    """As any other."""
    tag = client.get(f"{SENT}/atom.xml").headers["etag"]
    assert client.get(f"{SENT}/atom.xml", headers={"if-none-match": tag}).status_code == 304


def test_the_base_itself_leads_one_slash_further(client: httpx2.Client) -> None:
    """To the landing page."""
    answer = client.get(SENT)
    assert (answer.status_code, answer.headers["location"]) == (301, "the%20blog/")


@pytest.mark.parametrize("address", [f"{SENT}?feed=rss2", f"{SENT}/?feed=rss2"])
def test_the_base_itself_leads_to_the_feed_that_a_query_asks_for(client: httpx2.Client, address: str) -> None:
    """A subscriber of a WordPress below the path may have it without the slash; the page would be no feed."""
    answer = client.get(address)
    assert (answer.status_code, answer.content) == (200, client.get(f"{SENT}/feed/rss2").content)


@pytest.mark.parametrize("path", ["/the%20blogs/atom.xml", "/the%20blo/atom.xml", f"{SENT}{SENT}{SENT}/atom.xml"])
def test_what_only_looks_like_the_base_is_none(client: httpx2.Client, path: str) -> None:
    """A base is whole segments of a path, once."""
    assert client.get(path).status_code == 404


def test_a_folder_with_the_name_of_the_base_is_below_it(client: httpx2.Client) -> None:
    """A path that could be either is taken as a whole, unless a proxy says that it has taken the base off."""
    site, folder = client.get("/atom.xml").content, client.get(f"{SENT}{SENT}/atom.xml").content
    assert site != folder
    assert client.get(f"{SENT}/atom.xml").content == site
    assert client.get(f"{SENT}/atom.xml", headers=STRIPPED).content == folder


ASKED = [
    (f"{SENT}/atom.xml", {}),
    (f"{SENT}/atom.xml", STRIPPED),
    (f"{SENT}/atom.xml", {"if-none-match": "*"}),
    (f"{SENT}/atom.xml", {"sec-fetch-dest": "document"}),
    ("/atom.xml", {}),
    (f"{SENT}/news/story", STRIPPED),
    (f"{SENT}/readyz", {}),
    (SENT, {}),
]


@pytest.mark.parametrize(("path", "fields"), ASKED)
def test_no_cache_gives_the_answer_for_one_prefix_to_those_who_sent_another(
    client: httpx2.Client, path: str, fields: dict[str, str]
) -> None:
    """Else a stranger's request with the field would have a shared cache tell every reader that a feed is gone."""
    vary = client.get(path, headers=fields).headers.get_list("vary")
    assert len(vary) == 1
    assert vary[0].split(", ")[-1] == "x-forwarded-prefix"


def test_a_proxy_that_takes_the_base_off_is_answered_as_before(client: httpx2.Client) -> None:
    """Whether it says so or not."""
    assert client.get("/atom.xml", headers=STRIPPED).content == client.get("/atom.xml").content
    assert client.get("/news/story", headers=STRIPPED).status_code == 200


BASES = [
    ("https://example.org", ""),
    ("https://example.org/", ""),
    ("https://example.org/blog", "/blog"),
    ("https://example.org/a/b%20c", "/a/b c"),
    ("https://example.org/%C3%BC", "/ü"),
]


@pytest.mark.parametrize(("url", "base"), BASES)
def test_the_base_is_the_path_of_the_url(url: str, base: str) -> None:
    """Decoded, without a slash at its end."""
    assert base_path(url) == base


@pytest.mark.parametrize(
    ("target", "inner"),
    [(b"/b/a", b"/a"), (b"/a", b"/a"), (b"/b/b/a", b"/b/a"), (b"/bb/a", b"/bb/a"), (b"/b/", b"/"), (b"/b", None)],
)
def test_the_fast_path_takes_the_base_off_as_the_application_does(target: bytes, inner: bytes | None) -> None:
    """Once; the base itself is redirected by the application."""
    assert without_base(target, b"/b") == inner
    assert without_base(target, b"") == target


QUERIES = {
    ("/", "feed=rss2"): "/feed/rss2",
    ("/", "feed=atom"): "/feed/atom",
    ("/", "feed=rss2&tag=harbour"): "/tag/harbour/feed/rss2",
    ("/", "category_name=sea&feed=rss2"): "/category/sea/feed/rss2",
    ("/", "feed=rss2&author_name=ada"): "/author/ada/feed/rss2",
    ("/category/sea/", "feed=rss2"): "/category/sea/feed/rss2",
    ("/", "format=rss"): "/feed",
    ("/blog", "format=rss"): "/blog/feed",
    ("/blog/", "format=rss&tag=harbour"): "/tag/harbour/feed",
    ("/blog", "category=sea&format=rss"): "/category/sea/feed",
    ("/feeds/posts/default", "alt=rss"): "/feed",
    ("/feeds/posts/default/-/sea", "alt=rss&max-results=5"): "/tag/sea/feed",
    ("/feeds/posts/default", "alt=atom"): None,
    ("/news/", "alt=rss"): None,
    ("/blog", "format=json"): None,
    ("/", "feed=rss2&cat=3"): None,
    ("/", "feed=comments-rss2"): None,
    ("/", "utm_source=feed"): None,
    ("/", "feed="): None,
    ("/", "&".join(f"feed={number}" for number in range(50))): None,
}


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_a_query_stands_for_a_path(path: str, query: str) -> None:
    """Where it names what it means; a category by its number could be any."""
    assert path_meant(path, query.encode()) == QUERIES[path, query]


def test_only_what_answers_depend_on_is_read() -> None:
    """Everything else a client says changes nothing."""
    headers = [(b"host", b"x"), (b"accept-encoding", b"br"), (b"if-none-match", b'"a"'), (b"accept", b"*/*")]
    request = read_request({"method": "GET", "headers": headers})
    assert request == Request("GET", b'"a"', None, b"br")


def test_several_lines_of_a_field_are_one() -> None:
    """RFC 9110, 5.3: joined by commas, in their order."""
    headers = [(b"if-none-match", b'"a"'), (b"if-none-match", b'"b", "c"')]
    assert read_request({"method": "GET", "headers": headers}).if_none_match == b'"a", "b", "c"'


def test_freshness_ends_at_the_next_moment_of_the_edition(store: MemoryStore) -> None:
    """The clock decides at each request how much is left."""
    store.publish(feed(), next_moment=1030)
    editions = EditionState(store, store)
    editions.loaded = LoadedEdition().after(store.changes())
    responder = Responder(editions, Policy(60, 0, 0), iter([1000.9, 1029.0]).__next__)
    scope = {"method": "GET", "headers": []}
    ages = [
        dict(responder.answer(scope, editions.loaded.pinned["/atom.xml"]).headers)[b"cache-control"]
        for _ in range(2)
    ]
    assert ages == [b"public, max-age=30", b"public, max-age=1"]
