"""What of a title is markup."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.markup.inline import without_markup


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Bold** &amp; <i>x</i>", "Bold & x"),
        ("*One* and __two three__ and _four_", "One and two three and four"),
        ("***Both***, *a **b** c*", "Both, a b c"),
        ("~~Gone~~", "Gone"),
        ("Use `<b>` and `**kwargs`", "Use <b> and **kwargs"),
        ("``a ` b``", "a ` b"),
        (r"\*Not\* \<b\>", "*Not* <b>"),
        ("[A link](https://example.org/a_(b)) here", "A link here"),
        ('[A](b "t") ![picture](a.png)', "A picture"),
        ("<a href=\"x>y\">A</a> <EM class='b'>B</EM>", "A B"),
        ("<em>**both**</em>", "both"),
        ("one<br>two<br/>three", "one two three"),
        ("Hello!<br>“World”", "Hello! “World”"),
        ("one<wbr>two", "onetwo"),
        ("The <img> and <br> elements, and <hr>", "The <img> and <br> elements, and <hr>"),
        ("<br> or <br />, and (<wbr>)", "<br> or <br />, and (<wbr>)"),
        ('A heron <img src="heron.png"> in the mist', "A heron   in the mist"),
        ("10&nbsp;km", "10\u00a0km"),
        ("<p>one</p><p>two</p>", " one  two "),
        ("&lt;b&gt; &#8217;s &#x41; &copy;", "<b> ’s A ©"),
        ("&amp;amp;", "&amp;"),
        ("&lt;i&gt;x&lt;/i&gt;", "<i>x</i>"),
        ("`&amp;`", "&amp;"),
    ],
)
def test_markup_is_rendered_away_once(text: str, expected: str) -> None:
    """Entities are decoded once, and what they or code spans hold is no markup."""
    assert without_markup(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "AT&T <3 C++",
        "R&D; and more",
        "&notit; &nothing;",
        "snake_case_name and __init__",
        "*args and **kwargs",
        "2*3*4 and 5 * 6 * 7",
        "M*A*S*H, f**k and ****",
        "List<String> and List<i>",
        "The <b> tag",
        "a < b > c",
        "1 ~ 2 ~~ 3",
        "[Video] of arr[i](x)",
        "a ` b",
        "C:\\new",
        "",
        "Plain words",
    ],
)
def test_what_only_looks_like_markup_stays_as_it_was_written(text: str) -> None:
    """Signs without their pair, in the middle of words, or with unknown names."""
    assert without_markup(text) == text


def test_a_text_far_too_long_for_a_title_stays_as_it_is() -> None:
    """Pairs are looked for with the square of the length."""
    text = "*" + "a *" * 100_000
    assert without_markup(text) == text


def test_signs_of_private_use_stay_as_they_are() -> None:
    """They cannot be told from those that stand for what was put aside."""
    assert without_markup("\U000f0000 *a* &amp;") == "\U000f0000 *a* &amp;"


@given(st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=80))
def test_any_text_comes_back_when_it_is_escaped(text: str) -> None:
    """Whoever escapes a title as HTML does gets the title that was meant; nothing is escaped twice."""
    escaped = "".join(f"&#{ord(char)};" if char in "\\`*_~[]!" else html.escape(char) for char in text)
    expected = html.unescape(escaped)
    assert without_markup(escaped) == expected


@given(st.text("ab *_~`[](<>i/&;\\", max_size=60))
def test_any_mess_of_signs_is_taken(text: str) -> None:
    """No exception, and no character that was not there; "&ii;" is one."""
    assert set(without_markup(text)) <= {*text, " ", "\N{DOUBLE-STRUCK ITALIC SMALL I}"}
