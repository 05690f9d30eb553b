"""Lines of scripts that have no spaces, and signs of several characters."""

import pytest

from feedsvc.articles.markup.plain_words import shorten
from feedsvc.articles.markup.writing_systems import join_wrapped, join_wrapped_html, whole_graphemes


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
