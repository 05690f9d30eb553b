"""Images of a body: lazy ones get their address, and all their width and height."""

import os
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pixels import png

from feedsvc.articles.body.images import load_lazy_images, with_dimensions
from feedsvc.articles.body.urls import References
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

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
    assert with_dimensions(f"<p>x <img {written}></p>", references) == expected
    assert with_dimensions(expected, references) == expected


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
    assert with_dimensions(body, references) == body


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
    assert with_dimensions(body, references) == body


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
