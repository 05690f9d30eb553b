"""Answers to what is no request that could be served, in the bytes of the wire; the last ones of a connection."""

from http import HTTPStatus

from feedsvc.responses.dates import http_date

_WORDS = {
    400: "This is no HTTP/1.1 request.",
    408: "The request did not come to its end in time.",
    413: "The content of the request is too large.",
    431: "The header of the request is too large.",
    505: "Only HTTP/1.1 is spoken here, and HTTP/1.0.",
}


def refusal(status: int, now: int) -> bytes:
    """Head and content of an answer with one of the statuses 400, 408, 413, 431 and 505 at the second ``now``."""
    words = f"{_WORDS[status]}\n".encode("ascii")
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii"),
        b"date: " + http_date(now),
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(words),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", words])
