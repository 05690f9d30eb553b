"""Pictures that stand in an article's own text, and the files that they become."""

from base64 import b64decode, b64encode
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from pixels import png

from feedsvc.articles.body.inline_media import content_of, inline_media, safe_drawing
from feedsvc.articles.model import Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000)
PICTURE = png(40, 30)
PACKED = b64encode(PICTURE).decode()
TIDES = '<svg viewBox="0 0 9 5"><title>Tides & ebb</title><path d="M0 0L9 5"/><text>42 cm</text></svg>'


def data(media_type: str, content: bytes) -> str:
    """The content as a URL."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"


TAKEN = {
    "PNG": (data("image/png", PICTURE), "picture.png"),
    "with blanks": (f"data:image/png;base64,{PACKED[:20]} {PACKED[20:]}", "picture.png"),
    "percent-encoded": (f"data:image/png;base64,{quote(PACKED, safe='')}", "picture.png"),
    "in capitals": (f"DATA:IMAGE/PNG;BASE64,{PACKED}", "picture.png"),
    "JPEG": (data("image/jpg", b"\xff\xd8\xff\xe0 and so on"), "picture.jpg"),
    "WebP": (data("image/webp", b"RIFF....WEBP"), "picture.webp"),
    "sound": (data("audio/mpeg", b"ID3 and so on"), "sound.mp3"),
    "drawing": (data("image/svg+xml", TIDES.encode()), "drawing.svg"),
    "drawing in text": (f"data:image/svg+xml;utf8,{quote(TIDES)}", "drawing.svg"),
}


@pytest.mark.parametrize(("url", "name"), TAKEN.values(), ids=TAKEN)
def test_a_picture_becomes_a_file(url: str, name: str) -> None:
    """Under an address of its bytes; the store keeps it as text and gives the same bytes back."""
    found = inline_media(url)
    assert found is not None
    assert found.file.path == f"/media/{found.file.digest[:16]}/{name}"
    assert len(content_of(found.text)) == found.file.size
    assert found.file.source == ""


REFUSED = {
    "another type": data("text/html", b"<p>x"),
    "no type": "data:,x",
    "another content": data("image/png", b"<html>"),
    "broken": "data:image/png;base64,!!!",
    "no comma": "data:image/png;base64",
    "empty": "data:image/png;base64,",
    "a spacer": data("image/png", png(1, 1)),
    "too large": data("image/png", PICTURE + bytes(1_000_000)),
    "a drawing of nothing": data("image/svg+xml", b"<svg/>"),
    "no drawing": data("image/svg+xml", b"<p>x"),
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_what_is_no_safe_picture_is_refused(url: str) -> None:
    """The bytes have to be what the type says, small, and to show something."""
    assert inline_media(url) is None


ACTIVE = {
    "script": "<svg><script>x</script><rect/></svg>",
    "handler": '<svg onload="x"><rect onclick="x"/></svg>',
    "link": '<svg><a href="javascript:x"><rect/></a></svg>',
    "HTML": "<svg><foreignObject><body><iframe src=x></iframe></body></foreignObject><rect/></svg>",
    "picture of elsewhere": '<svg><image href="https://x.example/y.png"/><rect/></svg>',
    "use of elsewhere": '<svg><use href="https://x.example/y.svg#z"/><rect/></svg>',
    "HTML in a picture": '<svg><image href="data:text/html;base64,AAAA"/><rect/></svg>',
    "import": "<svg><style>@import 'https://x.example/y.css';</style><rect/></svg>",
    "paint of elsewhere": '<svg><rect fill="url(https://x.example/y.svg#z)"/></svg>',
    "style of elsewhere": "<svg><rect style=\"fill: url('https://x.example/y')\"/></svg>",
    "escapes": r"<svg><rect style='fill: u\72l(https://x.example/y)'/></svg>",
    "animated link": '<svg><set attributeName="href" to="javascript:x"/><rect/></svg>',
    "style in words": "<svg><desc><style>x</desc><script>y</script></style></desc><rect/></svg>",
    "entity": '<!DOCTYPE svg [<!ENTITY x "y">]><svg><text>&x;</text></svg>',
    "instruction": '<?xml-stylesheet href="https://x.example/y.css"?><svg><rect/></svg>',
}


@pytest.mark.parametrize("svg", ACTIVE.values(), ids=ACTIVE)
def test_a_drawing_runs_and_loads_nothing(svg: str) -> None:
    """It is XML without a script, a handler, a link, and any address elsewhere (SVG 2, section 2.2.2)."""
    drawing = safe_drawing(svg)
    if drawing is None:
        return
    root = etree.fromstring(drawing.encode())
    names = {etree.QName(element).localname for element in root.iter(etree.Element)}
    assert names.isdisjoint({"script", "a", "foreignObject", "iframe", "set", "animate", "body"})
    values = [value for element in root.iter(etree.Element) for value in element.attrib.values()]
    assert not any("example" in text or "javascript" in text or "text/html" in text for text in values)
    assert not any(
        name.startswith("on") for element in root.iter(etree.Element) for name in map(str, element.attrib)
    )
    assert "x.example" not in drawing


def test_a_drawing_keeps_what_it_shows() -> None:
    """Names that HTML writes in small letters get the case of SVG back, and shapes and words stay."""
    drawing = safe_drawing(
        '<svg viewbox="0 0 9 5"><defs><lineargradient id="g" gradientunits="userSpaceOnUse"><stop offset="1">'
        '</lineargradient></defs><p><rect width="9" fill="url(#g)"></p><text>1&nbsp;&lt; 2</text></svg>'
    )
    assert drawing is not None
    root = etree.fromstring(drawing.encode())
    assert root.get("viewBox") == "0 0 9 5"
    (gradient,) = root.findall(".//{*}linearGradient")
    (shape,) = root.findall(".//{*}rect")
    assert gradient.get("gradientUnits") == "userSpaceOnUse"
    assert shape.get("fill") == "url(#g)"
    assert root.findtext(".//{*}text") == "1\xa0< 2"


def reading(directory: Path, words: str, name: str = "a.md") -> Reading:
    """The article of these words."""
    (directory / name).write_text(words, "utf-8")
    return read(directory, name, scan(directory), RULES)


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_an_article_shows_its_drawing_and_its_picture(tmp_path: Path, name: str) -> None:
    """As pictures with an address, the drawing with its title as words, the picture with its size."""
    found = reading(tmp_path, f'<p>One</p>\n\n{TIDES}\n\n<img alt="dot" src="{data("image/png", PICTURE)}">', name)
    drawing, picture = sorted(found.article.media, key=lambda file: file.media_type, reverse=True)
    assert f'<img src="https://example.org{drawing.path}" alt="Tides &amp; ebb">' in found.body
    assert f'src="https://example.org{picture.path}" width="40" height="30"' in found.body
    assert {digest for digest, _ in found.inline} == {drawing.kept, picture.kept}
    assert found.article.image is not None
    assert found.article.image.media_type == "image/svg+xml"
    assert found.warnings == ()


def test_a_picture_of_the_header_is_a_file_too(tmp_path: Path) -> None:
    """The lead image may stand in its own address."""
    found = reading(tmp_path, f'---\ntitle: A\nimage: "{data("image/png", PICTURE)}"\n---\nWords.')
    assert found.article.image is not None
    assert found.article.image.url.endswith("/picture.png")
    assert (found.article.image.width, found.article.image.height) == (40, 30)


def test_a_drawing_in_a_comment_is_not_published(tmp_path: Path) -> None:
    """What is commented out is kept back."""
    assert reading(tmp_path, f"Words.\n\n<!-- {TIDES} -->\n").article.media == ()


def test_a_small_sign_has_the_size_of_its_view_box(tmp_path: Path) -> None:
    """Else it would be shown as wide as the page."""
    body = reading(tmp_path, 'A <svg viewBox="0 0 16 16"><path d="m0 0"/></svg> sign').body
    assert 'width="16" height="16"' in body


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    """However often it stands there."""
    found = reading(tmp_path, f"{TIDES}\n\nand\n\n{TIDES}\n")
    assert len(found.article.media) == len(found.inline) == 1
    assert b64decode(found.inline[0][1].partition(",")[2]).startswith(b"<?xml")
