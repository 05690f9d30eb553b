"""Markdown articles."""

import pytest

from feedsvc.articles.frontmatter.header import Header, HeaderEntry
from feedsvc.articles.markup.markdown import read_markdown
from feedsvc.articles.problems import Notes


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
