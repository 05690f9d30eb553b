"""HTTP, case by case, on every road that can answer.

The cases are data: ``tests/data/http/*.toml``, each with the section it follows from. They are sent over a socket,
byte for byte, to a worker with the fast path and to one where everything takes the way through ASGI, and those
that ask with GET are asked again with HEAD.
"""

import gzip
import re
import socket
import tomllib
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import brotli
import pytest
from memory_store import CHANGED, MemoryStore, feed, missing, page
from repository import DATA
from serving import PATIENCE
from worker import Wire, Worker, whole

from feedsvc.articles.model import MediaFile
from feedsvc.core.timestamps import http_date
from feedsvc.documents.model import (
    ARCHIVE_FEED,
    FEED,
    GONE,
    MEDIA,
    PAGE,
    PREVIEW,
    REDIRECT,
    Document,
    preview_path,
)
from feedsvc.responses.builder import prepare
from feedsvc.web import server
from feedsvc.web.protocol import LimitedProtocol

CASES_FOLDER = DATA / "http"
NOW = CHANGED + 1000
SOUND = MediaFile("news/a b.mp3", "/media/ab/a-b.mp3", "audio/mpeg", 10, "ab" * 32)
TAGS = {each.coding: each.etag for each in prepare(feed(), "key", CHANGED).representations}
OLDER = replace(feed("older", "/archive/1/atom.xml"), traits=ARCHIVE_FEED)
WORDS = {
    "{br}": TAGS["br"],
    "{gzip}": TAGS["gzip"],
    "{plain}": TAGS["identity"],
    "{older}": prepare(OLDER, "key", CHANGED).representations[-1].etag,
    "{ada}": "Basic " + b64encode(b"ada:t0ken").decode(),
    "{eve}": "Basic " + b64encode(b"eve:t0ken").decode(),
    "{page}": prepare(page(), "key", CHANGED).representations[-1].etag,
    "{sound}": '"q6urq6urq6urq6urq6urq6"',
    "{length}": str(len(feed().content)),
    "{changed}": http_date(CHANGED).decode(),
    "{now}": http_date(NOW).decode(),
    "{earlier}": http_date(CHANGED - 1).decode(),
    "{later}": http_date(CHANGED + 1).decode(),
    "{future}": http_date(NOW + 60).decode(),
    "{rfc850}": "Sunday, 09-Sep-01 01:46:40 GMT",
    "{asctime}": "Sun Sep  9 01:46:40 2001",
    "{long}": '"' + "x" * 9000 + '"',
    "{many}": "\r\n".join(f"X-{number}: y" for number in range(200)),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One request and what has to come back."""

    name: str
    section: str
    line: str
    """Method and target; empty where the request is written out."""
    fields: tuple[str, ...]
    status: int
    expected: Mapping[str, str]
    """Field to value, "" for none; "body" is the content."""

    @property
    def request(self) -> bytes:
        """As it is sent; it ends the connection, so that all that comes back is the answer."""
        if not self.line:
            return _said("".join(self.fields)).encode("latin-1")
        lines = list(self.fields)
        content = lines.pop() if "" in lines else ""
        own = {field.partition(":")[0].lower() for field in lines}
        added = [
            f"{name}: {value}"
            for name, value in (("Host", "x"), ("Connection", "close"))
            if name.lower() not in own
        ]
        above = [f"{self.line} HTTP/1.1", *added, *(line for line in lines if line)]
        return _said("\r\n".join([*above, "", content])).encode("latin-1")

    def asked_with_head(self) -> "Case":
        """The same question without the content (RFC 9110, section 9.3.2)."""
        return replace(self, line=self.line.replace("GET", "HEAD", 1))


def _said(text: str) -> str:
    for word, value in WORDS.items():
        text = text.replace(word, value)
    return text


def _cases() -> Iterator[Case]:
    for file in sorted(CASES_FOLDER.glob("*.toml")):
        for name, section, line, fields, status, expected in tomllib.loads(file.read_text("utf-8"))["cases"]:
            yield Case(f"{file.stem}: {section} {name}", section, line, tuple(fields), status, expected)


CASES, PRIVATE = ([case for case in _cases() if case.name.startswith("private: ") == few] for few in (False, True))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles with a sound of ten bytes."""
    directory = tmp_path_factory.mktemp("wire")
    (directory / "news").mkdir()
    (directory / SOUND.source).write_bytes(b"0123456789")
    return directory


@pytest.fixture(scope="module", params=["express", "plain"])
def wire(request: pytest.FixtureRequest, directory: Path) -> Iterator[Wire]:
    """Where a worker listens, with the fast path and without it; its clock stands still."""
    store = _published()
    with pytest.MonkeyPatch.context() as patch:
        if cast(str, request.param) == "plain":
            patch.setattr(server, "FastPathProtocol", lambda _cache, *rest: LimitedProtocol(*rest))
        worker = Worker(store, directory, clock=lambda: NOW + 0.5)
        yield worker.wire
        worker.stop()


@pytest.fixture(scope="module")
def private_wire(directory: Path) -> Iterator[Wire]:
    """Where a worker of a private site listens, with the same edition and one reader."""
    store = _published()
    store.admit(ada="t0ken")
    worker = Worker(store, directory, clock=lambda: NOW + 0.5, private_at="https://x.example/a b")
    yield worker.wire
    worker.stop()


def _published() -> MemoryStore:
    """A store with an edition in which there is something of everything."""
    store = MemoryStore()
    moved = Document("/rss", REDIRECT, "", b"", location="https://x.example/rss.xml")
    sound = Document(SOUND.path, MEDIA, "", b"", file=SOUND)
    store.publish(feed(), page(), missing(), page("gone", "/gone", GONE), moved, sound, *_previewed())
    store.publish(OLDER)
    return store


def _previewed() -> Iterator[Document]:
    """Feeds with the pages that browsers get in their place."""
    html = "text/html; charset=utf-8"
    yield Document(
        "/news/rss.xml", replace(FEED, preview=preview_path("/news/")), "application/rss+xml", b"<rss/>"
    )
    archived = replace(ARCHIVE_FEED, preview="/news/archive/1/")
    yield Document("/news/archive/1/rss.xml", archived, "application/rss+xml", b"<rss/>")
    yield Document("/news/archive/1/", PAGE, html, b"<title>archive 1</title>")
    yield Document(preview_path("/news/"), PREVIEW, html, b"<title>of the feed</title>\n")


def ask(wire: Wire, case: Case) -> tuple[int, dict[str, str], bytes]:
    """Status, fields and content of the last answer to the case; interim ones (1xx) are passed over."""
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(case.request)
        if not case.line:
            connection.shutdown(socket.SHUT_WR)
        received = whole(connection)
    while received.startswith(b"HTTP/1.1 1"):
        received = received.partition(b"\r\n\r\n")[2]
    head, _, content = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = [line.partition(": ")[::2] for line in lines]
    assert len({name.lower() for name, _ in fields}) == len(fields), "a field came twice"
    return int(status.split(" ")[1]), {name.lower(): value for name, value in fields}, content


def check(case: Case, answer: tuple[int, dict[str, str], bytes]) -> None:
    """Hold an answer against what has to come."""
    status, fields, content = answer
    assert status == case.status
    told = {**fields, "body": content.decode("latin-1")}
    wanted = {name: _said(value) for name, value in case.expected.items()}
    assert {name: told.get(name, "") for name in wanted} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_is_answered_as_its_section_says(wire: Wire, case: Case) -> None:
    """On the fast path and on the way through ASGI."""
    status, fields, content = ask(wire, case)
    check(case, (status, fields, content))
    assert "date" in fields
    if status == 200 and case.line.split("?")[0].endswith(("/atom.xml", "/%61tom.xml")):
        decode = {"br": brotli.decompress, "gzip": gzip.decompress}.get(fields.get("content-encoding", ""), bytes)
        assert decode(content) == feed().content
    if status in (204, 304):
        assert content == b""


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.line.startswith("GET ") and not any("Range:" in each for each in case.fields)],
    ids=lambda case: case.name,
)
def test_head_is_answered_as_get_without_content(wire: Wire, case: Case) -> None:
    """RFC 9110, 9.3.2: the same status and the same fields."""
    head, got = ask(wire, case.asked_with_head()), ask(wire, case)
    assert head == (got[0], got[1], b"") or (head[0], got[0]) == (400, 400)


@pytest.mark.parametrize("case", PRIVATE, ids=lambda case: case.name)
def test_every_case_of_a_private_site(private_wire: Wire, case: Case) -> None:
    """Who shows a token, in either way, gets what anybody gets of a public one."""
    check(case, ask(private_wire, case))


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.line and not any("Authorization" in field for field in case.fields)],
    ids=lambda case: case.name,
)
def test_a_reader_of_a_private_site_is_answered_as_anybody_elsewhere(private_wire: Wire, case: Case) -> None:
    """Conditions, codings, ranges and all that is refused; only caches in between and referrers are told less."""
    told = {name: value.replace("public, ", "private, ") for name, value in case.expected.items()}
    told.update({"referrer-policy": "no-referrer"} if "referrer-policy" in told else {})
    fields = (f"Authorization: {WORDS['{ada}']}", *case.fields)
    check(replace(case, fields=fields, expected=told), ask(private_wire, replace(case, fields=fields)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_stranger_gets_nothing_of_a_private_site(private_wire: Wire, case: Case) -> None:
    """Whatever is asked, however it is written: 401, or what is no request; only a file is for all who name it."""
    if "/media/ab/a-b.mp3" in case.line:
        return
    status, fields, content = ask(private_wire, case)
    assert status in {400, 401, 408, 413, 414, 431, 501, 505}
    if status == 401:
        assert fields["www-authenticate"] == 'Basic realm="https://x.example/a%20b", charset="UTF-8"'
        told = content.partition(b"HTTP/1.1 ")[0]  # what follows on the connection is another answer
        assert told in {b"", b"This site is for its readers: please give your name and your token.\n"}
    assert not {"etag", "link", "location", "last-modified"} & fields.keys()


def test_each_request_of_a_connection_shows_its_own_token(private_wire: Wire) -> None:
    """What a reader asked opens nothing for who comes behind, in a pipeline or after it (RFC 9112, 9.3)."""
    known, unknown = ["GET /atom.xml", f"Authorization: {WORDS['{ada}']}"], ["GET /atom.xml", "X-Nothing: at-all"]
    order = [unknown, known, unknown, known, unknown, unknown]
    asked = ["\r\n".join([f"{line} HTTP/1.1", "Host: x", field, "", ""]).encode() for line, field in order]
    expected = [200 if each is known else 401 for each in order]
    with socket.create_connection(private_wire, PATIENCE) as connection:
        connection.sendall(b"".join(asked)[:-2] + b"Connection: close\r\n\r\n")
        received = whole(connection)
    assert [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", received)] == expected
    with socket.create_connection(private_wire, PATIENCE) as connection:
        found = []
        for request in asked:
            connection.sendall(request)
            received = connection.recv(65536)
            while b"\r\n\r\n" not in received:
                received += connection.recv(65536)
            found.append(int(received.split(b" ")[1]))
    assert found == expected


def test_wrong_tokens_cost_a_worker_no_memory(private_wire: Wire) -> None:
    """Strangers must not fill it with their inventions: nothing is kept of a guess."""

    def guess(number: int) -> bytes:
        basic = b64encode(f"ada:{number:040}".encode())
        return b"".join(
            b"GET %b HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %b\r\n\r\n" % (target, basic)
            for target in (b"/private/%040d/atom.xml" % number, b"/media/ab/%d.mp3" % number)
        )

    def guesses(begin: int, count: int) -> None:
        with socket.create_connection(private_wire, PATIENCE) as connection:
            for number in range(begin, begin + count, 10):
                connection.sendall(b"".join(map(guess, range(number, number + 10))))
                answers = b""
                while answers.count(b"your token.\n") < 20:
                    answers += connection.recv(65536)

    guesses(0, 200)
    tracemalloc.start()
    try:
        guesses(1000, 200)
        before, _ = tracemalloc.get_traced_memory()
        guesses(2000, 1000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000


def test_there_are_enough_cases() -> None:
    """And no two of one name."""
    assert len({case.name for case in CASES}) == len(CASES) >= 150
