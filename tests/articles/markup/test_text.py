"""Articles in plain text and in Markdown become a title and HTML."""

import pytest

from feedsvc.articles.frontmatter.header import Header, HeaderEntry
from feedsvc.articles.markup.text import read_markdown, read_text
from feedsvc.articles.problems import Notes

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


def html(text: str) -> str:
    """The body of ``text`` without a header."""
    return read_markdown(text, Header(), Notes("a.md")).html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|a|\n|-|\n|1|", "<td>1</td>"),
        ("~~old~~", "<del>old</del>"),
        ("- [ ] open\n- [x] done", "<li>☐ open</li>\n<li>☑ done</li>"),
        ("a[^1]\n\n[^1]: note", '<li id="fn-1">'),
        ("see https://example.org/x", '<a href="https://example.org/x">'),
        ("## A *b*", '<h2 id="a-b">A <em>b</em></h2>'),
        ("```py\nx < 1\n```", '<pre><code class="language-py">x &lt; 1\n</code></pre>'),
        ('a <b class="x">b</b>', '<b class="x">b</b>'),
        ("a\n\n<!--more-->\n\nb", "<!--more-->"),
    ],
    ids=["table", "strikethrough", "tasks", "footnote", "autolink", "heading id", "code", "raw HTML", "more"],
)
def test_the_dialect(text: str, expected: str) -> None:
    """CommonMark, and what most blogs add to it."""
    assert expected in html(text)


@pytest.mark.parametrize(
    ("piece", "lost"),
    [("a@example.org,", "<a"), ("[^1]\n\n[^1]: x\n", "<section"), ("## a\n\n", "<h2 id")],
    ids=["addresses", "footnotes", "headings"],
)
def test_what_is_too_much_for_the_parser_is_left_plain(piece: str, lost: str) -> None:
    """With many thousands of one kind comrak crashes or never ends; the words stay."""
    assert lost in html(piece)
    assert lost not in html(piece * 30_000)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A *title* &amp; more\n\nBody", "A title & more", "<p>Body</p>\n"),
        ("A title\n=====\n\nBody", "A title", "<p>Body</p>\n"),
        ("<!-- x -->\n# A title\n", "A title", "<!-- x -->\n"),
        ("<h1>Never closed\n", None, "<h1>Never closed\n"),
        ("Body\n\n# Later", "Later", '<p>Body</p>\n<h1 id="later">Later</h1>\n'),
        ("## Second rank", None, '<h2 id="second-rank">Second rank</h2>\n'),
        ("# ![x](a.png)", None, '<h1 id="x"><img src="a.png" alt="x" /></h1>\n'),
        ("# Logo ![](a.png)", "Logo", '<h1 id="logo-">Logo <img src="a.png" alt="" /></h1>\n'),
    ],
    ids=[
        "first",
        "underlined",
        "below a comment",
        "never closed",
        "later",
        "another rank",
        "a picture",
        "words and a picture",
    ],
)
def test_the_first_heading_is_the_title(text: str, title: str | None, body: str) -> None:
    """One that opens the text leaves the body, where readers would see it twice; any other stays."""
    found = read_markdown(text, Header(), Notes("a.md"))
    assert found.title == title
    assert found.html == body


@pytest.mark.parametrize(("title", "kept"), [("Same", False), ("Other", True)])
def test_a_heading_that_repeats_the_declared_title_leaves_the_body(title: str, kept: bool) -> None:
    """Another heading is part of the text."""
    found = read_markdown("# Same\n\nBody", Header({"title": HeaderEntry("title", title, 2)}), Notes("a.md"))
    assert ("<h1" in found.html) is kept


def test_a_footnote_without_a_reference_is_a_warning() -> None:
    """No Markdown parser shows it; its author should know."""
    notes = Notes("a.md")
    read_markdown("a[^1]\n\n[^1]: one\n\n[^2]: two", Header(), notes)
    assert [note.what.split("[")[1][:2] for note in notes.warnings] == ["^2"]
