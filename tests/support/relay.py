"""A relay between a reader and a service: notes with which status each request was answered."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx2
from serving import PATIENCE

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


class Relay:
    """Passes requests on to the service at ``origin``, with their fields and without naming itself."""

    def __init__(self, origin: str) -> None:
        """Take the service's address."""
        self.statuses: list[int] = []
        """Of all answers, in their order."""
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fields = list(self.headers.items())
                with (
                    httpx2.Client(timeout=PATIENCE) as client,
                    client.stream("GET", origin + self.path, headers=fields) as answer,
                ):
                    body = b"".join(answer.iter_raw())
                relay.statuses.append(answer.status_code)
                self.send_response_only(answer.status_code)
                for name, value in answer.headers.multi_items():
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
