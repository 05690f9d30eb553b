"""Which file holds what a path answers."""

import pytest

from feedsvc.documents.model import CHANNEL_PAGE, FEED, GONE, NOT_FOUND, NOT_FOUND_PATH, REDIRECT, Document
from feedsvc.operations.export.directory import can_be_written, exported_file
from feedsvc.responses.builder import prepare

HTML = "text/html; charset=utf-8"
PLACES = {
    "the landing page": (Document("/", CHANNEL_PAGE, HTML, b"x"), "/index.html"),
    "a channel": (Document("/news/", CHANNEL_PAGE, HTML, b"x"), "/news/index.html"),
    "a page": (Document("/news/heron", CHANNEL_PAGE, HTML, b"x"), "/news/heron.html"),
    "a page with a dot": (Document("/v1.2", CHANNEL_PAGE, HTML, b"x"), "/v1.2.html"),
    "a page that has its ending": (Document("/a.html", CHANNEL_PAGE, HTML, b"x"), "/a.html"),
    "a feed": (Document("/news/rss.xml", FEED, "application/rss+xml", b"x"), "/news/rss.xml"),
    "everything unknown": (Document(NOT_FOUND_PATH, NOT_FOUND, HTML, b"x"), "/404.html"),
    "a redirect": (Document("/feed", REDIRECT, "", b"", location="https://x.example/"), ""),
}


@pytest.mark.parametrize(("document", "file"), PLACES.values(), ids=PLACES)
def test_a_path_has_the_file_that_hosts_serve_for_it(document: Document, file: str) -> None:
    """So the site keeps its addresses on hosts that know nothing but files."""
    assert exported_file(prepare(document, "", 0), "no-store").file == file


def test_pages_of_what_is_gone_share_a_file() -> None:
    """There may be thousands, and all of them say the same."""
    gone = [exported_file(prepare(Document(path, GONE, HTML, b"gone"), "", 0), "") for path in ("/a", "/b/c")]
    assert gone[0].file == gone[1].file
    assert gone[0].file.startswith("/_gone/")


def test_a_redirect_keeps_its_address_apart_from_its_fields() -> None:
    """Hosts take it as a rule, not as a header field."""
    document = Document("/feed", REDIRECT, "", b"", location="https://x.example/rss.xml")
    leaf = exported_file(prepare(document, "", 0), "max-age=1")
    assert leaf.location == "https://x.example/rss.xml"
    assert leaf.header("location") == ""
    assert leaf.header("cache-control") == "max-age=1"


@pytest.mark.parametrize(
    ("file", "can"),
    [
        ("/a/b.html", True),
        ("/é.html", True),
        ("/../a", False),
        ("/a//b", False),
        ("/a/./b", False),
        ("/a\0", False),
        ("a", False),
        (f"/{'é' * 125}", True),
        (f"/{'é' * 126}", False),
    ],
)
def test_a_file_is_written_below_the_folder_or_not_at_all(file: str, *, can: bool) -> None:
    """No path of an edition leads out of it, or to a name that no file system has."""
    assert can_be_written(file) is can
