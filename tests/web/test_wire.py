"""HTTP, case by case, on every road that can answer.

The cases are data: ``tests/data/http/*.toml``, each with the section it follows from. They are sent over a socket,
byte for byte, to a worker with the express lane and to one where everything takes the way through ASGI, and those
that ask with GET are asked again with HEAD.
"""

import gzip
import socket
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import brotli
import pytest
from memory_store import CHANGED, MemoryStore, feed, missing, page
from repository import DATA
from worker import PATIENCE, Wire, Worker, whole

from feedsvc.articles.article import MediaFile
from feedsvc.documents.document import Document, preview_path
from feedsvc.responses.dates import http_date
from feedsvc.responses.prepare import prepare
from feedsvc.web import server
from feedsvc.web.guard import guarded

CASES_FOLDER = DATA / "http"
NOW = CHANGED + 1000
SOUND = MediaFile("news/a b.mp3", "/media/ab/a-b.mp3", "audio/mpeg", 10, "ab" * 32)
TAGS = {each.coding: each.etag for each in prepare(feed(), "key", CHANGED).representations}
PRIVATE = tuple(
    replace(feed("for few", path), private=True)
    for path in ("private:members/atom.xml", "private:members/archive/1/atom.xml")
)
PRIVATE_TAGS = {each.coding: each.etag for each in prepare(PRIVATE[0], "key", CHANGED).representations}
WORDS = {
    "{br}": TAGS["br"],
    "{gzip}": TAGS["gzip"],
    "{plain}": TAGS["identity"],
    "{private}": PRIVATE_TAGS["identity"],
    "{private gzip}": PRIVATE_TAGS["gzip"],
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


CASES = tuple(_cases())


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles with a sound of ten bytes."""
    directory = tmp_path_factory.mktemp("wire")
    (directory / "news").mkdir()
    (directory / SOUND.source).write_bytes(b"0123456789")
    return directory


@pytest.fixture(scope="module", params=["express", "plain"])
def wire(request: pytest.FixtureRequest, directory: Path) -> Iterator[Wire]:
    """Where a worker listens, with the express lane and without it; its clock stands still."""
    store = MemoryStore()
    moved = Document("/rss", "", b"", status=301, location="https://x.example/rss.xml")
    sound = Document(SOUND.path, "", b"", file=SOUND, hot=False)
    store.publish(feed(), page(), missing(), page("gone", "/gone", status=410), moved, sound, *_previewed())
    store.publish(PRIVATE[0], replace(PRIVATE[1], hot=False))
    store.admit(t0ken="/members/")
    with pytest.MonkeyPatch.context() as patch:
        if cast(str, request.param) == "plain":
            patch.setattr(server, "express", lambda _lane, limits, clock: guarded(limits, clock))
        worker = Worker(store, directory, clock=lambda: NOW + 0.5)
        yield worker.wire
        worker.stop()


def _previewed() -> Iterator[Document]:
    """Feeds with the pages that browsers get in their place."""
    html = "text/html; charset=utf-8"
    yield Document("/news/rss.xml", "application/rss+xml", b"<rss/>", previewed=True)
    yield Document("/news/archive/1/rss.xml", "application/rss+xml", b"<rss/>", previewed=True, hot=False)
    yield Document("/news/archive/1/", html, b"<title>archive 1</title>", hot=False)
    yield Document(preview_path("/news/"), html, b"<title>of the feed</title>\n", previewed=True, hot=False)


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
    """On the express lane and on the way through ASGI."""
    status, fields, content = ask(wire, case)
    check(case, (status, fields, content))
    assert "date" in fields
    if status == 200 and case.line.split("?")[0].endswith(("/atom.xml", "/%61tom.xml")):
        decode = {"br": brotli.decompress, "gzip": gzip.decompress}.get(fields.get("content-encoding", ""), bytes)
        whole_feed = PRIVATE[0] if "private" in case.line else feed()
        assert decode(content) == whole_feed.content
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


def test_there_are_enough_cases() -> None:
    """And no two of one name."""
    assert len({case.name for case in CASES}) == len(CASES) >= 150
