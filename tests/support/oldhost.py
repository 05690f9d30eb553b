"""The host of a blog: first its own files, then whatever stands behind it, under the same address."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
from serving import PATIENCE


class OldHost:
    """Serves the files below ``site``; once ``behind`` is an address, it hands every request on to that."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.behind = ""
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, fields, body = host.answer(self.path, dict(self.headers.items()))
                self.send_response(status)
                for name, value in (fields | {"content-length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, header fields and content for a path."""
        if self.behind:
            plain = {"accept-encoding": "identity", "user-agent": fields.get("User-Agent", "")}
            found = httpx2.get(self.behind + path, headers=plain, timeout=PATIENCE)
            kept = {name: value for name, value in found.headers.items() if name in {"content-type", "location"}}
            return found.status_code, kept, found.content
        file = self.site / path.lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        return (200, {"content-type": "text/html"}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
