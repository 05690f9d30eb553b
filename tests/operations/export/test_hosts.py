"""What Netlify, Cloudflare Pages and stores of objects are told."""

import json
from itertools import groupby

from feedsvc.documents import model
from feedsvc.operations.export.directory import ExportedFile
from feedsvc.operations.export.hosts import headers_file, listing, redirects_file

SOUND, PICTURE = ("content-type", "audio/mpeg"), ("content-type", "image/png")
SAFE = ("x-content-type-options", "nosniff")
FRESH = ("cache-control", "max-age=60")
FOR_EVER = ("cache-control", "immutable")
PAGE = ("content-type", "text/html; charset=utf-8")
FEED = ("content-type", "application/rss+xml; charset=utf-8")
LEAVES = [
    ExportedFile("/", model.PAGE, "/index.html", (PAGE, SAFE, ("vary", "Accept-Encoding"), FRESH)),
    ExportedFile("/news/é t", model.PAGE, "/news/é t.html", (PAGE, SAFE, FRESH)),
    ExportedFile("/news/rss.xml", model.FEED, "/news/rss.xml", (FEED, SAFE, FRESH)),
    ExportedFile("/rss.xml", model.FEED, "/rss.xml", (FEED, SAFE, ("link", "<x>; rel=self"), FRESH)),
    ExportedFile(
        "/media/1/a.mp3", model.MEDIA, "/media/1/a.mp3", (("content-type", "audio/mpeg"), SAFE, FOR_EVER)
    ),
    ExportedFile("/media/2/b.png", model.MEDIA, "/media/2/b.png", (PICTURE, SAFE, FOR_EVER)),
    ExportedFile("/feed/", model.REDIRECT, "", (SAFE, FRESH), "https://e.example/rss.xml"),
    ExportedFile("/feed", model.REDIRECT, "", (SAFE, FRESH), "https://e.example/rss.xml"),
    ExportedFile("/old page", model.GONE, "/_gone/1.html", (PAGE, SAFE, FRESH)),
    ExportedFile(model.NOT_FOUND_PATH, model.NOT_FOUND, "/404.html", (PAGE, SAFE, FRESH)),
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
            expected = sorted(f"{name}: {value}" for name, value in leaf.headers if name != "vary")
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
