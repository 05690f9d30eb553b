"""Answers: RFC 9110, sections 9.3, 12.5.3, 13 and 15."""

from dataclasses import replace

import pytest

from feedsvc.articles.model import MediaFile
from feedsvc.core.timestamps import http_date
from feedsvc.documents import model
from feedsvc.documents.model import Document, Link
from feedsvc.responses import response
from feedsvc.responses.answer import (
    Answer,
    Policy,
    Request,
    answer,
    brief_cache_control,
    cache_control,
    known_tag,
    lifetimes,
    unmodified_since,
)
from feedsvc.responses.builder import prepare
from feedsvc.responses.response import Response, prepare_response

NOW = 2_000_000_000
CHANGED = NOW - 500
CACHE = b"public, max-age=60"
TEXT = b"<feed>" + b"<entry>words</entry>" * 100 + b"</feed>"
FEED = prepare(
    Document(
        "/atom.xml",
        model.FEED,
        "application/atom+xml; charset=utf-8",
        TEXT,
        links=(Link("https://x.example/a", "self"),),
    ),
    "key",
    CHANGED,
)
FILE = prepare(
    Document(
        "/media/ab/a.png",
        model.MEDIA,
        "",
        b"",
        file=MediaFile("a.png", "/media/ab/a.png", "image/png", 4711, "ab" * 32),
    ),
    "key",
    CHANGED,
)
MOVED = prepare(Document("/rss", model.REDIRECT, "", b"", location="https://x.example/rss.xml"), "key", CHANGED)
MISSING = prepare(
    Document(model.NOT_FOUND_PATH, model.NOT_FOUND, "text/html; charset=utf-8", TEXT), "key", CHANGED
)
GONE = prepare(Document("/gone", model.GONE, "text/html; charset=utf-8", TEXT), "key", CHANGED)
RESPONSES = {200: FEED, 301: MOVED, 404: MISSING, 410: GONE}
BR, GZIP, PLAIN = (each.etag.encode() for each in FEED.representations)


def ask(request: Request, status: int = 200) -> Answer:
    """The answer of the response with that status."""
    return answer(request, prepare_response(RESPONSES[status]), NOW, CACHE)


def names(given: Answer) -> set[bytes]:
    """The names of all fields, none of which may come twice."""
    assert len({name for name, _ in given.headers}) == len(given.headers)
    return {name for name, _ in given.headers}


def test_a_feed_comes_with_all_that_a_cache_needs() -> None:
    """RFC 9110, 8.8 and RFC 9111, 5: validators, freshness, date, and what it varies by."""
    given = ask(Request("GET", accept_encoding=b"gzip"))
    assert dict(given.headers) == {
        b"date": http_date(NOW),
        b"cache-control": CACHE,
        b"last-modified": http_date(CHANGED),
        b"content-type": b"application/atom+xml; charset=utf-8",
        b"link": b'<https://x.example/a>; rel="self"',
        b"vary": b"Accept-Encoding",
        b"x-content-type-options": b"nosniff",
        b"access-control-allow-origin": b"*",
        b"access-control-expose-headers": b"ETag, Link",
        b"content-encoding": b"gzip",
        b"etag": GZIP,
        b"content-length": str(len(given.body)).encode(),
    }
    assert (given.status, given.file) == (200, None)
    names(given)


def test_identity_names_no_coding() -> None:
    """RFC 9110, 8.4: identity is not sent in Content-Encoding."""
    given = ask(Request("GET"))
    assert given.body == TEXT
    assert b"content-encoding" not in names(given)


def test_an_unchanged_feed_costs_a_304_without_content() -> None:
    """RFC 9110, 15.4.5: it repeats what a cache would update, and nothing of the content."""
    given = ask(Request("GET", if_none_match=GZIP, accept_encoding=b"gzip"))
    assert (given.status, given.body) == (304, b"")
    assert names(given) == {
        b"date",
        b"cache-control",
        b"vary",
        b"link",
        b"etag",
        b"access-control-allow-origin",
        b"access-control-expose-headers",
    }


OLD, NEW, DATE, LATER = b'"old"', GZIP, http_date(CHANGED), http_date(CHANGED - 1)


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "status", "etag"),
    [
        pytest.param(None, None, 200, GZIP, id="no condition"),
        pytest.param(NEW, None, 304, GZIP, id="13.1.2 current tag"),
        pytest.param(b"W/" + NEW, None, 304, GZIP, id="13.1.2 weak tag"),
        pytest.param(BR, None, 304, BR, id="another coding's tag"),
        pytest.param(PLAIN, None, 304, PLAIN, id="identity's tag"),
        pytest.param(b"*", None, 304, GZIP, id="13.1.2 asterisk"),
        pytest.param(OLD + b", " + NEW, None, 304, GZIP, id="13.1.2 list"),
        pytest.param(OLD, None, 200, GZIP, id="13.1.2 old tag"),
        pytest.param(None, DATE, 304, GZIP, id="13.1.3 current date"),
        pytest.param(None, LATER, 200, GZIP, id="13.1.3 changed since"),
        pytest.param(None, b"junk", 200, GZIP, id="13.1.3 no date"),
        pytest.param(None, http_date(NOW + 60), 200, GZIP, id="date in the future"),
        pytest.param(OLD, DATE, 200, GZIP, id="13.2.2 tag before date: old tag, current date"),
        pytest.param(NEW, LATER, 304, GZIP, id="13.2.2 tag before date: current tag, old date"),
        pytest.param(b"junk", DATE, 200, GZIP, id="13.1.3 a malformed tag still hides the date"),
        pytest.param(b"", DATE, 200, GZIP, id="13.1.3 an empty one as well"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions_are_heeded_in_their_order(
    method: str, if_none_match: bytes | None, if_modified_since: bytes | None, status: int, etag: bytes
) -> None:
    """RFC 9110, 13.2.2: If-None-Match decides where it is; If-Modified-Since only without it."""
    given = ask(Request(method, if_none_match, if_modified_since, b"gzip"))
    assert (given.status, dict(given.headers)[b"etag"]) == (status, etag)


@pytest.mark.parametrize("status", [200, 301, 404, 410])
@pytest.mark.parametrize("accepted", [None, b"gzip", b"br"], ids=["plain", "gzip", "br"])
def test_head_is_get_without_content(status: int, accepted: bytes | None) -> None:
    """RFC 9110, 9.3.2: the same fields, Content-Length included."""
    got = ask(Request("GET", accept_encoding=accepted), status)
    head = ask(Request("HEAD", accept_encoding=accepted), status)
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
    assert dict(got.headers)[b"content-length"] == str(len(got.body)).encode()


@pytest.mark.parametrize("status", [301, 404, 410])
@pytest.mark.parametrize(
    "request_",
    [Request("GET", if_none_match=b"*"), Request("GET", if_modified_since=http_date(NOW))],
    ids=["tag", "date"],
)
def test_only_a_200_can_be_unchanged(status: int, request_: Request) -> None:
    """RFC 9110, 13.2.1: conditions are ignored where the answer without them would be no success."""
    given = ask(request_, status)
    assert given.status == status
    assert not {b"etag", b"last-modified"} & names(given)


def test_a_redirect_says_where_to() -> None:
    """RFC 9110, 15.4.2."""
    given = ask(Request("GET"), 301)
    assert dict(given.headers)[b"location"] == b"https://x.example/rss.xml"
    assert dict(given.headers)[b"cache-control"] == CACHE


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "PROPFIND"])
@pytest.mark.parametrize("status", [200, 404])
def test_other_methods_are_refused_with_those_that_work(method: str, status: int) -> None:
    """RFC 9110, 15.5.6: a 405 names the methods allowed; methods know case (9.1)."""
    given = ask(Request(method, if_none_match=b"*"), status)
    assert given.status == 405
    assert dict(given.headers)[b"allow"] == b"GET, HEAD, OPTIONS"
    assert dict(given.headers)[b"content-length"] == str(len(given.body)).encode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("if_match", "if_unmodified_since", "if_none_match", "status"),
    [
        pytest.param(NEW, None, None, 200, id="13.1.1 current tag"),
        pytest.param(BR, None, None, 200, id="13.1.1 another coding's tag"),
        pytest.param(b"*", None, None, 200, id="13.1.1 asterisk"),
        pytest.param(OLD, None, None, 412, id="13.1.1 old tag"),
        pytest.param(OLD + b", " + NEW, None, None, 200, id="13.1.1 list"),
        pytest.param(b"W/" + NEW, None, None, 412, id="13.1.1 weak tag: the comparison is strong"),
        pytest.param(b"junk", None, None, 412, id="13.1.1 malformed"),
        pytest.param(b'"' + b"x" * 9000 + b'", ' + NEW, None, None, 412, id="oversized"),
        pytest.param(None, DATE, None, 200, id="13.1.4 current date"),
        pytest.param(None, LATER, None, 412, id="13.1.4 changed since"),
        pytest.param(None, b"junk", None, 200, id="13.1.4 no date"),
        pytest.param(NEW, LATER, None, 200, id="13.2.2 tag before date: current tag, old date"),
        pytest.param(OLD, DATE, None, 412, id="13.2.2 tag before date: old tag, current date"),
        pytest.param(NEW, None, NEW, 304, id="13.2.2 a condition that holds goes on to the next"),
        pytest.param(OLD, None, NEW, 412, id="13.2.2 a condition that fails ends it"),
        pytest.param(None, LATER, NEW, 412, id="13.2.2 so does a date that fails"),
    ],
)
def test_who_wants_only_a_certain_state_gets_no_other(
    method: str,
    if_match: bytes | None,
    if_unmodified_since: bytes | None,
    if_none_match: bytes | None,
    status: int,
) -> None:
    """RFC 9110, 13.2.2, steps 1 and 2: If-Match, or without it If-Unmodified-Since, comes before all else."""
    request = Request(method, if_none_match, None, b"gzip", if_match, if_unmodified_since)
    given = ask(request)
    assert given.status == status
    assert status != 412 or (b"content-type" in names(given) and (given.body == b"") == (method == "HEAD"))


@pytest.mark.parametrize("status", [200, 301, 404, 410])
def test_options_tell_what_can_be_done(status: int) -> None:
    """RFC 9110, 9.3.7: for any address, and nothing to be stored."""
    given = ask(Request("OPTIONS", if_none_match=b"*"), status)
    assert (given.status, given.body) == (204, b"")
    assert dict(given.headers)[b"allow"] == b"GET, HEAD, OPTIONS"
    assert not {b"etag", b"content-length", b"content-type"} & names(given)


@pytest.mark.parametrize(("status", "opened"), [(200, True), (404, False)])
def test_scripts_of_any_site_may_ask_for_feeds_under_conditions(status: int, opened: bool) -> None:
    """Fetch, CORS-preflight: a reader in a browser polls with If-None-Match; pages are not for it."""
    fields = dict(ask(Request("OPTIONS"), status).headers)
    assert (fields.get(b"access-control-allow-origin") == b"*") == opened
    assert (b"If-None-Match" in fields.get(b"access-control-allow-headers", b"")) == opened
    assert (fields.get(b"access-control-allow-methods") == b"GET, HEAD") == opened


@pytest.mark.parametrize(
    ("ago", "document", "told"),
    [
        pytest.param(1, FEED, NOW - 1, id="its second is over"),
        pytest.param(0, FEED, None, id="in this second another version may come"),
        pytest.param(-1, FEED, None, id="the second change of a second lies ahead"),
        pytest.param(-30, FEED, None, id="the publisher's clock is ahead"),
        pytest.param(0, FILE, NOW, id="a file never changes"),
        pytest.param(-1, FILE, NOW, id="a file is never younger than its answer"),
    ],
)
def test_last_modified_is_told_once_it_names_one_version(ago: int, document: Response, told: int | None) -> None:
    """RFC 9110, 8.8.2.1 and 8.8.2.2: never later than Date, and never the same for two versions."""
    given = answer(Request("GET"), prepare_response(replace(document, last_modified=NOW - ago)), NOW, CACHE)
    assert dict(given.headers).get(b"last-modified") == (None if told is None else http_date(told))


def test_no_two_versions_are_told_under_one_date() -> None:
    """However fast a feed changes, goes and comes back: it is asked for ten times a second."""
    told: dict[bytes, int] = {}
    kept = NOW - 100
    for tenth in range(60):
        now = NOW + tenth // 10
        # Of two versions a second, one comes after the feed was gone, and knows of none before.
        if tenth % 4 == 0:
            kept = now if tenth % 8 == 4 else max(now, kept + 1)
            version = tenth
        fields = dict(
            answer(Request("GET"), prepare_response(replace(FEED, last_modified=kept)), now, CACHE).headers
        )
        date = fields.get(b"last-modified")
        assert date is None or told.setdefault(date, version) == version


def test_a_change_within_the_same_second_is_not_missed() -> None:
    """RFC 9110, 13.1.3: a client that asks with the date of an answer gets what changed later in that second."""
    prepared = prepare_response(replace(FEED, last_modified=NOW + 1))
    assert answer(Request("GET", if_modified_since=http_date(NOW)), prepared, NOW, CACHE).status == 200
    assert answer(Request("GET", if_modified_since=http_date(NOW)), prepared, NOW + 5, CACHE).status == 200
    assert answer(Request("GET", if_modified_since=http_date(NOW + 1)), prepared, NOW + 5, CACHE).status == 304


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_is_named_not_held(method: str) -> None:
    """Its length is told, its bytes are left to whoever has the disk."""
    given = answer(Request(method, accept_encoding=b"br"), prepare_response(FILE), NOW, CACHE)
    assert (given.status, given.file, given.body) == (200, "a.png", b"")
    assert dict(given.headers)[b"content-length"] == b"4711"
    assert b"vary" not in names(given)


def test_an_unchanged_file_needs_no_disk() -> None:
    """A 304 has no content, so no file either."""
    tag = FILE.representations[0].etag.encode()
    given = answer(Request("GET", if_none_match=tag), prepare_response(FILE), NOW, CACHE)
    assert (given.status, given.file) == (304, None)


def test_memory_and_size_are_told_apart() -> None:
    """A file takes no memory, a feed that of its codings; the plain one is in its gzip."""
    assert (prepare_response(FILE).length, prepare_response(FILE).size) == (0, 4711)
    coded = [each for each in FEED.representations if each.coding != "identity"]
    assert prepare_response(FEED).length == sum(each.length for each in coded) > 0
    assert prepare_response(FEED).size == len(TEXT)


def test_where_clients_send_a_redirect_is_not_kept() -> None:
    """Its Location may have 90 kB, and another with each request; what thousands of responses say is kept once."""
    prepare_response(MOVED)
    kept = response._shared.cache_info().currsize
    for number in range(3):
        location = f"https://x.example/{number}/{'a' * 1000}"
        moved = prepare_response(replace(MOVED, headers=(("location", location), *MOVED.headers[1:])))
        assert (b"location", location.encode()) in moved.variants["identity"].fields
    assert response._shared.cache_info().currsize == kept


BR_TAG, GZIP_TAG, PLAIN_TAG = b'"brbrbrbr"', b'"gzipgzip"', b'"identity"'
TAGS = (BR_TAG, GZIP_TAG, PLAIN_TAG)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b'"gzipgzip"', GZIP_TAG, id="the current one"),
        pytest.param(b' "gzipgzip"\t', GZIP_TAG, id="white space around"),
        pytest.param(b'W/"gzipgzip"', GZIP_TAG, id="weak: 8.8.3.2 weak comparison"),
        pytest.param(b'"brbrbrbr"', BR_TAG, id="another coding's: repeated as the client knows it"),
        pytest.param(b'W/"identity"', PLAIN_TAG, id="another coding's, weak"),
        pytest.param(b"*", GZIP_TAG, id="asterisk: the current one"),
        pytest.param(b" * ", GZIP_TAG, id="asterisk with white space"),
        pytest.param(b'"old", "gzipgzip"', GZIP_TAG, id="in a list"),
        pytest.param(b'"old",W/"gzipgzip" ,"x"', GZIP_TAG, id="in a list without white space"),
        pytest.param(b'"brbrbrbr", "gzipgzip"', GZIP_TAG, id="two of ours: the current one"),
        pytest.param(b',, "gzipgzip",', GZIP_TAG, id="5.6.1 empty members"),
        pytest.param(b'"a,b", "gzipgzip"', GZIP_TAG, id="a comma within a foreign tag"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b'"old"', None, id="unknown"),
        pytest.param(b"gzipgzip", None, id="no quotes: no tag"),
        pytest.param(b'w/"gzipgzip"', None, id="8.8.3 W is a capital"),
        pytest.param(b'W/ "gzipgzip"', None, id="W stands apart"),
        pytest.param(b'"gzipgzip', None, id="no end"),
        pytest.param(b"'gzipgzip'", None, id="other quotes"),
        pytest.param(b'"GZIPGZIP"', None, id="8.8.3 tags know case"),
        pytest.param(b'"gzipgzip" "old"', None, id="no comma"),
        pytest.param(b'*, "old"', None, id="asterisk in a list"),
        pytest.param(b'"\xff\x00"', None, id="odd bytes"),
        pytest.param(b'"' + b"x" * 9000 + b'", "gzipgzip"', None, id="oversized: better sent than searched"),
    ],
)
def test_a_tag_shows_what_the_client_has(value: bytes, expected: bytes | None) -> None:
    """Any coding's tag counts, compared weakly; what is malformed shows nothing."""
    assert known_tag(value, TAGS, GZIP_TAG) == expected


@pytest.mark.parametrize(
    ("since", "last_modified", "expected"),
    [
        pytest.param(NOW - 10, NOW - 10, True, id="the very second"),
        pytest.param(NOW - 5, NOW - 10, True, id="later"),
        pytest.param(NOW - 11, NOW - 10, False, id="a second before"),
        pytest.param(NOW, NOW - 10, True, id="now"),
        pytest.param(NOW + 1, NOW - 10, False, id="in the future: ignored"),
        pytest.param(NOW, NOW + 1, False, id="changed twice in this second"),
    ],
)
def test_a_date_shows_what_the_client_has(since: int, last_modified: int, expected: bool) -> None:
    """Unmodified means not later than the client's date."""
    assert unmodified_since(http_date(since), last_modified, NOW) is expected


@pytest.mark.parametrize("value", [b"", b"never", b"Thu, 32 Jan 1970 00:00:00 GMT"])
def test_an_invalid_date_shows_nothing(value: bytes) -> None:
    """RFC 9110, 13.1.3: a recipient ignores it."""
    assert unmodified_since(value, 0, NOW) is False


POLICY = Policy(max_age=60, stale_while_revalidate=30, stale_if_error=600)
SECOND = 1000


@pytest.mark.parametrize(
    ("next_moment", "expected"),
    [
        pytest.param(
            None, "public, max-age=60, stale-while-revalidate=30, stale-if-error=600", id="nothing scheduled"
        ),
        pytest.param(
            SECOND + 5000, "public, max-age=60, stale-while-revalidate=30, stale-if-error=600", id="far away"
        ),
        pytest.param(
            SECOND + 100,
            "public, max-age=60, stale-while-revalidate=30, stale-if-error=40",
            id="within the error time",
        ),
        pytest.param(
            SECOND + 70,
            "public, max-age=60, stale-while-revalidate=10, stale-if-error=10",
            id="within the stale time",
        ),
        pytest.param(SECOND + 60, "public, max-age=60", id="at the end of freshness"),
        pytest.param(SECOND + 20, "public, max-age=20", id="within freshness"),
        pytest.param(SECOND + 1, "public, max-age=1", id="the next second"),
        pytest.param(SECOND, "public, max-age=1", id="now"),
        pytest.param(SECOND - 30, "public, max-age=1", id="overdue"),
    ],
)
def test_no_lifetime_reaches_past_the_next_moment(next_moment: int | None, expected: str) -> None:
    """What must be gone is shown by no cache; but one second is kept, or caches drop conditions."""
    assert cache_control(POLICY, SECOND, next_moment) == expected


@pytest.mark.parametrize(
    ("next_moment", "expected"),
    [
        pytest.param(
            None, "public, max-age=60, s-maxage=90, stale-while-revalidate=30, stale-if-error=600", id="nothing"
        ),
        pytest.param(
            SECOND + 100,
            "public, max-age=60, s-maxage=90, stale-while-revalidate=10, stale-if-error=10",
            id="within the stale time, which begins after both",
        ),
        pytest.param(SECOND + 80, "public, max-age=60, s-maxage=80", id="within what caches share"),
        pytest.param(SECOND + 20, "public, max-age=20, s-maxage=20", id="within freshness"),
    ],
)
def test_shared_caches_may_have_a_time_of_their_own(next_moment: int | None, expected: str) -> None:
    """RFC 9111, 5.2.2.10; it does not reach past the next moment either, and a 404 keeps its ten seconds."""
    policy = replace(POLICY, shared_max_age=90)
    assert cache_control(policy, SECOND, next_moment) == expected
    assert "s-maxage" not in cache_control(replace(policy, private=True), SECOND, next_moment)
    assert brief_cache_control(policy, SECOND, None) == "public, max-age=10, s-maxage=10"


def test_an_operator_may_want_no_freshness_at_all() -> None:
    """The one second is a floor for the moment, not for the operator."""
    assert cache_control(Policy(0, 0, 0), SECOND, None) == "public, max-age=0"
    assert cache_control(Policy(0, 0, 0), SECOND, SECOND - 1) == "public, max-age=0"


@pytest.mark.parametrize(
    ("policy", "next_moment", "expected"),
    [
        pytest.param(POLICY, None, "public, max-age=10", id="ten seconds"),
        pytest.param(Policy(max_age=5), None, "public, max-age=5", id="not longer than a document"),
        pytest.param(POLICY, SECOND + 3, "public, max-age=3", id="not past the next moment"),
    ],
)
def test_a_missing_page_is_believed_for_a_short_time(
    policy: Policy, next_moment: int | None, expected: str
) -> None:
    """RFC 9111, 4.2.2: without a word a cache would guess a lifetime for a 404."""
    assert brief_cache_control(policy, SECOND, next_moment) == expected


def test_every_kind_of_response_has_its_field() -> None:
    """RFC 8246: what is named by its digest never changes."""
    found = lifetimes(POLICY, SECOND, SECOND + 5)
    assert found == {
        "usual": b"public, max-age=5",
        "brief": b"public, max-age=5",
        "immutable": b"public, max-age=31536000, immutable",
    }
    private = lifetimes(replace(POLICY, private=True), SECOND, SECOND + 5)
    assert private == {kind: value.replace(b"public", b"private") for kind, value in found.items()}
