"""What a page makes of an article's body."""

import pytest

from feedsvc.articles.model import Picture
from feedsvc.documents.pages.context import page_body

QUAY = Picture("https://example.org/quay.png?a=1&b=2", "image/png", 1200, 500)
SRC = 'src="https://example.org/quay.png?a=1&amp;b=2"'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<pre>x</pre>", '<pre tabindex="0">x</pre>'),
        ('<pre lang="en"><code>x</code></pre>', '<pre tabindex="0" lang="en"><code>x</code></pre>'),
        ("<table><tr></tr></table>", '<table tabindex="0"><tr></tr></table>'),
        ("<p>&lt;pre&gt; &lt;table&gt;</p>", "<p>&lt;pre&gt; &lt;table&gt;</p>"),
        ('<a title="<pre x" href="#a">x</a>', '<a title="<pre x" href="#a">x</a>'),
        ('<a title="> <table>">x</a>', '<a title="> <table>">x</a>'),
        (f'<img {SRC} alt="Quay">', f'<img {SRC} alt="Quay">'),
        ('<img src="https://example.org/other.png">', '<img src="https://example.org/other.png">'),
        (f"<audio {SRC}></audio>", f"<audio {SRC}></audio>"),
    ],
)
def test_only_what_needs_it_is_changed(content: str, expected: str) -> None:
    """A tag is taken as a whole: what stands in a text or in an attribute is none."""
    assert page_body(content, QUAY) == expected


def test_a_picture_far_below_is_fetched_when_it_comes_into_sight() -> None:
    """HTML, 2.5.7; those of the first screen are not, nor is the lead picture, wherever it stands."""
    near, far, lead = (f'<img alt="" src="https://e.example/{name}.png">' for name in ("near", "far", "lead"))
    words = f"<p>{'words ' * 200}</p>"
    later = far.replace("<img", '<img loading="lazy"')
    assert (
        page_body(near + words + far + lead, Picture("https://e.example/lead.png")) == near + words + later + lead
    )
    assert page_body(near + words + far, None) == near + words + later
