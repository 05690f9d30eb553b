"""From documents to responses."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedsvc.articles.model import MediaFile
from feedsvc.documents import model
from feedsvc.documents.model import LANDING_PAGE, Document, Link
from feedsvc.responses.builder import CompressionJob, compressed, digest, prepare
from feedsvc.responses.response import Response, prepare_response

ATOM = "application/atom+xml; charset=utf-8"
FEED = Document(
    "/atom.xml", model.FEED, ATOM, b"<feed/>" * 100, links=(Link("https://x.example/atom.xml", "self", ATOM),)
)
PAGE = Document("/a", model.PAGE, "text/html; charset=utf-8", b"<p>a</p>")
PICTURE = MediaFile("news/a.png", "/media/ab/a.png", "image/png", 4711, "ab" * 32)


def fields(document: Document) -> dict[str, str]:
    """The prepared header fields by name."""
    return dict(prepare(document, "key", 1000).headers)


def of_file(**changes: str) -> Document:
    """A media file, with some of its record changed."""
    return Document(PICTURE.path, model.MEDIA, "", b"", file=replace(PICTURE, **changes))  # type: ignore[arg-type]


def test_a_response_keeps_what_the_document_and_the_round_say() -> None:
    """Path, traits, key and time pass through unchanged."""
    response = prepare(PAGE, "key", 1000)
    assert (response.path, response.traits, response.key) == ("/a", model.PAGE, "key")
    assert (response.last_modified, response.status, response.file) == (1000, 200, None)
    assert response.digest == digest(PAGE)


def test_a_feed_is_open_to_scripts_of_any_site() -> None:
    """Fetch, 3.2: readers in a browser need the feed, its tag and its links."""
    found = fields(FEED)
    assert found["access-control-allow-origin"] == "*"
    assert found["access-control-expose-headers"] == "ETag, Link"
    assert "access-control-allow-origin" not in fields(PAGE)


def test_links_are_written_as_one_field() -> None:
    """RFC 8288, 3: each link-value in brackets, its parameters quoted."""
    document = replace(FEED, links=(*FEED.links, Link("https://x.example/", "alternate")))
    assert fields(document)["link"] == (
        f'<https://x.example/atom.xml>; rel="self"; type="{ATOM}", <https://x.example/>; rel="alternate"'
    )


@pytest.mark.parametrize(
    ("href", "sent"),
    [
        ("https://x.example/a b>c", "https://x.example/a%20b%3Ec"),
        ("https://x.example/ж", "https://x.example/%D0%B6"),
        ("https://x.example/%D0%B6?a=b&c#d", "https://x.example/%D0%B6?a=b&c#d"),
        ("https://x.example/a\r\nset-cookie: b", "https://x.example/a%0D%0Aset-cookie:%20b"),
    ],
)
def test_a_uri_cannot_leave_its_place(href: str, sent: str) -> None:
    """RFC 3986, 2: what is no URI character is percent-encoded, and what is encoded stays."""
    assert fields(replace(PAGE, links=(Link(href, "self"),)))["link"] == f'<{sent}>; rel="self"'
    assert fields(replace(PAGE, traits=model.REDIRECT, location=href))["location"] == sent


def test_quotes_in_a_parameter_are_escaped() -> None:
    """RFC 9110, 5.6.4: a quoted-string ends where its writer wants it to."""
    assert fields(replace(PAGE, links=(Link("/", 'a"b\\c'),)))["link"] == '</>; rel="a\\"b\\\\c"'


def test_a_feed_with_a_preview_says_on_what_it_depends() -> None:
    """RFC 9110, 12.5.5: or a cache would give a browser's page to a reader."""
    assert (
        fields(replace(FEED, traits=replace(model.FEED, preview="preview/")))["vary"]
        == "Accept-Encoding, Sec-Fetch-Dest"
    )


@pytest.mark.parametrize(
    ("document", "varies"),
    [
        pytest.param(FEED, True, id="a feed"),
        pytest.param(PAGE, True, id="a page too small for any coding"),
        pytest.param(replace(PAGE, traits=model.NOT_FOUND), True, id="a page that helps"),
        pytest.param(of_file(), False, id="a file"),
        pytest.param(
            of_file(media_type="image/svg+xml"), False, id="a file that could be compressed but never is"
        ),
        pytest.param(Document("/rss", model.REDIRECT, "", b"", location="/"), False, id="a redirect"),
    ],
)
def test_what_may_ever_have_codings_says_so(document: Document, varies: bool) -> None:
    """RFC 9110, 12.5.5: a cache has to know before it keeps the first answer."""
    assert fields(document).get("vary") == ("Accept-Encoding" if varies else None)


def test_pages_run_no_script_and_are_framed_by_nobody() -> None:
    """A page shows what others wrote; the browser helps to keep it to showing."""
    policy = fields(PAGE)["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert fields(PAGE)["referrer-policy"] == "strict-origin-when-cross-origin"


def test_a_page_allows_the_players_in_it_and_no_others() -> None:
    """CSP 3, frame-src: each host by its name."""
    policy = fields(replace(PAGE, frames=("a.example", "b.example")))["content-security-policy"]
    assert policy.endswith("; frame-src https://a.example https://b.example")
    assert "frame-src" not in fields(PAGE)["content-security-policy"]


@pytest.mark.parametrize(
    ("media_type", "boxed"),
    [
        ("image/svg+xml", True),
        ("text/html; charset=utf-8", True),
        ("image/png", False),
        ("application/pdf", False),
        ("application/gpx+xml", True),
        ("application/xml", True),
        ("application/octet-stream", True),
        ("text/csv", False),
    ],
)
def test_files_that_could_carry_script_are_boxed_in(media_type: str, boxed: bool) -> None:
    """An SVG opened at its own address is a document of this site."""
    assert ("sandbox" in fields(of_file(media_type=media_type)).get("content-security-policy", "")) is boxed


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [
        ("image/svg+xml", None),
        ("audio/mpeg", None),
        ("application/pdf", None),
        ("text/csv", None),
        ("application/zip", "attachment"),
        ("application/gpx+xml", "attachment"),
        ("application/xml", "attachment"),
        ("text/html", "attachment"),
        ("application/octet-stream", "attachment"),
    ],
)
def test_what_a_browser_would_run_is_saved(media_type: str, disposition: str | None) -> None:
    """RFC 6266, section 4.2: a file that is no picture, sound or film is a download."""
    assert fields(of_file(media_type=media_type)).get("content-disposition") == disposition


@pytest.mark.parametrize("document", [FEED, PAGE, of_file()], ids=["feed", "page", "file"])
def test_nobody_guesses_types(document: Document) -> None:
    """The declared type counts (Fetch, 3.6)."""
    assert fields(document)["x-content-type-options"] == "nosniff"


def test_a_file_is_told_by_its_record() -> None:
    """Its bytes stay on disk; type, length and tag come from when it was read."""
    response = prepare(of_file(), "key", 1000)
    (only,) = response.representations
    assert (only.coding, only.body, only.length) == ("identity", b"", 4711)
    assert only.etag == '"q6urq6urq6urq6urq6urq6"'
    assert (response.file, response.headers[0]) == ("news/a.png", ("content-type", "image/png"))


def test_a_redirect_without_content_has_no_type() -> None:
    """RFC 9110, 8.3: Content-Type tells of content."""
    document = Document("/rss", model.REDIRECT, "", b"", location="https://x.example/rss.xml")
    response = prepare(document, "key", 1000)
    assert response.headers == (
        ("location", "https://x.example/rss.xml"),
        ("x-content-type-options", "nosniff"),
    )


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(PAGE, content=b"<p>b</p>"), id="bytes"),
        pytest.param(replace(PAGE, traits=model.GONE), id="status"),
        pytest.param(replace(PAGE, links=FEED.links), id="link"),
        pytest.param(replace(PAGE, media_type="text/plain"), id="type"),
        pytest.param(replace(PAGE, location="/b"), id="location"),
        pytest.param(of_file(), id="file"),
    ],
)
def test_another_answer_has_another_digest(other: Document) -> None:
    """Everything that a client can see counts."""
    assert digest(other) != digest(PAGE)


def test_a_file_whose_bytes_the_store_keeps_is_told_with_them() -> None:
    """It has the type, the box and the lifetime of a file, and the codings and tags of a document."""
    drawing = b"<svg>" + b"<path d='M0 0'/>" * 100 + b"</svg>"
    file = replace(PICTURE, source="", media_type="image/svg+xml", kept="cd" * 32)
    document = Document(PICTURE.path, model.MEDIA, "", drawing, file=file)
    response = prepare(document, "key", 1000)
    assert response.file is None
    assert {each.coding for each in response.representations} >= {"identity", "gzip"}
    assert next(each.body for each in response.representations if each.coding == "identity") == drawing
    told = fields(document)
    assert (told["content-type"], told["vary"]) == ("image/svg+xml", "Accept-Encoding")
    assert "sandbox" in told["content-security-policy"]
    assert prepare_response(response).traits.caching == "immutable"
    assert digest(document) != digest(replace(document, content=b"<svg/>"))


def test_two_versions_of_a_file_differ_in_their_digest() -> None:
    """A file's bytes count by its own digest."""
    assert digest(of_file(digest="cd" * 32)) != digest(of_file())


def test_the_same_answer_has_the_same_digest() -> None:
    """Where it lies and how often it is asked for is nothing a client sees."""
    response: Response = prepare(replace(PAGE, traits=model.LANDING_PAGE), "other key", 2000)
    assert response.digest == digest(PAGE)


def test_what_will_be_gone_says_when() -> None:
    """RFC 8594, section 3; a file that will be is told anew, since its lifetime differs."""
    end = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)
    assert fields(replace(PAGE, sunset=end))["sunset"] == "Mon, 01 Jun 2026 12:00:10 GMT"
    assert "sunset" not in fields(PAGE)
    assert digest(replace(of_file(), sunset=end)) != digest(of_file())


def _document(number: int) -> Document:
    return Document(f"/{number}", LANDING_PAGE, "text/html", b"<p>words</p>" * (400 - number))


def _jobs(count: int, asked: list[threading.Thread]) -> Iterator[CompressionJob]:
    """Jobs that note in which thread each was asked for."""
    for number in range(count):
        asked.append(threading.current_thread())
        yield CompressionJob(_document(number), f"key {number}", number)


def test_responses_come_in_the_order_of_their_jobs() -> None:
    """Whichever is ready first, and each as it would be alone."""
    assert list(compressed(_jobs(100, []))) == [
        (
            CompressionJob(_document(number), f"key {number}", number),
            prepare(_document(number), f"key {number}", number),
        )
        for number in range(100)
    ]


def test_a_response_that_a_path_has_already_is_not_made_again() -> None:
    """The result of its job is None."""
    jobs = [CompressionJob(_document(number), "new key", 5, unless=digest(_document(1))) for number in (1, 2)]
    assert list(compressed(jobs)) == [(jobs[0], None), (jobs[1], prepare(_document(2), "new key", 5))]


def test_jobs_are_asked_for_in_the_callers_thread_and_a_few_ahead() -> None:
    """A transaction belongs to one thread, and a round of any size needs little memory."""
    asked: list[threading.Thread] = []
    with closing(compressed(_jobs(1000, asked))) as results:
        next(results)
        assert 1 < len(asked) < 1000
    assert set(asked) == {threading.current_thread()}


def test_no_thread_stays_when_the_caller_gives_up() -> None:
    """The jobs that are not done are given up, and the error comes through."""

    def give_up() -> None:
        with closing(compressed(_jobs(100, []))) as results:
            next(results)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert not [each for each in threading.enumerate() if each.name.startswith("compression")]
