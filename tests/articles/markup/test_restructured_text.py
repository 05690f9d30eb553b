"""Articles in reStructuredText."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.articles.model import Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

Tell = Callable[..., Reading]

PELICAN = "Kettles\n#######\n\n:date: 2023-01-05\n:tags: tea, steel\n:cover_size: large\n\nA `link <https://x.example/>`_.\n"
NIKOLA = ".. title: Kettles\n.. slug: k\n.. date: 2023-01-05 00:00 UTC\n.. tags: tea, steel\n\nA `link <https://x.example/>`_.\n"


@pytest.fixture
def tell(directory: Path, rules: ReadOptions) -> Tell:
    """Write a file and read it as an article."""

    def write_and_read(content: str, path: str = "a.rst") -> Reading:
        (directory / path).write_text(content)
        return read(directory, path, scan(directory), rules)

    return write_and_read


@pytest.mark.parametrize("content", [PELICAN, NIKOLA], ids=["Pelican", "Nikola"])
@pytest.mark.parametrize("path", ["a.rst", "a.txt"])
def test_headers_of_pelican_and_nikola_are_read(tell: Tell, content: str, path: str) -> None:
    """In plain text they say that it is reStructuredText."""
    reading = tell(content, path)
    article = reading.article
    assert (article.title, article.tags, article.format) == ("Kettles", ("tea", "steel"), "restructuredtext")
    assert article.published == datetime(2023, 1, 5, tzinfo=UTC)
    assert article.headed
    assert reading.body == '<p>A <a href="https://x.example/">link</a>.</p>'
    assert reading.warnings == ()


@pytest.mark.parametrize(
    "content",
    [
        "Kettles\n#######\n\n:date: 2023-01-05\n:status: draft\n\nx",
        "Kettles\n#######\n:status: draft\n\nx",
        "Kettles\n#######\n\n:date: 2023-01-05\n:status:draft\n\nx",
        ":title: Kettles\n:status: draft\n\nx",
        ".. title: Kettles\n.. status: draft\n\nx",
        ".. title: Kettles\n.. tags: tea, private\n\nx",
        "---\ntitle: Kettles\ndraft: true\n---\n\nx",
    ],
)
@pytest.mark.parametrize("path", ["a.rst", "a.txt"])
def test_a_draft_is_held_back(tell: Tell, content: str, path: str) -> None:
    """In every spelling of its header."""
    assert tell(content, path).article.draft


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("**bold** ``code``", "<p><strong>bold</strong> <code>code</code></p>"),
        (".. code-block:: python\n\n    print(1)", "<pre><code>print(1)</code></pre>"),
        (".. code-block:: c\n    :linenos:\n    :caption: a.c\n\n    x;", "<pre><code>x;</code></pre>"),
        (".. sourcecode:: c\n    :hl_lines: 1\n\n    x;", "<pre><code>x;</code></pre>"),
        (".. note:: Mind the gap.", "Mind the gap."),
        (".. youtube:: abc", '<a href="https://www.youtube.com/watch?v=abc">'),
        ("Part\n====\n\nx\n\nOther\n=====\n\ny", "<h2>Part</h2>"),
        ("=====  ===\nA      B\n=====  ===\n1      2\n=====  ===", "<table>"),
        ("See :doc:`the other <other>`.", "See the other."),
        ("A note [1]_.\n\n.. [1] Here.", "Here."),
        (":math:`a^2`", "<msup>"),
    ],
)  # fmt: skip
def test_what_is_written_is_shown(tell: Tell, words: str, html: str) -> None:
    """Constructs of docutils, and what other programs made of it."""
    assert html in tell(f"T\n#\n\n:date: 2023-01-05\n\nx\n\n{words}\n").body


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (".. include:: secret.txt", 7),
        (".. include:: /etc/hostname", 7),
        (".. raw:: html\n\n   <b>SECRET</b>", 7),
        (".. raw:: html\n   :file: secret.txt", 7),
        (".. csv-table::\n   :file: secret.txt", 7),
        (".. literalinclude:: secret.txt", 7),
        (".. |now| date::\n\n|now|", 7),
        (".. unknown:: SECRET", 7),
    ],
)
def test_nothing_is_inserted_and_nothing_is_lost_in_silence(
    tell: Tell, directory: Path, words: str, line: int
) -> None:
    """No file, no raw HTML, no date of today; each is named with its line."""
    (directory / "secret.txt").write_text("SECRET")
    reading = tell(f"T\n#\n\n:date: 2023-01-05\n\n\n{words}\n\nEnd.\n")
    assert "SECRET" not in reading.body
    assert "System Message" not in reading.body
    assert "20" not in reading.body
    assert "End." in reading.body
    assert reading.warnings[0].line == line


def test_a_table_of_contents_is_left_out_and_a_teaser_is_the_summary(tell: Tell) -> None:
    """As in articles of every other format."""
    reading = tell("T\n#\n\n.. contents::\n\nFirst.\n\n.. TEASER_END\n\nSecond.\n\nPart\n====\n\nThird.\n")
    assert reading.article.summary == "First."
    assert "Contents" not in reading.body


def test_a_title_that_the_header_gives_otherwise_stays_as_a_heading(tell: Tell) -> None:
    """Nothing of the text is lost; the same title is not told twice."""
    body = tell(".. title: One\n.. date: 2023-01-05\n\nOther\n=====\n\nx").body
    assert body.startswith("<h2>Other</h2>")
    assert tell(".. title: One\n.. date: 2023-01-05\n\nOne\n===\n\nx").body == "<p>x</p>"


def test_a_text_that_only_begins_like_it_stays_plain(tell: Tell) -> None:
    """A comment or a colon makes no reStructuredText."""
    for words in (".. and then\n\nhe said *no*.", ":-) she wrote *yes*.", ":note: *well*\n\nx"):
        assert tell(words, "a.txt").article.format == "text"
