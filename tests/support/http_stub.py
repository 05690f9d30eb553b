"""The one HTTP server that tests start by themselves, and what it plays: another platform, a host, a proxy."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
from serving import PATIENCE

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    path: str
    """With its query."""
    fields: tuple[tuple[str, str], ...]
    """The header, as it came."""
    body: bytes = b""

    def field(self, name: str) -> str:
        """The value of a header field; empty where it is not there."""
        return next((value for known, value in self.fields if known.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: int
    fields: tuple[tuple[str, str], ...] = ()
    """Content-Length is added where there is a body."""
    body: bytes = b""


class HttpStub:
    """Answers requests on a free port while its block runs, by :meth:`answer` of a subclass."""

    def __init__(self) -> None:
        stub = self
        self.requests: list[Asked] = []
        """All that came, in their order."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", "0")))
                asked = Asked(self.command, self.path, tuple(self.headers.items()), content)
                stub.requests.append(asked)
                found = stub.answer(asked)
                self.send_response_only(found.status)
                for name, value in (*found.fields, ("connection", "close")):
                    self.send_header(name, value)
                if found.body and "content-length" not in {name.lower() for name, _ in found.fields}:
                    self.send_header("content-length", str(len(found.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(found.body)
                self.close_connection = True

            def do_HEAD(self) -> None:
                self.do_GET()

            do_POST = do_GET  # noqa: N815 - http.server looks for these names
            do_PUT = do_GET  # noqa: N815 - see above
            do_PURGE = do_GET  # noqa: N815 - see above

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, asked: Asked) -> Answer:
        """Decide the answer; called in a thread of the server."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class DocumentServer(HttpStub):
    """Another platform: gives ``documents`` by path and query; ``{url}`` in them stands for its address."""

    def __init__(self, documents: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.documents = dict(documents or {})

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for."""
        return [request.path for request in self.requests]

    def answer(self, asked: Asked) -> Answer:
        """A document, or 404."""
        text = self.documents.get(asked.path)
        return Answer(404) if text is None else Answer(200, body=text.replace("{url}", self.url).encode())


class BlogHost(HttpStub):
    """The host of a blog: its files below ``site``, until ``behind`` is the address of what takes its place."""

    def __init__(self, site: Path) -> None:
        super().__init__()
        self.site = site
        self.behind = ""

    def answer(self, asked: Asked) -> Answer:
        """The file, or what the service behind it says."""
        if self.behind:
            plain = {"accept-encoding": "identity", "user-agent": asked.field("user-agent")}
            found = httpx2.get(self.behind + asked.path, headers=plain, timeout=PATIENCE)
            kept = (pair for pair in found.headers.items() if pair[0] in {"content-type", "location"})
            return Answer(found.status_code, tuple(kept), found.content)
        file = self.site / asked.path.lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        return Answer(200, (("content-type", "text/html"),), file.read_bytes()) if file.is_file() else Answer(404)


class RecordingProxy(HttpStub):
    """Passes requests on to ``origin`` with all their fields, and notes the status of each answer."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin
        self.statuses: list[int] = []
        """Of all answers, in their order."""

    def answer(self, asked: Asked) -> Answer:
        """What the origin says, byte for byte."""
        with (
            httpx2.Client(timeout=PATIENCE) as client,
            client.stream("GET", self._origin + asked.path, headers=list(asked.fields)) as found,
        ):
            body = b"".join(found.iter_raw())
        self.statuses.append(found.status_code)
        kept = (pair for pair in found.headers.multi_items() if pair[0].lower() not in _HOP_BY_HOP)
        return Answer(found.status_code, tuple(kept), body)
