"""The body is safe to publish."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from feedsvc.articles.body import clean, is_tangled
from feedsvc.articles.references import References
from feedsvc.articles.scan import Listing

BASE = "https://example.org"


def cleaned(markup: str) -> str:
    """``markup`` cleaned as the body of ``news/a.html`` in an empty directory."""
    return clean(markup, References(Path("/nowhere"), Listing({}), "news/a.html", BASE).absolute)


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
        ('<img srcset="data:x">', "<img>"),
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


INJECTIONS = """
<script>alert(1)</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<scr<noscript>ipt>alert(1)</scr</noscript>ipt>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<<script>alert(1);//<</script>
<img src=x onerror=alert(1)>
<img src="x" onerror="alert(1)"/>
<img/src=x/onerror=alert(1)>
<img src=javascript:alert(1)>
<img src="jav&#x09;ascript:alert(1)">
<img src="jav&#x0A;ascript:alert(1)">
<img src=" &#14; javascript:alert(1)">
<img src=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>
<img srcset="javascript:alert(1) 1x">
<img srcset="x 1x, javascript:alert(1) 2x">
<img src="data:image/svg+xml,<svg onload=alert(1)>">
<img lowsrc="javascript:alert(1)">
<img dynsrc="javascript:alert(1)">
<a href="javascript:alert(1)">x</a>
<a href="JAVASCRIPT:alert(1)">x</a>
<a href="java\0script:alert(1)">x</a>
<a href="javascript&colon;alert(1)">x</a>
<a href="javascript&#58;alert(1)">x</a>
<a href="&#1;javascript:alert(1)">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="livescript:alert(1)">x</a>
<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>
<a href="x" onclick="alert(1)">x</a>
<a href="x" ONMOUSEOVER=alert(1)>x</a>
<a style="background:url(javascript:alert(1))">x</a>
<a href='x' ping='javascript:alert(1)'>x</a>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
<math href="javascript:alert(1)">x</math>
<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="javascript:alert(1)"></object>
<embed src="javascript:alert(1)">
<applet code="javascript:alert(1)"></applet>
<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>
<input autofocus onfocus=alert(1)>
<select onfocus=alert(1) autofocus><option>x
<textarea><script>alert(1)</script></textarea>
<title><script>alert(1)</script></title>
<style>@import 'javascript:alert(1)';</style>
<style><!--</style><script>alert(1)//--></script>
<link rel=stylesheet href="javascript:alert(1)">
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<base href="javascript:alert(1)//">
<body onload=alert(1)>
<body background="javascript:alert(1)">
<table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x
<video><source onerror="alert(1)"></video>
<video src=x onerror=alert(1) poster="javascript:alert(1)"></video>
<audio src="javascript:alert(1)" onplay=alert(1)></audio>
<track src="javascript:alert(1)" default>
<details open ontoggle=alert(1)>x
<marquee onstart=alert(1)>x</marquee>
<blockquote cite="javascript:alert(1)">x</blockquote>
<q cite="javascript:alert(1)">x</q>
<xss style="behavior:url(xss.htc)">x
<template><script>alert(1)</script></template>
<plaintext><script>alert(1)</script>
<xmp><script>alert(1)</script></xmp>
<listing>&lt;script&gt;alert(1)&lt;/script&gt;</listing>
<!--><script>alert(1)</script>-->
<!-- --!><script>alert(1)</script>
<![CDATA[<script>alert(1)</script>]]>
<?php echo '<script>alert(1)</script>' ?>
<p id="x" onfocus=alert(1) tabindex=1 contenteditable>x
<ul><li style="list-style-image:url('javascript:alert(1)')">x
<b/onmouseover=alert(1)//>x
</p></div></body><script>alert(1)</script>
<code class="language-x onclick=alert(1)">x</code>
<a href="x&quot; onclick=&quot;alert(1)">x</a>
<img alt="<script>alert(1)</script>" title="&quot;><script>alert(1)</script>">
""".strip().split("\n")

_DANGEROUS = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "form",
        "input",
        "button",
        "base",
        "meta",
        "link",
    ]
)


@pytest.mark.parametrize("attack", INJECTIONS)
def test_no_injection_survives(attack: str) -> None:
    """After cleaning, a parser finds no active tag, no handler, no style and no scheme but the allowed ones."""
    root = html.fragment_fromstring(cleaned(attack), create_parent="div")
    for element in root.iter():
        assert element.tag not in _DANGEROUS
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in {"style", "srcdoc", "formaction", "action", "background", "xlink:href"}
            if name in {"href", "src", "srcset", "poster", "cite"}:
                assert re.match(r"https?://|mailto:|tel:|#", value)


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
        ],
    ],
)
def test_tangled_tags_are_seen_before_a_parser_suffers(markup: str, tangled: bool) -> None:
    """Parsers need time with the square of the depth, so it is measured first, in one pass."""
    assert is_tangled(markup) is tangled
