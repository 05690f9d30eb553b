"""The body is safe to publish."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from feedsvc.articles.body.sanitizer import clean, is_tangled
from feedsvc.articles.body.urls import References
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Listing

BASE = "https://example.org"


def cleaned(markup: str) -> str:
    """``markup`` cleaned as the body of ``news/a.html`` in an empty directory."""
    return clean(
        markup,
        References(
            Path("/nowhere"), Listing({}), "news/a.html", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000)
        ).absolute,
    )


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ('<p class="x" style="color:red" id="y" dir="rtl">a</p>', '<p id="y" dir="rtl">a</p>'),
        ('<a href="b.html" target="_blank">x</a>', f'<a href="{BASE}/news/b.html">x</a>'),
        ('<img src="/a.jpg" alt="x" loading="lazy">', f'<img src="{BASE}/a.jpg" alt="x">'),
        (
            '<img srcset="a.jpg 1x, /b.jpg 2.5x,data:x 3x, c.jpg big">',
            f'<img srcset="{BASE}/news/a.jpg 1x, {BASE}/b.jpg 2.5x, {BASE}/news/c.jpg">',
        ),
        ('<img srcset="data:x">', ""),
        ('<img srcset="data:x" alt="words > signs">', "words &gt; signs"),
        (
            '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac><annotation-xml>x</annotation-xml></math>',
            '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>',
        ),
        (
            '<video src="a.mp4" poster="p.jpg" autoplay><track src="t.vtt"></video>',
            (
                f'<video src="{BASE}/news/a.mp4" poster="{BASE}/news/p.jpg" controls="">'
                f'<track src="{BASE}/news/t.vtt"></video>'
            ),
        ),
        ('<blockquote cite="x">q</blockquote>', f'<blockquote cite="{BASE}/news/x">q</blockquote>'),
        ('<code class="a language-c++ b">x</code>', '<code class="language-c++">x</code>'),
        ('<code class="a">x</code>', "<code>x</code>"),
        ("<details open><summary>s</summary>t</details>", '<details open=""><summary>s</summary>t</details>'),
        ("<form action=x><label>words</label><input></form>", "words"),
        ("<noscript><img src=/a.png></noscript>", f'<img src="{BASE}/a.png">'),
        ("a<iframe>no player here</iframe><style>p { }</style><title>t</title>", "a"),
        ("<pre>\n\nx</pre>", "<pre>\n\nx</pre>"),
        ("a&#13;&#10;b&#8;c", "a\nbc"),
        ("<unknown-tag>words</unknown-tag>", "words"),
        ('<td>1</td><table><tr><td align="center">2', None),
    ],
)
def test_what_readers_show_is_kept(markup: str, expected: str | None) -> None:
    """Listed tags and attributes stay, URLs become absolute, words of other tags remain."""
    if expected is None:
        assert '<td align="center">2</td>' in cleaned(markup)
    else:
        assert cleaned(markup) == expected


def test_a_fault_in_resolving_is_raised() -> None:
    """nh3 would print and swallow it; a half-resolved body must not be published."""

    def broken(_: str) -> str | None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        clean('<a href="x">y</a>', broken)


TAGS = [
    "p",
    "b",
    "a href='x y'",
    "div",
    "table",
    "tr",
    "td",
    "pre",
    "ul",
    "li",
    "h1",
    "select",
    "form",
    "svg",
    "math",
]
PIECES = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag.split()[0]}>" for tag in TAGS]),
        st.sampled_from(["<!--", "-->", "\n", "&amp;lt;", "&#8;", "&", "<", '"', "<br/>", "<img src=x alt='>'>"]),
        st.text(max_size=5),
    ),
    max_size=25,
).map("".join)


@given(PIECES)
def test_a_clean_body_is_well_formed_and_free_of_forbidden_characters(markup: str) -> None:
    """Whatever comes in, it can stand in XML."""
    body = cleaned(markup)
    assert not re.search("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", body)
    etree.fromstring(etree.tostring(html.fragment_fromstring(f"<div>{body}</div>")))


@given(st.one_of(st.text(), PIECES))
def test_cleaning_again_changes_nothing(text: str) -> None:
    """What is clean stays as it is."""
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Vec<String> of <T></p>", "<p>Vec&lt;String&gt; of &lt;T&gt;</p>"),
        ("<p>clone <your name></p>", "<p>clone &lt;your name&gt;</p>"),
        ("<p><odd>x</odd> <Odd a=1/> <odd b='c'></p>", "<p>x  </p>"),
        ("<center>x<tt>y</center>", "xy"),
        ("<p>a <!-- <b1> --> b</p>", "<p>a  b</p>"),
    ],
    ids=["types", "a placeholder", "an unknown element", "old elements", "a comment"],
)
def test_what_only_looks_like_a_tag_is_shown(markup: str, expected: str) -> None:
    """No element is so called and nothing ends it, so its author meant words, which would vanish."""
    assert cleaned(markup) == expected


@pytest.mark.parametrize(
    ("markup", "tangled"),
    [
        ("<p>a</p>" * 300, False),
        ("<div>" * 201 + "</div>" * 201, True),
        ("<div>" * 200 + "</div>" * 200, False),
        ("<b></i>" * 300, True),
        ("<div><!--</div>-->" * 300, True),
        ("<!--<div>-->" * 300, False),
        ("<div title='</div>'>" * 300, True),
        ('<div title=">"></div>' * 300, False),
        ("<br>" * 300, False),
        ("<ruby>漢<rp>(<rt>kan</ruby>" * 300, False),
        ("<rt>" * 300, True),
        (f"<p {' '.join(map(str, range(3000)))}>", True),
        ("<div>" * 10, False),
        ("<DIV></div>" * 300, False),
        ("<b>" * 100 + "<p>" * 60_000, True),
        ("<a <a \"<a '" * 300_000, True),
        ("<!-- " * 300_000, False),
        (f"<svg>{'<rect/>' * 300}</svg>", False),
        (f"<svg><g>{'<path d=m1/2 />' * 300}</g></svg>", False),
        (f"<math>{'<mspace width=1/>' * 300}</math>", False),
        ("<div/>" * 300, True),
        (f"<svg>{'<g>' * 300}", True),
        (f"<svg><div></div>{'<x/>' * 300}", True),
        (f"<svg><desc>{'<x/>' * 300}", True),
        (f"<math><mi>{'<mspace/>' * 300}", True),
    ],
    ids=[
        *["flat", "too deep", "deep", "stray ends", "ends in comments", "comments", "ends in values", "values"],
        *[
            "void",
            "ruby",
            "no ruby",
            "attributes",
            "few",
            "siblings",
            "never closed",
            "never ended",
            "one comment",
            "shapes of a drawing",
            "paths of a drawing",
            "spaces of a formula",
            "slashes that HTML reads over",
            "groups of a drawing",
            "after a drawing that a tag has ended",
            "in the words of a drawing",
            "in the words of a formula",
        ],
    ],
)
def test_tangled_tags_are_seen_before_a_parser_suffers(markup: str, tangled: bool) -> None:
    """Parsers need time with the square of the depth, so it is measured first, in one pass."""
    assert is_tangled(markup) is tangled
