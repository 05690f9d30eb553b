"""The files of static hosts, and what Netlify, Cloudflare Pages and stores of objects are told."""

import json
from itertools import groupby

import pytest

from feedsvc.documents import model
from feedsvc.documents.model import NOT_FOUND_PATH, Document
from feedsvc.operations.export.hosts import (
    ExportedFile,
    can_be_written,
    exported_file,
    headers_file,
    listing,
    redirects_file,
)
from feedsvc.responses.builder import prepare

PICTURE = {"content-type": "image/png"}
SAFE = {"x-content-type-options": "nosniff"}
FRESH = {"cache-control": "max-age=60"}
FOR_EVER = {"cache-control": "immutable"}
PAGE = {"content-type": "text/html; charset=utf-8"}
FEED = {"content-type": "application/rss+xml; charset=utf-8"}
LEAVES = [
    ExportedFile("/", model.PAGE, "/index.html", PAGE | SAFE | {"vary": "Accept-Encoding"} | FRESH),
    ExportedFile("/news/é t", model.PAGE, "/news/é t.html", PAGE | SAFE | FRESH),
    ExportedFile("/news/rss.xml", model.FEED, "/news/rss.xml", FEED | SAFE | FRESH),
    ExportedFile("/rss.xml", model.FEED, "/rss.xml", FEED | SAFE | {"link": "<x>; rel=self"} | FRESH),
    ExportedFile(
        "/media/1/a.mp3", model.MEDIA, "/media/1/a.mp3", {"content-type": "audio/mpeg"} | SAFE | FOR_EVER
    ),
    ExportedFile("/media/2/b.png", model.MEDIA, "/media/2/b.png", PICTURE | SAFE | FOR_EVER),
    ExportedFile("/feed/", model.REDIRECT, "", SAFE | FRESH, "https://e.example/rss.xml"),
    ExportedFile("/feed", model.REDIRECT, "", SAFE | FRESH, "https://e.example/rss.xml"),
    ExportedFile("/old page", model.GONE, "/_gone/1.html", PAGE | SAFE | FRESH),
    ExportedFile(model.NOT_FOUND_PATH, model.NOT_FOUND, "/404.html", PAGE | SAFE | FRESH),
]


def rules(text: str) -> list[tuple[str, list[str]]]:
    """The rules of a ``_headers`` file: a path, and indented fields."""
    found: list[tuple[str, list[str]]] = []
    for indented, lines in groupby(text.splitlines(), lambda line: line.startswith("  ")):
        if indented:
            found[-1][1].extend(line.strip() for line in lines)
        else:
            found.extend((line, []) for line in lines)
    return found


def fields_at(path: str) -> list[str]:
    """What such a host sends: the fields of all rules that match, a star standing for anything."""
    matching = [
        fields
        for pattern, fields in rules(headers_file(LEAVES))
        if pattern == path or (pattern.endswith("*") and path.startswith(pattern[:-1]))
    ]
    return sorted(field for fields in matching for field in fields)


def test_each_path_gets_its_own_fields_and_each_once() -> None:
    """Fields of several rules add up there, and two values of one field would spoil it."""
    quoted = {"/news/é t": "/news/%C3%A9%20t"}
    for leaf in LEAVES:
        if leaf.traits.status == 200:
            expected = sorted(f"{name}: {value}" for name, value in leaf.headers.items() if name != "vary")
            assert fields_at(quoted.get(leaf.path, leaf.path)) == expected


def test_the_feeds_of_the_site_come_first() -> None:
    """Cloudflare Pages heeds the first hundred rules, and feeds need them most; pages come last."""
    paths = [path for path, _ in rules(headers_file(LEAVES))]
    assert paths[:3] == ["/*", "/media/*", "/rss.xml"]
    assert paths[-2:] == ["/", "/news/%C3%A9%20t"]


def test_redirects_and_what_is_gone_have_a_line_each() -> None:
    """A path, where it leads, a status; spaces are quoted, as they part the three."""
    assert redirects_file(LEAVES).splitlines() == [
        "/feed/ https://e.example/rss.xml 301",
        "/feed https://e.example/rss.xml 301",
        "/old%20page /_gone/1.html 410",
    ]


def test_each_object_has_the_key_of_its_address() -> None:
    """``index.html`` stands for a slash, a redirect is an empty object; 410 is beyond such a store."""
    told = {each["key"]: (each["file"], each["redirect"]) for each in json.loads(listing(LEAVES))}
    assert told == {
        "index.html": ("index.html", ""),
        "news/é t": ("news/é t.html", ""),
        "news/rss.xml": ("news/rss.xml", ""),
        "rss.xml": ("rss.xml", ""),
        "media/1/a.mp3": ("media/1/a.mp3", ""),
        "media/2/b.png": ("media/2/b.png", ""),
        "feed/index.html": ("", "https://e.example/rss.xml"),
        "feed": ("", "https://e.example/rss.xml"),
        "404.html": ("404.html", ""),
    }


def test_an_empty_site_has_no_rules() -> None:
    """And that is no error."""
    assert headers_file([]) == redirects_file([]) == ""


HTML = "text/html; charset=utf-8"
PLACES = {
    "the landing page": (Document("/", model.LANDING_PAGE, HTML, b"x"), "/index.html"),
    "a channel": (Document("/news/", model.LANDING_PAGE, HTML, b"x"), "/news/index.html"),
    "a page": (Document("/news/heron", model.LANDING_PAGE, HTML, b"x"), "/news/heron.html"),
    "a page with a dot": (Document("/v1.2", model.LANDING_PAGE, HTML, b"x"), "/v1.2.html"),
    "a page that has its ending": (Document("/a.html", model.LANDING_PAGE, HTML, b"x"), "/a.html"),
    "a feed": (Document("/news/rss.xml", model.FEED, "application/rss+xml", b"x"), "/news/rss.xml"),
    "everything unknown": (Document(NOT_FOUND_PATH, model.NOT_FOUND, HTML, b"x"), "/404.html"),
    "a redirect": (Document("/feed", model.REDIRECT, "", b"", location="https://x.example/"), ""),
}


@pytest.mark.parametrize(("document", "file"), PLACES.values(), ids=PLACES)
def test_a_path_has_the_file_that_hosts_serve_for_it(document: Document, file: str) -> None:
    """So the site keeps its addresses on hosts that know nothing but files."""
    assert exported_file(prepare(document, "", 0), "no-store").file == file


def test_pages_of_what_is_gone_share_a_file() -> None:
    """There may be thousands, and all of them say the same."""
    gone = [
        exported_file(prepare(Document(path, model.GONE, HTML, b"gone"), "", 0), "") for path in ("/a", "/b/c")
    ]
    assert gone[0].file == gone[1].file
    assert gone[0].file.startswith("/_gone/")


def test_a_redirect_keeps_its_address_apart_from_its_fields() -> None:
    """Hosts take it as a rule, not as a header field."""
    document = Document("/feed", model.REDIRECT, "", b"", location="https://x.example/rss.xml")
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
