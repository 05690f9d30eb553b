"""``/metrics`` on what was answered: by whichever worker, on the fast path or not, and after a worker died."""

import re
import socket
import time
from collections import Counter
from collections.abc import Iterator

import httpx2
import psutil
import pytest
from serving import PATIENCE, Service, wait_for, write


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two web workers that tells metrics."""
    home = tmp_path_factory.mktemp("counted")
    stories = write(home / "stories", {"one.md": "# One\n\n" + "Words of a story.\n" * 40})
    settings = {"http__metrics": "true", "workers": "2"}
    with Service(home, stories, "--port", 0, "--interval", 3600, settings=settings) as service:
        wait_for(lambda: of(service, "feedsvc_workers")[()] == 2, "both workers")
        wait_for(lambda: of(service, "feedsvc_served_edition")[()] == 1, "the edition in both")
        yield service


_SAMPLE = re.compile(r"(\w+)(?:{(.*)})? (\S+)")


def of(service: Service, name: str, *labels: str) -> Counter[tuple[str, ...]]:
    """The samples of a metric, summed up by these labels."""
    found: Counter[tuple[str, ...]] = Counter()
    with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:
        for line in client.get("/metrics").text.splitlines():
            if (sample := _SAMPLE.fullmatch(line)) and sample[1] == name:
                told = dict(re.findall(r'(\w+)="([^"]*)"', sample[2] or ""))
                found[tuple(told[label] for label in labels)] += float(sample[3])  # type: ignore[assignment]
    return found


ASKED: Counter[str] = Counter()
"""How many answers with a document each service has given."""


def ask(service: Service, path: str, times: int, **headers: str) -> httpx2.Response:
    """GET a path so often, each time on a connection of its own, so that each worker gets some of them."""
    ASKED[service.url] += times
    for _ in range(times):
        answer = service.get(path, **headers)
    return answer


def answers(service: Service) -> Counter[tuple[str, ...]]:
    """How many answers with a document there are by status, kind and coding, once all are told."""

    def told() -> Counter[tuple[str, ...]] | None:
        found = of(service, "feedsvc_requests_total", "status", "kind", "coding")
        documents = Counter({key: count for key, count in found.items() if key[1] != "none"})
        return documents if documents.total() == ASKED[service.url] else None

    if not ASKED[service.url]:
        return Counter()
    return wait_for(told, "all answers") or Counter()


def test_answers_are_counted_by_status_kind_and_coding(service: Service) -> None:
    """Exactly, over both workers; those with a document, since those for metrics count too."""
    before = answers(service)
    sent = of(service, "feedsvc_response_bytes_total", "kind", "coding")
    tag = ask(service, "/atom.xml", 11, accept_encoding="br").headers["etag"]
    ask(service, "/atom.xml", 10, accept_encoding="br", if_none_match=tag)
    plain = ask(service, "/rss.xml", 3, accept_encoding="identity")
    page = ask(service, "/one", 4, accept_encoding="gzip")
    ask(service, "/nowhere", 2, accept_encoding="identity")
    ask(service, "/feed", 2)
    expected = {
        ("200", "feed", "br"): 11,
        ("304", "feed", "none"): 10,
        ("200", "feed", "identity"): 3,
        ("200", "page", page.headers.get("content-encoding", "identity")): 4,
        ("404", "not-found", "identity"): 2,
        ("301", "redirect", "none"): 2,
    }
    assert answers(service) - before == expected
    grown = of(service, "feedsvc_response_bytes_total", "kind", "coding") - sent
    assert grown["feed", "identity"] == 3 * len(plain.content)


@pytest.mark.slow
def test_a_worker_that_is_started_anew_goes_on_counting(service: Service) -> None:
    """So no rate ever falls below zero."""
    before = answers(service)
    ask(service, "/feeds.opml", 6, accept_encoding="identity")
    assert (answers(service) - before)["200", "opml", "identity"] == 6
    dead = service.children("web")
    assert len(dead) == 2
    for worker in dead:
        worker.kill()
    psutil.wait_procs(dead, PATIENCE)
    service.ready()
    assert (answers(service) - before)["200", "opml", "identity"] == 6
    ask(service, "/feeds.opml", 1, accept_encoding="identity")
    assert (answers(service) - before)["200", "opml", "identity"] == 7


def test_refusals_connections_and_times_are_counted(service: Service) -> None:
    """A request that is none, how many connections came, and how long answers took."""
    before = of(service, "feedsvc_requests_total", "status", "kind")
    accepted = of(service, "feedsvc_connections_accepted_total")[()]
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert b" 400 " in connection.recv(1000)
        wait_for(
            lambda: (of(service, "feedsvc_requests_total", "status", "kind") - before)["400", "none"] == 1,
            "a refusal",
        )
        wait_for(lambda: of(service, "feedsvc_connections")[()] >= 1, "an open connection")
    assert of(service, "feedsvc_connections_accepted_total")[()] > accepted
    ask(service, "/atom.xml", 1)
    wait_for(
        lambda: (
            of(service, "feedsvc_request_seconds_count", "kind") == of(service, "feedsvc_requests_total", "kind")
        ),
        "each answer timed",
    )


def test_the_age_of_the_edition_and_the_rounds_are_told(service: Service) -> None:
    """With what each worker serves."""
    age, published = (
        of(service, "feedsvc_edition_age_seconds")[()],
        of(service, "feedsvc_edition_time_seconds")[()],
    )
    assert 0 <= age <= time.time() - published
    wait_for(lambda: of(service, "feedsvc_served_edition")[()] == 1, "each worker's word, also of a new one")
    assert of(service, "feedsvc_edition")[()] == 1
    assert of(service, "feedsvc_rounds_total")[()] >= 1
