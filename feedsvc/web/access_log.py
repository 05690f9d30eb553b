"""The access log: a line of JSON for each answer, on standard output, if the operator wants one.

The answers are counted here as well, except for those of the fast path, which counts its own. The log names no
token: ``-`` stands for that of a reader of a private site or of an outside hub. Of queries, of credentials and of
the page that a client came from nothing is told. Lines are written by a thread of their own. Where whoever reads
them is too slow, lines are left out and counted, and no answer waits.
"""

import json
import os
import queue
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.core.urls import HUB
from feedsvc.responses.site_readers import PREFIX
from feedsvc.web.request_counts import RequestCounts, series
from feedsvc.web.requests import KIND

_MOST = 10_000
"""Lines that may wait to be written."""
_TOKEN = re.compile(rf"((?:{PREFIX.rstrip('/')}|{HUB})/+)[^/]+", re.IGNORECASE)
"""A token, and what comes before it in an address of a private site's reader, and in the callback for a hub."""
_LONGEST = 512
"""Characters of a path or of a client's name for itself that are told; a line has to fit into one write."""


class LoggedAnswer(NamedTuple):
    """The facts about an answer that are logged beside its request."""

    status: int
    length: int
    """Bytes of content."""
    kind: str
    coding: str
    seconds: float
    time: float
    """When it was given, in seconds since 1970."""


class AccessLog:
    """Writes the lines of one worker."""

    def __init__(self, descriptor: int = 1) -> None:
        """Take where to write; standard output by default."""
        self._descriptor = descriptor
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._left_out = 0
        threading.Thread(target=self._write, name="access log", daemon=True).start()

    def note(self, scope: Scope, answered: LoggedAnswer) -> None:
        """Have a line written for the answer to the request of ``scope``."""
        if self._lines.qsize() >= _MOST:
            self._left_out += 1
            return
        line: Mapping[str, object] = {
            "time": datetime.fromtimestamp(answered.time, UTC).isoformat(timespec="milliseconds"),
            "client": (scope.get("client") or ("",))[0],
            "method": scope["method"],
            "path": without_token(scope["path"])[:_LONGEST],
            "status": answered.status,
            "bytes": answered.length,
            "kind": answered.kind,
            "coding": answered.coding,
            "seconds": round(answered.seconds, 6),
            "user_agent": _user_agent(scope)[:_LONGEST],
        }
        if self._left_out:
            line = {**line, "left_out": self._left_out}
            self._left_out = 0
        self._lines.put(json.dumps(line).encode("ascii") + b"\n")

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except OSError:  # nobody reads them any more
                return


def without_token(path: str) -> str:
    """A path in which ``-`` stands for a token: also below a base path, and where the address is misspelt."""
    return _TOKEN.sub(r"\1-", path)


def counted(app: ASGIApp, counts: RequestCounts, log: AccessLog | None = None) -> ASGIApp:
    """The application ``app``; each answer is counted once it was sent, and logged if there is a ``log``."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        began, status, length, coding = time.monotonic(), 0, 0, "identity"

        async def sending(message: Message) -> None:
            nonlocal status, length, coding
            if message["type"] == "http.response.start":
                status = message["status"]
                coding = dict(message["headers"]).get(b"content-encoding", b"identity").decode("ascii")
            else:
                length += len(message.get("body", b""))
            await send(message)

        try:
            await app(scope, receive, sending)
        finally:
            if status:
                kind, seconds = state.get(KIND, "none"), time.monotonic() - began
                coding = coding if length else "none"
                counts.answered(series(status, kind, coding), length, seconds)
                if log is not None:
                    log.note(scope, LoggedAnswer(status, length, kind, coding, seconds, time.time()))

    return counting


def _user_agent(scope: Scope) -> str:
    """The first User-Agent of a request; empty if there is none."""
    found = (value for name, value in scope["headers"] if name == b"user-agent")
    return bytes(next(found, b"")).decode("latin-1")
