"""The answer to one request, chosen from the prepared representations of a response."""

from dataclasses import dataclass, replace

from feedsvc.responses.builder import quoted
from feedsvc.responses.conditional import known_tag, matches, modified_since, unmodified_since
from feedsvc.responses.http_dates import http_date
from feedsvc.responses.negotiation import choose
from feedsvc.responses.prepared import PreparedResponse, Variant


@dataclass(frozen=True, slots=True)
class Request:
    """Method and header fields that decide the answer, as they came over the wire; None for a missing field.

    A field that came on several lines is one, joined by commas (RFC 9110, section 5.3).
    """

    method: str
    if_none_match: bytes | None = None
    if_modified_since: bytes | None = None
    accept_encoding: bytes | None = None
    if_match: bytes | None = None
    if_unmodified_since: bytes | None = None


ALLOW = b"GET, HEAD, OPTIONS"
_NOT_ALLOWED = b"This address can only be read: it answers GET and HEAD.\n"
_PRECONDITION_FAILED = b"This address does not hold what the condition of the request names.\n"
_UNAUTHORIZED = b"This site is for its readers: please give your name and your token.\n"
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    # Beside those that need no leave (Fetch, CORS-safelisted request-header): what a reader's script may send.
    (b"access-control-allow-headers", b"Cache-Control, If-Modified-Since, If-None-Match"),
    (b"access-control-max-age", b"86400"),
)
"""CORS fields of a URL that scripts of any site may read, also by conditional requests (Fetch, CORS-preflight)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the header fields in the order in which they are sent, and the content."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    file: str | None = None
    """If the content is a file, its path below the articles directory, for HEAD too; ``body`` is empty then."""


def answer(request: Request, ready: PreparedResponse, now: int, cache_control: bytes) -> Answer:
    """Answer a request for a path (RFC 9110, sections 9.3, 13.2 and 15).

    Args:
        request: What the client asked.
        ready: What the path holds.
        now: Seconds since 1970.
        cache_control: The freshness that the answer is given, see :attr:`feedsvc.documents.model.Traits.caching`.
    """
    if request.method == "OPTIONS":
        return _options(ready, now)
    if request.method not in ("GET", "HEAD"):
        return _refused(405, _NOT_ALLOWED, now)
    variant = ready.variants[choose(request.accept_encoding, ready.offered)]
    headers = [(b"date", http_date(now)), (b"cache-control", cache_control)]
    if ready.status == 200:
        if _fails(request, ready, now):
            refused = _refused(412, _PRECONDITION_FAILED, now)
            return replace(refused, body=b"") if request.method == "HEAD" else refused
        known = _known(request, ready, variant, now)
        if known is not None:
            headers += known.unchanged
            return Answer(304, headers, b"")
        headers += _modified(ready, now)
    headers += variant.fields
    body = b"" if request.method == "HEAD" else variant.body
    return Answer(ready.status, headers, body, ready.file)


def unauthorized(now: int, realm: str) -> Answer:
    """401 for a request without the token of a reader (RFC 9110, 15.5.2), with a challenge (RFC 7617, 2).

    Args:
        now: Seconds since 1970.
        realm: Names the site that the credentials are for, in ASCII; clients send them to no other.
    """
    refused = _refused(401, _UNAUTHORIZED, now)
    challenge = f'Basic realm={quoted(realm)}, charset="UTF-8"'.encode("ascii")
    fields = [(b"cache-control", b"no-store"), (b"www-authenticate", challenge)]
    return Answer(401, [*refused.headers, *fields], refused.body)


def _fails(request: Request, ready: PreparedResponse, now: int) -> bool:
    """Whether If-Match or If-Unmodified-Since of the request fails (section 13.2.2, steps 1 and 2)."""
    if request.if_match is not None:
        return not matches(request.if_match, ready.tags)
    since = request.if_unmodified_since
    return since is not None and modified_since(since, ready.last_modified, now)


def _known(request: Request, ready: PreparedResponse, variant: Variant, now: int) -> Variant | None:
    """The variant that the client has already, by its entity tag or otherwise by its date (section 13.2.2)."""
    if request.if_none_match is not None:
        tag = known_tag(request.if_none_match, ready.tags, variant.etag)
        return None if tag is None else ready.tags[tag]
    since = request.if_modified_since
    if since is not None and unmodified_since(since, ready.last_modified, now):
        return variant
    return None


def _modified(ready: PreparedResponse, now: int) -> list[tuple[bytes, bytes]]:
    """Last-Modified, once its second is over; until then another version could get the same date.

    A time that lies ahead must not be sent, and cut to Date it would name two versions (sections 8.8.2.1 and
    8.8.2.2): newsboat keeps the tag of the second, and lets curl drop its content as no newer than what it has. A
    file never changes under its address, and has a date at once.
    """
    if ready.last_modified < now:
        return [ready.modified]
    return [] if ready.file is None else [(b"last-modified", http_date(min(ready.last_modified, now)))]


def _options(ready: PreparedResponse, now: int) -> Answer:
    """The answer to OPTIONS (section 9.3.7): the methods, and whether scripts of other sites may use them."""
    headers = [(b"date", http_date(now)), (b"allow", ALLOW), (b"cache-control", b"no-store")]
    cross = [field for field in ready.variants["identity"].fields if field[0] == b"access-control-allow-origin"]
    return Answer(204, [*headers, *cross, *(_PREFLIGHT if cross else ())], b"")


def _refused(status: int, words: bytes, now: int) -> Answer:
    """An answer with an error status: 401, 405 or 412 (sections 15.5.2, 15.5.6 and 15.5.13)."""
    headers = [
        (b"date", http_date(now)),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(status, [*headers, (b"allow", ALLOW)] if status == 405 else headers, words)
