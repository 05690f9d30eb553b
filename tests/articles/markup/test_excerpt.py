"""Plain text out of clean HTML."""

import pytest

from feedsvc.articles.frontmatter.header import Entry, Header, Value
from feedsvc.articles.markup.excerpt import (
    LENGTH,
    excerpt,
    first_sentence,
    one_line,
    plain_text,
    read_extent,
    shorten,
)
from feedsvc.articles.problems import Notes


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
    ("value", "expected", "warnings"),
    [("Full", "full", 0), (" summary", "summary", 0), ("some", None, 1), (["full"], None, 1), ("", None, 0)],
    ids=str,
)
def test_the_extent(value: Value, expected: str | None, warnings: int) -> None:
    """Of two words; anything else is passed over with a warning."""
    notes = Notes("a.md")
    assert read_extent(Header({"feedcontent": Entry("feed_content", value, 2)}), notes) == expected
    assert len(notes.warnings) == warnings
