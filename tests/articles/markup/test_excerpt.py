"""The summary of an article, and texts cut at a word or a sign."""

import pytest

from feedsvc.articles.markup.excerpt import (
    LENGTH,
    excerpt,
    first_sentence,
    shorten,
    whole_graphemes,
)


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
