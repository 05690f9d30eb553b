"""The files of an article, their types, digests and measures, and the sizes of images in its body."""

import hashlib
import os
import struct
import wave
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pixels import png

from feedsvc.articles.body.media import (
    FileChangedError,
    duration,
    load_lazy_images,
    media_file,
    media_type,
    picture_size,
    resolve,
    with_dimensions,
)
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.media_fields import Attachment, enclosures, lead_image
from feedsvc.articles.model import Enclosure, MediaFile, Picture
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.reader import read
from feedsvc.articles.source.listing import Listing, Stat, fits, marks, stamp
from feedsvc.articles.source.scanner import scan


def put(directory: Path, path: str, content: bytes = b"bytes") -> None:
    """Write a file below the directory."""
    file = directory / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.mp3", "audio/mpeg"),
        ("A.M4A", "audio/mp4"),
        ("https://example.org/a.JPG", "image/jpeg"),
        ("a.pdf", "application/pdf"),
        ("a.mp4", "video/mp4"),
        ("a.md", None),
        ("mp3", None),
        (".env", None),
    ],
)
def test_media_type_goes_by_suffix(path: str, expected: str | None) -> None:
    """The suffix decides, in either case; anything else is no media file."""
    assert media_type(path) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("pic.png", "news/pic.png"),
        ("./pic.png", "news/pic.png"),
        (" pic.png ", "news/pic.png"),
        ("../pic.png", "pic.png"),
        ("../other/./pic.png", "other/pic.png"),
        ("/pic.png", "pic.png"),
        ("/news/../pic.png", "pic.png"),
        ("a%20b%C3%A9.png", "news/a bé.png"),
        ("100%.png", "news/100%.png"),
        ("pic.png?w=3#top", "news/pic.png"),
        ("../../pic.png", None),
        ("/../pic.png", None),
        ("..%2f..%2fetc/passwd", None),
        ("..", None),
        ("/", None),
        ("", None),
        ("#top", None),
        ("?q", None),
        ("//example.com/pic.png", None),
        ("https://example.com/pic.png", None),
        ("mailto:someone@example.com", None),
        ("data:image/png;base64,AAAA", None),
        ("%ff.png", None),
        ("//[broken/pic.png", None),
    ],
)
def test_reference_means_a_place_in_the_directory(reference: str, expected: str | None) -> None:
    """A relative reference is resolved as RFC 3986 says, and never leaves the directory."""
    assert resolve("news/story.md", reference) == expected


def test_media_file_is_published_under_its_digest(directory: Path) -> None:
    """Its address changes with its bytes, so that it may be cached for ever."""
    put(directory, "news/Große Pause.PNG", b"\x89PNG")
    digest = hashlib.sha256(b"\x89PNG").hexdigest()
    found = media_file(directory, scan(directory), "news/a.md", "Gro%C3%9Fe%20Pause.PNG")
    path = f"/media/{digest[:16]}/grosse-pause.png"
    assert found == MediaFile("news/Große Pause.PNG", path, "image/png", 4, digest)


def test_name_without_letters_still_has_an_address(directory: Path) -> None:
    """A name of signs alone would leave nothing in a URL."""
    put(directory, "!!!.png")
    found = media_file(directory, scan(directory), "a.md", "!!!.png")
    assert found is not None
    assert found.path.endswith("/file.png")


@pytest.mark.parametrize(
    ("name", "shown", "media_type"),
    [
        ("table.csv", "table.csv", "text/csv"),
        ("walk.GPX", "walk.gpx", "application/gpx+xml"),
        ("src.tar.gz", "src-tar.gz", "application/gzip"),
        ("tides.ics", "tides.ics", "text/calendar"),
        ("notes.zzz", "notes.zzz", "application/octet-stream"),
        ("Makefile", "makefile", "application/octet-stream"),
        ("odd.a b", "odd", "application/octet-stream"),
        ("run.php", "run-php.txt", "application/octet-stream"),
        ("run.PY", "run-py.txt", "application/octet-stream"),
    ],
)
def test_a_file_of_any_kind_is_published(directory: Path, name: str, shown: str, media_type: str) -> None:
    """By its own name where nothing can be made of it but a download; a host of files must not run it."""
    put(directory, name, b"x")
    found = media_file(directory, scan(directory), "a.md", name.replace(" ", "%20"))
    assert found is not None
    assert (found.path.rpartition("/")[2], found.media_type) == (shown, media_type)


@pytest.mark.parametrize(
    "reference",
    ["missing.png", "secret.txt", "draft.md", "page.html", "../outside.png", "https://example.com/here.png", ""],
)
def test_other_references_are_no_media_files(directory: Path, reference: str) -> None:
    """Only files inside the directory are published, and never the file of an article: it may be a draft."""
    for path in ("here.png", "secret.txt", "draft.md", "page.html", "../outside.png"):
        put(directory, path)
    assert media_file(directory, scan(directory), "a.md", reference) is None


def test_digest_is_not_computed_twice(directory: Path) -> None:
    """An edited article must not cost a reading of its audio."""
    put(directory, "once.mp3")
    listing = scan(directory)
    first = media_file(directory, listing, "a.md", "once.mp3")
    (directory / "once.mp3").unlink()
    assert media_file(directory, listing, "b.md", "once.mp3") == first


def test_changed_file_gets_a_new_digest(directory: Path) -> None:
    """The memory of digests goes by size and time."""
    put(directory, "a.png", b"old")
    before = media_file(directory, scan(directory), "a.md", "a.png")
    put(directory, "a.png", b"newer")
    after = media_file(directory, scan(directory), "a.md", "a.png")
    assert before is not None
    assert after is not None
    assert before.digest != after.digest


def test_file_written_since_the_scan_has_moved(directory: Path) -> None:
    """Half a picture must not be published under the digest of the half."""
    put(directory, "a.png", b"half")
    listing = scan(directory)
    put(directory, "a.png", b"the whole")
    with pytest.raises(FileChangedError):
        media_file(directory, listing, "a.md", "a.png")


def test_file_removed_since_the_scan_has_moved(directory: Path) -> None:
    """The article is then read again, and the reference is a missing one."""
    put(directory, "a.png")
    listing = scan(directory)
    (directory / "a.png").unlink()
    with pytest.raises(FileChangedError):
        media_file(directory, listing, "a.md", "a.png")


def test_file_that_may_not_be_read_counts_as_missing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not be served either."""
    put(directory, "a.png")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "refused")

    monkeypatch.setattr("feedsvc.articles.body.media.open_file", refuse)
    assert media_file(directory, scan(directory), "a.md", "a.png") is None


LISTING = Listing({"a.md": Stat(1, 2, 3), "a.png": Stat(4, 5, 6)})


def test_stamp_is_the_same_for_the_same_files() -> None:
    """Neither order nor repetition shows in it."""
    made = stamp(LISTING, "a.md", ["b.png", "a.png"])
    assert made == stamp(LISTING, "a.md", ["a.png", "a.png", "a.md", "b.png"])
    assert marks(made, "a.md") == (("a.md", Stat(1, 2, 3)), ("a.png", Stat(4, 5, 6)), ("b.png", None))


def test_stamp_says_nothing_twice() -> None:
    """A large site has many in memory: neither the path of the file itself is in it nor the same time again."""
    listing = Listing({"news/a.md": Stat(1, 2, 2)})
    assert stamp(listing, "news/a.md", ["news/a.md/"]) == '{"": "1:2", "/": null}'


def test_stamp_of_an_earlier_version_is_understood() -> None:
    """It named all; or an upgrade would read every article again."""
    assert marks('{"a.md": "1:2:2", "a.md/": null}', "a.md") == marks('{"": "1:2", "/": null}', "a.md")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.md": Stat(1, 2, 3)}, True),
        ({"a.md": Stat(1, 2, 3), "other.png": Stat(1, 1, 1)}, True),
        ({"a.md": Stat(9, 2, 3)}, False),
        ({"a.md": Stat(1, 9, 3)}, False),
        ({"a.md": Stat(1, 2, 9)}, False),
        ({}, False),
        ({"a.md": Stat(1, 2, 3), "missing.png": Stat(1, 1, 1)}, False),
    ],
    ids=["same", "others", "size", "time of writing", "time of change", "removed", "missing one appeared"],
)
def test_stamp_fits_until_a_file_it_names_changes(files: dict[str, Stat], *, expected: bool) -> None:
    """Also a file that was missing is watched, so that adding the picture later is noticed."""
    assert fits(marks(stamp(LISTING, "a.md", ["missing.png"]), "a.md"), Listing(files)) is expected


def test_empty_stamp_watches_nothing() -> None:
    """A file that is not known has an empty stamp."""
    assert marks("", "a.md") == ()


def test_stamp_survives_any_name(directory: Path) -> None:
    """Names may hold quotes, backslashes and every script."""
    path = 'news/a "b" \\ ü 你.md'
    put(directory, path)
    assert fits(marks(stamp(scan(directory), path), path), scan(directory))
    os.utime(directory / path, ns=(1, 1))
    assert not fits(marks(stamp(Listing({}), path), path), scan(directory))


STAT = Stat(1, 2, 3)


def sound(file: Path, seconds: float) -> Path:
    """Silence."""
    with wave.open(str(file), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(1)
        stream.setframerate(1000)
        stream.writeframes(bytes(int(1000 * seconds)))
    return file


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.png", png(640, 480), (640, 480)),
        ("a.gif", b"GIF89a" + struct.pack("<HH", 3, 2), (3, 2)),
        ("a.png", png(0, 0), None),
        ("a.png", b"", None),
        ("a.png", b"no picture at all", None),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JF", None),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8X", None),
        ("a.tif", b"II*\x00\xff\xff\xff\xff", None),
        ("a.svg", b'<svg width="3" height="2"/>', None),
    ],
    ids=["png", "gif", "no size", "empty", "other", "cut jpeg", "cut webp", "cut tiff", "drawing"],
)
def test_the_size_of_a_picture(
    tmp_path: Path, name: str, content: bytes, expected: tuple[int, int] | None
) -> None:
    """A file that is cut off, or not what its name says, has none."""
    (tmp_path / name).write_bytes(content)
    assert picture_size(tmp_path, name, STAT) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(2.6, 3), (0.1, 1), (0, None)])
def test_the_length_of_a_recording(tmp_path: Path, seconds: float, expected: int | None) -> None:
    """In whole seconds; none where there is nothing to hear."""
    assert duration(sound(tmp_path / "a.wav", seconds).parent, "a.wav", STAT) == expected


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.ogg", "a.flac", "a.wav", "a.mp4", "a.webm"])
@pytest.mark.parametrize("content", [b"", b"no sound", bytes(range(256)) * 40], ids=["empty", "short", "noise"])
def test_what_is_no_recording_has_no_length(tmp_path: Path, name: str, content: bytes) -> None:
    """Nor does it stop anything."""
    (tmp_path / name).write_bytes(content)
    assert duration(tmp_path, name, STAT) is None


def test_a_file_is_measured_once(tmp_path: Path) -> None:
    """Until its size or time changes."""
    file = tmp_path / "a.png"
    file.write_bytes(png(6, 4))
    assert picture_size(tmp_path, file.name, Stat(1, 1, 1)) == (6, 4)
    file.write_bytes(png(8, 5))
    assert picture_size(tmp_path, file.name, Stat(1, 1, 1)) == (6, 4)
    assert picture_size(tmp_path, file.name, Stat(1, 2, 1)) == (8, 5)


def test_lead_image_and_enclosure_are_measured(tmp_path: Path) -> None:
    """They are the ones whose measures readers are told."""
    (tmp_path / "a.png").write_bytes(png(640, 480))
    sound(tmp_path / "a.wav", 95)
    references = References(
        tmp_path, scan(tmp_path), "a.md", ReadOptions("https://example.org", ZoneInfo("UTC"), 1_000_000)
    )
    (heard,) = enclosures([Attachment("a.wav")], "", references, Notes("a.md"))
    assert isinstance(heard, Enclosure)
    assert heard.duration == 95
    seen = lead_image("a.png", "", references)
    assert isinstance(seen, Picture)
    assert (seen.width, seen.height, seen.length) == (640, 480, 33)


def test_a_file_that_vanished_is_not_measured(tmp_path: Path) -> None:
    """Its article is read again soon."""
    (tmp_path / "a.png").write_bytes(png(1, 1))
    references = References(
        tmp_path, scan(tmp_path), "a.md", ReadOptions("https://example.org", ZoneInfo("UTC"), 1_000_000)
    )
    file = references.file("a.png")
    assert file is not None
    (tmp_path / "a.png").unlink()
    assert references.measured(file, picture_size) is None


FILES = {
    "quay.png": png(640, 480),
    "mast.png": png(2, 3000),
    "chart.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>',
    "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JF",
    "film.mp4": b"\x00\x00\x00\x18ftypmp42",
}


@pytest.fixture
def references(tmp_path: Path) -> References:
    """Those of ``a.md``, beside which all of the files lie; all of them were asked for."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    references = References(
        tmp_path, scan(tmp_path), "a.md", ReadOptions("https://example.org/a&b", ZoneInfo("UTC"), 1_000_000)
    )
    for name in FILES:
        assert references.file(name)
    return references


@pytest.mark.parametrize(
    ("written", "added"),
    [
        pytest.param('src="quay.png"', 'width="640" height="480"', id="a picture beside the article"),
        pytest.param('alt="a > b" src="quay.png"', 'width="640" height="480"', id="after other attributes"),
        pytest.param('src="quay.png#xywh=0,0,9,9"', 'width="640" height="480"', id="a part of it is meant"),
        pytest.param(
            'src="quay.png" srcset="mast.png 2x"', 'width="640" height="480"', id="finer for fine screens"
        ),
        pytest.param('src="quay.png" width="9" height="9"', "", id="both written"),
        pytest.param('src="quay.png" width="9" height=""', "", id="both written, one empty"),
        pytest.param('src="quay.png" width="320"', 'height="240"', id="the width written"),
        pytest.param('height="200" src="quay.png"', 'width="267"', id="the height written"),
        pytest.param('src="mast.png" height="10"', 'width="1"', id="hardly any width left"),
        pytest.param('src="quay.png" width="50%"', "", id="a share of the column"),
        pytest.param('src="quay.png" height="auto"', "", id="no number"),
        pytest.param('src="quay.png" width="0"', "", id="not to be seen"),
        pytest.param(f'src="quay.png" width="{"9" * 5000}"', "", id="beyond all measure"),
        pytest.param('src="quay.png" sizes="9em"', "", id="sizes tells the width"),
        pytest.param('src="quay.png" srcset="mast.png 2w, quay.png 640w"', "", id="candidates by width"),
        pytest.param('src="quay.png" srcset="mast.png 1.5w"', "", id="one candidate by width"),
        pytest.param('src="chart.svg"', "", id="a drawing"),
        pytest.param('src="cut.jpg"', "", id="cut off"),
        pytest.param('src="film.mp4"', "", id="no picture"),
        pytest.param('src="https://example.net/quay.png"', "", id="elsewhere"),
        pytest.param('alt="quay.png"', "", id="no address"),
        pytest.param('title=" src=quay.png" alt=""', "", id="an address in words"),
    ],
)
def test_a_picture_has_its_room(references: References, written: str, added: str) -> None:
    """What is missing is added, and nothing that was written is contradicted."""
    for name in FILES:
        written = written.replace(f'"{name}', f'"{escape(references.absolute(name) or "")}')
    expected = f"<p>x <img {written}{' ' * bool(added)}{added}></p>"
    assert (
        with_dimensions(f"<p>x <img {written}></p>", references.published(), references.picture_size) == expected
    )
    assert with_dimensions(expected, references.published(), references.picture_size) == expected


@pytest.mark.parametrize(
    "body",
    [
        '<p title="<img src=&quot;URL&quot;>">x</p>',
        '<p>&lt;img src="URL"&gt;</p>',
        '<video poster="URL" controls=""></video>',
        '<picture><source srcset="URL"></picture>',
    ],
    ids=["in an attribute", "in words", "before a film", "for some screens"],
)
def test_nothing_else_has_its_size_told(references: References, body: str) -> None:
    """Only an ``<img>`` is one."""
    body = body.replace("URL", escape(references.absolute("quay.png") or ""))
    assert with_dimensions(body, references.published(), references.picture_size) == body


def test_another_picture_makes_another_body(directory: Path, rules: ReadOptions) -> None:
    """The stamp of the reading watches the file, so the article is read again, and its size is the new one."""
    picture = directory / "quay.png"
    (directory / "a.md").write_text("Words.\n\n![Quay](quay.png) ![Chart](chart.svg)\n", "utf-8")
    (directory / "chart.svg").write_bytes(FILES["chart.svg"])
    picture.write_bytes(png(640, 480))
    before = read(directory, "a.md", scan(directory), rules)
    picture.write_bytes(png(320, 200))
    os.utime(picture, (1, 1))
    after = read(directory, "a.md", scan(directory), rules)
    assert ('width="640" height="480"' in before.body, 'width="320" height="200"' in after.body) == (True, True)
    assert before.article.body != after.article.body
    assert before.stamp != after.stamp
    assert before.warnings == after.warnings == ()


def test_a_picture_that_vanished_has_no_size(references: References) -> None:
    """Its article is read again soon."""
    body = f'<img src="{escape(references.absolute("quay.png") or "")}">'
    (references.directory / "quay.png").unlink()
    assert with_dimensions(body, references.published(), references.picture_size) == body


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="data:x" data-src="a.jpg" alt="x">', '<img src="a.jpg" alt="x">'),
        ("<img data-lazy-src=a.jpg class=lazy src=blank.gif>", "<img src=a.jpg class=lazy>"),
        ("<IMG DATA-ORIGINAL='a.jpg'/>", "<IMG src='a.jpg'>"),
        (
            '<img data-srcset="a.jpg 1x, b.jpg 2x" data-sizes="auto" srcset="x 1x" src="c.jpg">',
            '<img srcset="a.jpg 1x, b.jpg 2x" src="c.jpg">',
        ),
        ('<source data-srcset="a.webp" type="image/webp">', '<source srcset="a.webp" type="image/webp">'),
        ('<video data-poster="p.jpg" data-src="a.mp4">', '<video poster="p.jpg" src="a.mp4">'),
        ('<iframe data-src="https://example.org/">', '<iframe src="https://example.org/">'),
        ('<img data-src="" src="a.jpg">', '<img data-src="" src="a.jpg">'),
        ('<p data-src="a">x</p>', '<p data-src="a">x</p>'),
        ('<img src="a.jpg">', '<img src="a.jpg">'),
    ],
)
def test_the_true_address_takes_its_place(markup: str, expected: str) -> None:
    """Whatever script was to put it there; an empty one changes nothing."""
    assert load_lazy_images(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img data-src="a.jpg"><noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
        (
            '<picture><img data-src="a.jpg"></picture>\n<noscript> <img src="a.jpg"> </noscript>',
            '<picture><img src="a.jpg"></picture>\n',
        ),
        ('<img src="data:x"> <noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
        ("<img class=lazy><noscript><img src=a.jpg></noscript>b", "<img src=a.jpg>b"),
        (
            '<img src="b.jpg"><noscript><img src="a.jpg"></noscript>',
            '<img src="b.jpg"><img src="a.jpg">',
        ),
        ("<noscript>words</noscript>", "<noscript>words</noscript>"),
    ],
    ids=["the same", "in a picture", "placeholder", "no address", "two pictures", "words"],
)
def test_each_picture_is_there_once(markup: str, expected: str) -> None:
    """The one for those without scripts is left out where it is the same, else the placeholder is."""
    assert load_lazy_images(markup) == expected
