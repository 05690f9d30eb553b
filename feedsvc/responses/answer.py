"""The answer to one request, chosen from the prepared representations of a response (RFC 9110).

Content negotiation chooses the coding (section 12.5.3), conditional requests decide whether the client has it
already (section 13), and the freshness says how long caches may reuse the answer without asking (RFC 9111, section
5.2.2; RFC 5861).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from feedsvc.core.timestamps import http_date, parse_http_date
from feedsvc.documents.model import Caching
from feedsvc.responses.builder import quoted
from feedsvc.responses.encodings import choose
from feedsvc.responses.response import PreparedResponse, Variant


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
    since = None if request.if_unmodified_since is None else parse_http_date(request.if_unmodified_since, now)
    return since is not None and ready.last_modified > since  # what is no date is ignored (section 13.1.4)


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


_LONGEST_CONDITION = 8192
"""The most bytes of an If-None-Match or If-Match that is parsed: room for 300 of feedsvc's entity tags."""


def known_tag(if_none_match: bytes, tags: Collection[bytes], current: bytes) -> bytes | None:
    """Find the entity tag of the response that the client has already (RFC 9110, section 13.1.2).

    Any coding's tag will do: the client can decode what it has. The comparison is weak, because a proxy
    that compressed our bytes marks the tag so.

    Args:
        if_none_match: The field's value.
        tags: The tags of all codings of the response, with their quotes.
        current: The tag of the representation that this request would get.

    Returns:
        The tag that the 304 repeats: ``current`` where it is listed or the value is ``*``; None where the
        response has to be sent.
    """
    value = if_none_match.strip()
    if value == b"*":
        return current
    if len(value) > _LONGEST_CONDITION:
        return None
    # A tag holds no quote, so a member equal to one of ours is ours even if a foreign tag holds commas.
    members = {member.strip().removeprefix(b"W/") for member in value.split(b",")}
    if current in members:
        return current
    return next((tag for tag in tags if tag in members), None)


def matches(if_match: bytes, tags: Collection[bytes]) -> bool:
    """Whether the client's If-Match holds (RFC 9110, section 13.1.1).

    The comparison is strong: a weak tag promises less than is asked for. Any coding's tag will do, as it names
    bytes that this response has now.

    Args:
        if_match: The field's value; ``*`` matches whatever is there.
        tags: The tags of all codings of the response, with their quotes.
    """
    value = if_match.strip()
    if value == b"*":
        return True
    if len(value) > _LONGEST_CONDITION:
        return False
    members = {member.strip() for member in value.split(b",")}
    return any(tag in members for tag in tags)


def unmodified_since(if_modified_since: bytes, last_modified: int, now: int) -> bool:
    """Whether nothing changed since the client's date (RFC 9110, section 13.1.3).

    A value that is no date, or is in the future, is ignored.

    Args:
        if_modified_since: The field's value.
        last_modified: The true time of the last change, in seconds since 1970. It may lie ahead of ``now`` by
            a second or two, while the client was told ``now``: so two changes within one second are both seen.
        now: Seconds since 1970.
    """
    since = parse_http_date(if_modified_since, now)
    return since is not None and last_modified <= since <= now


MISSING_MAX_AGE = 10
"""The most seconds that a 404 may be cached, so that it does not hide an article which is published meanwhile."""
IMMUTABLE = "max-age=31536000, immutable"
"""Cache-Control of a URL that contains the digest of its bytes (RFC 8246)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The freshness that the operator has chosen for responses, in seconds."""

    max_age: int = 60
    """Seconds for which a cache may use a copy without asking."""
    stale_while_revalidate: int = 60
    """Seconds after max_age for which a cache may answer at once and ask meanwhile."""
    stale_if_error: int = 86_400
    """Seconds after max_age for which a cache may answer while feedsvc does not."""
    shared_max_age: int | None = None
    """The max_age of caches that several clients share; None if it is the same."""
    private: bool = False
    """Whether only the client's own cache may store responses (RFC 9111, section 5.2.2.7)."""

    @property
    def audience(self) -> str:
        """The directive of Cache-Control that says which caches may store a response."""
        return "private" if self.private else "public"


def cache_control(policy: Policy, now: int, next_moment: int | None) -> str:
    """The Cache-Control field of a document.

    None of its lifetimes reaches past the next moment at which something appears or expires, so that no
    cache shows what must be gone. Only max-age keeps one second when that moment is there or overdue: shared
    caches drop the conditions of a request for what is never fresh, and would fetch whole feeds.

    Args:
        policy: The wanted lifetimes.
        now: Seconds since 1970.
        next_moment: Seconds since 1970, or None if nothing is scheduled.
    """
    fresh, stale, error = policy.max_age, policy.stale_while_revalidate, policy.stale_if_error
    shared = None if policy.private else policy.shared_max_age
    if next_moment is not None:
        left = max(1, next_moment - now)
        fresh = min(fresh, left)
        shared = None if shared is None else min(shared, left)
        rest = left - max(fresh, shared or 0)  # a copy may be old only after it was fresh
        stale, error = min(stale, rest), min(error, rest)
    parts = [policy.audience, f"max-age={fresh}"]
    if shared is not None:
        parts.append(f"s-maxage={shared}")
    if stale:
        parts.append(f"stale-while-revalidate={stale}")
    if error:
        parts.append(f"stale-if-error={error}")
    return ", ".join(parts)


def brief_cache_control(policy: Policy, now: int, next_moment: int | None) -> str:
    """The Cache-Control field of a 404: at most ten seconds, and not longer than for a document."""
    shared = None if policy.shared_max_age is None else min(policy.shared_max_age, MISSING_MAX_AGE)
    brief = Policy(min(policy.max_age, MISSING_MAX_AGE), 0, 0, shared, policy.private)
    return cache_control(brief, now, next_moment)


@lru_cache(maxsize=8)
def lifetimes(policy: Policy, now: int, next_moment: int | None) -> Mapping[Caching, bytes]:
    """The Cache-Control field of every kind of response at one second, in bytes."""
    return {
        "usual": cache_control(policy, now, next_moment).encode("ascii"),
        "brief": brief_cache_control(policy, now, next_moment).encode("ascii"),
        "immutable": f"{policy.audience}, {IMMUTABLE}".encode("ascii"),
    }
