"""Text without markup, its excerpt, and text in scripts other than Latin."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.markup.plain_words import (
    LENGTH,
    excerpt,
    first_sentence,
    join_wrapped,
    join_wrapped_html,
    one_line,
    plain_text,
    shorten,
    whole_graphemes,
    without_markup,
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a <b>b</b>c</p><p>d</p>", "a bc d"),
        ("a<br>b", "a b"),
        ('<a title="x>y" href="z">link</a>', "link"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("a&#8;b&nbsp;c", "ab\u00a0c"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢"),
        ('Wind.<sup class="footnote-ref"><a href="#fn-1" id="fnref-1">1</a></sup> Rain', "Wind. Rain"),
        ('Wind.<a class="footnote-ref" href="#fn1"><sup>1</sup></a> Rain', "Wind. Rain"),
        ('mc<sup>2</sup> <sup><a href="https://e.org/#a">see</a></sup>', "mc2 see"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("", ""),
    ],
)
def test_the_words_of_markup(markup: str, expected: str) -> None:
    """Tags go, entities are decoded once, blocks part words and inline tags do not."""
    assert plain_text(markup) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a \n b\t\tc ", "a b c"),
        ("10\u00a0km", "10\u00a0km"),
        ("\u00a0Vraiment\u202f?  \n Oui\u00a0", "Vraiment\u202f? Oui"),
        ("a\u2003b\u3000c", "a b c"),
    ],
)
def test_words_that_hold_together_stay_together(text: str, expected: str) -> None:
    """A line break and doubled blanks are one blank; what its author wrote against a break stays."""
    assert one_line(text) == expected


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港の鐘が\nまた鳴った。", "港の鐘がまた鳴った。"),
        ("钟楼，\n  他们", "钟楼，他们"),
        ("항구의 종이\n다시 울렸다.", "항구의 종이\n다시 울렸다."),
        ("等候\nEnglish", "等候\nEnglish"),
        ("English\n等候", "English\n等候"),
        ("one\ntwo", "one\ntwo"),
    ],
    ids=["kana", "Han", "Hangul", "Han before Latin", "Latin before Han", "Latin"],
)
def test_a_wrapped_line_is_joined(text: str, expected: str) -> None:
    """Between Han or kana without a blank; anywhere else the break stays one."""
    assert join_wrapped(text) == expected
    assert join_wrapped_html(f"<p>{text}</p>") == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p><b>鐘</b>\n<em>鳴</em></p>", "<p><b>鐘</b><em>鳴</em></p>"),
        ("<pre>鐘\n鳴</pre>鐘\n鳴", "<pre>鐘\n鳴</pre>鐘鳴"),
        ("<p>鐘</p>\n<p>鳴</p>", "<p>鐘</p>\n<p>鳴</p>"),
        ("鐘<br>\n鳴", "鐘<br>\n鳴"),
    ],
    ids=["tags of words", "code", "blocks", "a break that is meant"],
)
def test_tags_at_the_break(markup: str, expected: str) -> None:
    """Those of words do not part a text; what was written line by line stays so."""
    assert join_wrapped_html(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h2>Head</h2><p>First.</p><p>Second.</p>", "First."),
        ('<p><img src="x" alt="y"></p><p class="a">Words</p>', "Words"),
        ("<pre>a</pre><ul><li>b</li></ul>", "a b"),
        ("", ""),
        ("<p>By Ida Falk, Ashford</p><p>The bus stays.</p>", "The bus stays."),
        ("<p>By Ida Falk</p>", "By Ida Falk"),
        ("<p>By noon it rained.</p><p>More.</p>", "By noon it rained."),
        ("<p>By Ida</p><p>Par Ben</p>", "Par Ben"),
    ],
    ids=["first paragraph", "one with words", "no paragraph", "nothing", "byline", "only a byline", "none", "two"],
)
def test_an_excerpt_is_the_first_paragraph_with_words(markup: str, expected: str) -> None:
    """Headings and pictures are passed over; without a paragraph all words count."""
    assert excerpt(markup) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("one two three", "one two…"),
        ("one, two three", "one, two…"),
        ("one two: three", "one two…"),
        ("onetwothreefour", "onetwothr…"),
        ("exact four", "exact four"),
    ],
)
def test_a_long_text_is_cut_at_a_word(text: str, expected: str) -> None:
    """Never inside a word, unless the word is longer than the room."""
    assert shorten(text, 10) == expected


def test_an_excerpt_never_exceeds_its_length() -> None:
    """A feed's summary is a few lines."""
    assert len(excerpt(f"<p>{'word ' * 500}</p>")) <= LENGTH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The council met on Friday. It was late.", "The council met on Friday."),
        ("Dr. Smith went to the harbour. He sailed.", "Dr. Smith went to the harbour."),
        ("“It is a great day here!” She smiled.", "“It is a great day here!”"),
        ("See version 1.2 of the programme now", "See version 1.2 of the programme now"),
        ("He paused… and went on for a while. End.", "He paused… and went on for a while."),
        ("今日は天気がいい。明日は雨。", "今日は天気がいい。"),
        ("w" * 200, "w" * 149 + "…"),
    ],
)
def test_the_first_sentence(text: str, expected: str) -> None:
    """It ends at a full stop that ends a sentence, not an abbreviation or a number."""
    assert first_sentence(text) == expected


@pytest.mark.parametrize(
    "sign",
    [
        "e\u0301",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "👍🏽",
        "❤️",
        "क्षि",
        "한".encode().decode(),
        "\u1112\u1161\u11ab",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "1️⃣",
        "กำ",
    ],
)
def test_a_text_is_never_cut_within_a_sign(sign: str) -> None:
    """Wherever the room ends, whole signs are left: an accent alone, or half a flag, is none."""
    text = f"ab{sign}{sign}c"
    whole = {"a", "ab", f"ab{sign}", f"ab{sign}{sign}", text}
    assert {whole_graphemes(text, length) for length in range(1, len(text) + 1)} == whole


def test_a_summary_ends_at_a_sign() -> None:
    """The ellipsis follows a whole one."""
    assert shorten("鐘" * 8 + "🇩🇪" * 4, 12) == "鐘" * 8 + "🇩🇪…"
