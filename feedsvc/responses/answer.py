"""The answer to one request, picked from what was prepared."""

from dataclasses import dataclass

from feedsvc.responses.conditions import known_tag, unmodified_since
from feedsvc.responses.dates import http_date
from feedsvc.responses.negotiate import choose
from feedsvc.responses.ready import Ready, Variant
from feedsvc.responses.request import Request

_NOT_ALLOWED = b"This address can only be read: it answers GET and HEAD.\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields in the order they are sent, and content."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    file: str | None = None
    """Where the content is a file: its path below the articles directory, for HEAD too; ``body`` is empty then."""


def answer(request: Request, ready: Ready, now: int, cache_control: bytes) -> Answer:
    """Answer a request for a path (RFC 9110, sections 9.3, 13.2 and 15).

    Args:
        request: What the client asked.
        ready: What the path holds.
        now: Seconds since 1970.
        cache_control: The freshness that the answer is given, see :attr:`Ready.lifetime`.
    """
    if request.method not in ("GET", "HEAD"):
        return _not_allowed(now)
    variant = ready.variants[choose(request.accept_encoding, ready.offered)]
    headers = [(b"date", http_date(now)), (b"cache-control", cache_control)]
    if ready.status == 200:
        known = _known(request, ready, variant, now)
        if known is not None:
            headers += known.unchanged
            return Answer(304, headers, b"")
        headers.append(_modified(ready, now))
    headers += variant.fields
    body = b"" if request.method == "HEAD" else variant.body
    return Answer(ready.status, headers, body, ready.file)


def _known(request: Request, ready: Ready, variant: Variant, now: int) -> Variant | None:
    """The variant that the client has, if it shows one; the tag goes before the date (section 13.2.2)."""
    if request.if_none_match is not None:
        tag = known_tag(request.if_none_match, ready.tags, variant.etag)
        return None if tag is None else ready.tags[tag]
    since = request.if_modified_since
    if since is not None and unmodified_since(since, ready.last_modified, now):
        return variant
    return None


def _modified(ready: Ready, now: int) -> tuple[bytes, bytes]:
    """Last-Modified, never later than Date (section 8.8.2.1)."""
    return ready.modified if ready.last_modified <= now else (b"last-modified", http_date(now))


def _not_allowed(now: int) -> Answer:
    """405 (section 15.5.6)."""
    headers = [
        (b"date", http_date(now)),
        (b"allow", b"GET, HEAD"),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_NOT_ALLOWED)).encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(405, headers, _NOT_ALLOWED)
