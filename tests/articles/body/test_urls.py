"""Every URL in an article."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.scanner import scan

BASE = "https://example.org"
BASE_IN_ASCII = "https://xn--bcher-kva.example"


@pytest.fixture
def references(tmp_path: Path) -> References:
    """Those of ``news/a b/story.md``, beside which lies ``a pic.png`` and above which ``top.mp3``."""
    folder = tmp_path / "news" / "a b"
    folder.mkdir(parents=True)
    (folder / "a pic.png").write_bytes(b"picture")
    (tmp_path / "top.mp3").write_bytes(b"sound")
    return References(tmp_path, scan(tmp_path), "news/a b/story.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("other.md#x", f"{BASE}/news/a%20b/other.md#x"),
        ("../up?q=1", f"{BASE}/news/up?q=1"),
        ("/root", f"{BASE}/root"),
        ("__GHOST_URL__/other/", f"{BASE}/other/"),
        ("?q", f"{BASE}/news/a%20b/?q"),
        ("#notes", "#notes"),
        ("#ä b", "#%C3%A4%20b"),
        ("//cdn.example.net/x", "https://cdn.example.net/x"),
        ("\\\\cdn.example.net\\x", "https://cdn.example.net/x"),
        ("https://evil.example\\@example.net/?a\\b", "https://evil.example/@example.net/?a%5Cb"),
        ("http://example.net/a b|ü?x=%20%zz", "http://example.net/a%20b%7C%C3%BC?x=%20%25zz"),
        ("HTTPS://Example.net", "https://Example.net"),
        ("https://user@[::1]:80/x", "https://user@[::1]:80/x"),
        (" \x01ht\ntp://example.net/\t", "http://example.net/"),
        ("mailto:a@example.org?subject=b c", "mailto:a@example.org?subject=b%20c"),
        ("tel:+49-30", "tel:+49-30"),
        ("10:30.html", f"{BASE}/news/a%20b/10:30.html"),
        ('a"b<c>', f"{BASE}/news/a%20b/a%22b%3Cc%3E"),
        ("a\\b", f"{BASE}/news/a%20b/a/b"),
    ],
)
def test_a_reference_becomes_absolute(references: References, reference: str, expected: str) -> None:
    """Relative ones are resolved against the article's folder; what may not stand in a URL is encoded."""
    assert references.absolute(reference) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "  ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x00javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,xx",
        "file:///etc/passwd",
        "blob:https://example.org/x",
        "http:example.net",
        "http:///x",
        "https://exa mple.net/",
        'https://x"y/',
        "https://[::1/x",
        "//[x",
        "C:\\pic.png",
    ],
)
def test_what_may_not_be_published_is_refused(references: References, reference: str) -> None:
    """Only http, https, mailto and tel survive, whatever is put around the scheme."""
    assert references.absolute(reference) is None


@pytest.mark.parametrize(
    ("reference", "source", "name"),
    [
        ("a%20pic.png", "news/a b/a pic.png", "a-pic.png"),
        ("./a pic.png?v=2", "news/a b/a pic.png", "a-pic.png"),
        ("/top.mp3#t=10", "top.mp3", "top.mp3#t=10"),
        ("../../top.mp3", "top.mp3", "top.mp3"),
    ],
)
def test_a_file_beside_the_article_is_published(
    references: References, reference: str, source: str, name: str
) -> None:
    """It gets the address of its content; a fragment stays."""
    url = references.absolute(reference)
    assert url == f"{BASE}/media/{references.files[source].digest[:16]}/{name}"


@pytest.fixture
def site(tmp_path: Path) -> References:
    """Those of ``blog/story.md`` in a site as other programs lay it out."""
    for path in (
        "static/images/x.png",
        "images/y.png",
        "_posts/2024-05-01-old.md",
        "blog/other.md",
        "a/index.md",
        "blog/v4.1.0.md",
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    return References(tmp_path, scan(tmp_path), "blog/story.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000))


@pytest.mark.parametrize(
    ("reference", "source"),
    [
        ("/images/x.png", "static/images/x.png"),
        ("{static}/images/x.png", "static/images/x.png"),
        ("%7Bstatic%7D/images/y.png", "images/y.png"),
        ("{attach}../images/y.png", "images/y.png"),
        ("|filename|/images/y.png", "images/y.png"),
        ("@/images/y.png", "images/y.png"),
    ],
)
def test_files_of_a_static_folder_stand_at_the_top(site: References, reference: str, source: str) -> None:
    """Hugo, Astro and others publish them there; Pelican and Zola mark paths from the top."""
    url = site.absolute(reference)
    assert url is not None
    assert url.startswith(f"{BASE}/media/")
    assert list(site.files) == [source]


OWN = {
    "https://ex.example/blog/images/y.png": "images/y.png",
    "http://ex.example/blog/images/y.png": "images/y.png",
    "HTTPS://EX.example:443/blog/images/y.png": "images/y.png",
    "//ex.example/blog/images/y.png": "images/y.png",
    "/blog/images/y.png": "images/y.png",
    "/images/y.png": "images/y.png",
    "https://ex.example/blog/images/x.png": "static/images/x.png",
    "/blog/images/x.png?v=2": "static/images/x.png",
    "https://ex.example/blog/blog/other": "/blog/blog/other",
    "https://ex.example/blog/blog/other/#top": "/blog/blog/other#top",
    "//ex.example/blog/blog/other.md": "/blog/blog/other",
    "/blog/blog/other": "/blog/blog/other",
    "https://ex.example/blog": "/blog/",
    "http://ex.example/blog/": "/blog/",
    "/blog/?q#f": "/blog/?q#f",
    "https://ex.example/blog/unknown": "/blog/unknown",
    "https://ex.example/elsewhere": "/elsewhere",
    "https://ex.example/blogs/x": "/blogs/x",
    "https://ex.example:8443/blog/images/y.png": ":8443/blog/images/y.png",
    "/about/": "/about/",
    "/tags/x/": "/blog/tags/x/",
    "https://ex.example/blog/media/0123456789abcdef/y.png": "/blog/media/0123456789abcdef/y.png",
    "https://ex.example/blog/rss.xml": "/blog/rss.xml",
}


@pytest.mark.parametrize(("reference", "meant"), OWN.items(), ids=OWN)
def test_the_sites_own_addresses_are_its_files_and_pages(tmp_path: Path, reference: str, meant: str) -> None:
    """As relative ones are: with either scheme or none, and with or without the base path."""
    for path in ("static/images/x.png", "images/y.png", "blog/other.md"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    references = References(
        tmp_path,
        scan(tmp_path),
        "blog/story.md",
        ReadOptions("https://ex.example/blog", ZoneInfo("UTC"), 1_000_000),
    )
    url = references.absolute(reference)
    assert url is not None
    if meant[0] in "/:":
        assert url == f"https://ex.example{meant}"
        assert not references.files
    else:
        assert url.startswith("https://ex.example/blog/media/")
        assert list(references.files) == [meant]
    assert not references.missing
    assert references.absolute(url) == url


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("https://xn--bcher-kva.example/%C3%BC", f"{BASE_IN_ASCII}/%C3%BC"),
        ("https://bücher.example/ü", f"{BASE_IN_ASCII}/%C3%BC"),
        ("//BÜCHER.example/ü", f"{BASE_IN_ASCII}/%C3%BC"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://jo@bücher.example:81/ü?ü#ü", "https://jo@xn--bcher-kva.example:81/%C3%BC?%C3%BC#%C3%BC"),
        ("https://a‥b.example/", None),
    ],
)
def test_an_international_address_has_one_spelling(tmp_path: Path, reference: str, expected: str | None) -> None:
    """In ASCII (UTS 46, RFC 3987 section 3.1), so that a link and a header of one page are equal."""
    references = References(
        tmp_path, scan(tmp_path), "a.md", ReadOptions(BASE_IN_ASCII, ZoneInfo("UTC"), 1_000_000)
    )
    assert references.absolute(reference) == expected


MISSING = {
    "nix.csv": True,
    "nix.zip": True,
    "data/nix.7z": True,
    "nix.unheard": True,
    "/nix.png": True,
    "https://example.org/nix.png": True,
    "page": False,
    "v1.2": False,
    "page.html": False,
    "index.php": False,
    "/rss.xml": False,
    "/tags/sea/feed.json": False,
    "https://example.net/nix.csv": False,
}


@pytest.mark.parametrize(("reference", "named"), MISSING.items(), ids=MISSING)
def test_a_file_that_is_not_there_is_named_whatever_its_suffix(
    references: References, reference: str, named: bool
) -> None:
    """Pages of other programs, feeds of the site and what lies elsewhere are no files that an article brings."""
    references.absolute(reference)
    assert bool(references.missing) is named


def test_where_a_file_was_looked_for_is_remembered(site: References) -> None:
    """One that appears there later counts."""
    site.absolute("/z.png")
    assert site.sought == {"z.png", "static/z.png", "public/z.png", "assets/z.png"}
    assert list(site.missing) == ["z.png"]


@pytest.mark.parametrize(
    ("reference", "page"),
    [
        ("other.md#a b", "/blog/other#a%20b"),
        ("other", "/blog/other"),
        ("/2024-05-01-old", "/old"),
        ("/_posts/2024-05-01-old.md", "/old"),
        ("@/a/index.md", "/a"),
        ("{filename}/blog/other.md", "/blog/other"),
        ("../a", "/a"),
        ("/blog/v4.1.0/", "/blog/v4-1-0"),
        ("v4.1.0#new", "/blog/v4-1-0#new"),
        ("/elsewhere", "/elsewhere"),
        ("/v4.2.0/", "/v4.2.0/"),
        ("gone.md", "/blog/gone.md"),
    ],
)
def test_a_reference_to_an_article_leads_to_its_page(site: References, reference: str, page: str) -> None:
    """To the one that its path asks for, under which it is published where its header asks for no other.

    The name of a release holds dots, and is no file's.
    """
    assert site.absolute(reference) == f"{BASE}{page}"
    assert list(site.missing) == (["blog/gone.md"] if "gone" in page else [])


def test_a_file_is_taken_once(references: References) -> None:
    """However often the article refers to it."""
    assert references.absolute("/top.mp3") == references.absolute("../../top.mp3")
    assert list(references.files) == ["top.mp3"]


def test_a_missing_file_is_a_warning_at_its_line(references: References) -> None:
    """The first line that asks for it; none where the text spells it otherwise."""
    notes = Notes("news/a b/story.md")
    for reference in ("gone.png", "gone.png", "x%20y.png", "page.html"):
        references.absolute(reference)
    references.report("one\n![](gone.png)\n![](x y.png)", notes)
    assert [(note.line, note.severity) for note in notes.warnings] == [(2, "warning"), (None, "warning")]


@pytest.mark.parametrize("reference", ["/img/sea.png", f"{BASE}/img/sea.png", "../img/sea.png"])
def test_a_file_served_at_the_root_is_not_missing(tmp_path: Path, reference: str) -> None:
    """A blog that moves keeps such files in the folder that ``[pages] static`` names; the link to one works."""
    stories, static = tmp_path / "stories", tmp_path / "static"
    for folder in (stories, static / "img"):
        folder.mkdir(parents=True)
    (static / "img/sea.png").write_bytes(b"picture")
    found = References(
        stories, scan(stories), "news/story.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000, static=static)
    )
    assert found.absolute(reference) == f"{BASE}/img/sea.png"
    assert not found.missing
    assert "img/sea.png" in found.sought, "a file of that name beside the articles would be taken instead"
    assert found.absolute("/img/gone.png") == f"{BASE}/img/gone.png"
    assert list(found.missing) == ["img/gone.png"]


def test_many_missing_files_are_counted(references: References) -> None:
    """A hundred lines of warnings help nobody."""
    notes = Notes("news/a b/story.md")
    for number in range(25):
        references.absolute(f"{number}.png")
    references.report("", notes)
    assert len(notes.warnings) == 21
    assert notes.warnings[-1].what.startswith("5 more")


def test_an_absolute_url_stays_as_it_is(references: References) -> None:
    """Resolving twice changes nothing."""
    for reference in ("a%20pic.png", "x y", "http://example.net/a b%", "#ä", "mailto:a b"):
        once = references.absolute(reference)
        assert once is not None
        assert references.absolute(once) == once


_ACUTE, _COMBINING = "\u00e9", "e\u0301"


@pytest.mark.parametrize("on_disk", [_ACUTE, _COMBINING], ids=["composed on disk", "decomposed on disk"])
@pytest.mark.parametrize("written", [_ACUTE, _COMBINING, "%C3%A9", "e%CC%81"])
def test_a_name_with_an_accent_is_found_in_either_form(tmp_path: Path, on_disk: str, written: str) -> None:
    """A Mac writes names otherwise than a keyboard does, and nobody can see it (Unicode Standard Annex 15)."""
    (tmp_path / f"n{on_disk}e.png").write_bytes(b"picture")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / f"{on_disk}t{on_disk}.png").write_bytes(b"summer")
    (tmp_path / f"{on_disk}migr{on_disk}.md").write_text("Words.")
    found = References(tmp_path, scan(tmp_path), "story.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000))
    assert (found.absolute(f"n{written}e.png") or "").startswith(f"{BASE}/media/")
    assert (found.absolute(f"/{written}t{written}.png") or "").startswith(f"{BASE}/media/")
    assert found.absolute(f"{written}migr{written}.md") == f"{BASE}/emigre"
    assert found.missing == {}


def test_a_missing_name_with_an_accent_is_watched_for_in_both_forms(tmp_path: Path) -> None:
    """Whichever appears, the article is read again."""
    found = References(tmp_path, scan(tmp_path), "story.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000))
    found.absolute(f"n{_ACUTE}e.png")
    assert found.sought == {f"n{_ACUTE}e.png", f"n{_COMBINING}e.png"}
