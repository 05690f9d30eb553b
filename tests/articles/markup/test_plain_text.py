"""Plain text articles."""

import pytest

from feedsvc.articles.frontmatter.header import Header, HeaderEntry
from feedsvc.articles.markup.plain_text import read_text

NO_HEADER = Header()
LONG = "The council has decided, after a debate of many hours, that the old bridge over the river will be closed."


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Title\n\nBody.", "Title", "<p>Body.</p>"),
        ("Title\nBody.", "Title", "<p>Body.</p>"),
        ("\n\n  Title \n\nBody.", "Title", "<p>Body.</p>"),
        ("Title\n=====\nBody.", "Title", "<p>Body.</p>"),
        ("Only a title", "Only a title", ""),
        ("It rained. It stopped.\n\nMore.", "It rained. It stopped.", "<p>More.</p>"),
        (f"{LONG} It is safe.\n\nMore.", LONG, f"<p>{LONG} It is safe.</p>\n<p>More.</p>"),
        (f"{'w ' * 90}\n\nMore.", None, None),
        ("The mayor opened\nthe new bridge. All came.", "The mayor opened the new bridge.", None),
        ("In the morning,\nJane came by the river. All.", "In the morning, Jane came by the river.", None),
        ("- milk and a loaf of bread\n- eggs", "milk and a loaf of bread - eggs", None),
        (
            "***\n\nA story begins here today.",
            "A story begins here today.",
            "<hr>\n<p>A story begins here today.</p>",
        ),
        ("***", None, "<hr>"),
        ("🎉", None, "<p>🎉</p>"),
    ],
)
def test_the_title_and_what_is_below_it(text: str, title: str | None, body: str | None) -> None:
    """A first line that is a title leaves the body; any other lends its first sentence and stays."""
    found = read_text(text, NO_HEADER)
    if body is None:
        assert text.split(maxsplit=1)[0] in found.html
    else:
        assert found.html == body
    assert found.title == title or (title is None and found.title is not None and found.title.endswith("…"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One.\n\nTwo.\n \nThree.", "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>"),
        ("A line that was\nwrapped by hand.", "<p>A line that was\nwrapped by hand.</p>"),
        (f"{'Long line. ' * 20}\nNext.", f"<p>{('Long line. ' * 20).strip()}</p>\n<p>Next.</p>"),
        ("- one\n- two", "<p>- one<br>\n- two</p>"),
        ("— Yes.\n— No.", "<p>— Yes.<br>\n— No.</p>"),
        ("1. one\n2) two", "<p>1. one<br>\n2) two</p>"),
        ("Jane\nA much longer line of the address", "<p>Jane<br>\nA much longer line of the address</p>"),
        ("A short\nline goes on in the lower case here", "<p>A short\nline goes on in the lower case here</p>"),
        ("Before\n* * *\nAfter", "<p>Before</p>\n<hr>\n<p>After</p>"),
        ("“Quotes” «stay» <b> & 'so'", "<p>“Quotes” «stay» &lt;b&gt; &amp; 'so'</p>"),
    ],
    ids=[
        "blank lines",
        "wrapped",
        "long lines",
        "bullets",
        "speech",
        "numbers",
        "short line",
        "lower case",
        "rule",
        "signs",
    ],
)
def test_paragraphs_by_the_shape_of_the_lines(body: str, expected: str) -> None:
    """Blank lines part paragraphs, wrapped lines are joined, lines that were meant stay lines."""
    assert read_text(f"Title\n\n{body}", NO_HEADER).html == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "see http://example.org/a?b=1&c=2.",
            'see <a href="http://example.org/a?b=1&amp;c=2">http://example.org/a?b=1&amp;c=2</a>.',
        ),
        ("(https://example.org/a_(b))", '(<a href="https://example.org/a_(b)">https://example.org/a_(b)</a>)'),
        ("«http://example.org/x»", '«<a href="http://example.org/x">http://example.org/x</a>»'),
        ("www.example.org", '<a href="http://www.example.org">www.example.org</a>'),
        ("to a@example.org!", 'to <a href="mailto:a@example.org">a@example.org</a>!'),
        ("readme.md and example.org", "readme.md and example.org"),
        ("readme.md@2 example.org/www.x", "readme.md@2 example.org/www.x"),
        ("http://example.org/" + "x" * 2000, "http://example.org/" + "x" * 2000),
        ("javascript://x ftp://example.org", "javascript://x ftp://example.org"),
    ],
)
def test_addresses_become_links(line: str, expected: str) -> None:
    """Web and mail addresses, without the punctuation around them; bare words are left alone."""
    assert read_text(f"Title\n\n{line}", NO_HEADER).html == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("First line\n\nBody.", "<p>First line</p>\n<p>Body.</p>"), ("Declared\n\nBody.", "<p>Body.</p>")],
    ids=["another", "the same"],
)
def test_a_declared_title_leaves_the_text_whole(text: str, expected: str) -> None:
    """Only a first line that repeats the header's title is taken out."""
    found = read_text(text, Header({"title": HeaderEntry("title", "Declared", 2)}))
    assert (found.html, found.title) == (expected, None)
