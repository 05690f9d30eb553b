"""Headers that are almost headers: they are read or refused, and a story that begins like one stays."""

import pytest

from feedsvc.articles.frontmatter.header import Header, hides_article
from feedsvc.articles.frontmatter.parser import split
from feedsvc.articles.problems import Notes, Unreadable

KINDS = pytest.mark.parametrize("known_only", [True, False], ids=["text", "markdown"])
EXPORTED = "x 0123456789abcdef0123456789abcdef.md"
"""A file as Notion names its exports."""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("–––\ntitle: x\ndraft: true\n–––\nBody", id="en dashes"),
        pytest.param("———\ntitle: x\ndraft: true\n———\nBody", id="em dashes"),
        pytest.param("—\ntitle: x\ndraft: true\n—\nBody", id="one em dash"),
        pytest.param("—-\ntitle: x\ndraft: true\n—-\nBody", id="what a phone makes of three hyphens"),
        pytest.param("----\ntitle: x\ndraft: true\n----\nBody", id="four"),
        pytest.param("--\ntitle: x\ndraft: true\n--\nBody", id="two"),
        pytest.param("- - -\ntitle: x\ndraft: true\n- - -\nBody", id="parted by blanks"),
        pytest.param("－－－\ntitle: x\ndraft: true\n－－－\nBody", id="full-width"),
        pytest.param(" ---\n title: x\n draft: true\n ---\nBody", id="a blank before all lines"),
        pytest.param(" ---\ntitle: x\ndraft: true\n---\nBody", id="a blank before the first fence"),
        pytest.param("\t---\n\ttitle: x\n\tdraft: true\n\t---\nBody", id="a tab before all lines"),
        pytest.param("---\xa0\ntitle: x\ndraft: true\n---\xa0\nBody", id="hard blanks behind the fences"),
        pytest.param("---\ntitle：x\ndraft：true\n---\nBody", id="full-width colons"),
        pytest.param("---\ntitle:\xa0x\ndraft:\xa0true\n---\nBody", id="hard blanks behind the colons"),
        pytest.param("----\ntitle:x\ndraft:true\n----\nBody", id="no blanks behind the colons"),
        pytest.param("title：x\ndraft：true\n\nBody", id="full-width colons without fences"),
        pytest.param("---\ntitle: x\ndraft: true\n----\nBody\n\n---\nMore", id="closed by four, and a rule below"),
        pytest.param("---\ntitle: x\ndraft: true\n–––\nBody", id="closed by en dashes"),
        pytest.param("---\ntitle: x\ndraft: true\n+++\nBody", id="closed by another language's fence"),
        pytest.param("----\ntitle: x\ndraft: true\n---\nBody", id="opened by four"),
        pytest.param("===\ntitle: x\ndraft: true\n===\nBody", id="equals signs"),
        pytest.param("***\ntitle: x\ndraft: true\n***\nBody", id="stars"),
        pytest.param('++++\ntitle = "x"\ndraft = true\n++++\nBody', id="four plus signs"),
        pytest.param('——\ntitle = "x"\ndraft = true\n——\nBody', id="dashes around TOML"),
        pytest.param("---yml\ntitle: x\ndraft: true\n---\nBody", id="the other name of YAML"),
        pytest.param("---frontmatter\ntitle: x\ndraft: true\n---\nBody", id="a language nobody knows"),
        pytest.param("--- # about\ntitle: x\ndraft: true\n---\nBody", id="a comment behind the fence"),
        pytest.param("<!-- keep -->\n\n---\ntitle: x\ndraft: true\n---\nBody", id="below a comment"),
        pytest.param("<!-- keep -->\n––\ntitle: x\ndraft: true\n––\nBody", id="nearly right, below a comment"),
    ],
)
@pytest.mark.parametrize("above", ["", "\n", "\ufeff"], ids=["", "blank", "mark"])
@KINDS
def test_a_header_that_is_almost_one_is_read(text: str, above: str, known_only: bool) -> None:
    """Whoever reads the file would call it a header, so its draft must not leak."""
    header, body = split(above + text, Notes("a.md"), known_only=known_only)
    assert header.entries["title"].value == "x"
    assert hides_article(header.entries["draft"])
    assert body.strip().startswith("Body")


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("title:: x\npublic:: false\n\nBody", "x", "Body"),
        ("# x\n\nStatus: Draft\nTags: a, b\n\nBody", None, "# x"),
        ("# x\n\nCreated: March 3, 2024 10:00 AM\nStatus: Draft", None, "# x"),
        ("<!--\ntitle: x\ndraft: true\n-->\nBody", "x", "Body"),
        ("<!-- draft: true -->\n# x\n\nBody", None, "# x"),
    ],
    ids=["Logseq", "Notion", "Notion, no text", "a comment of HTML", "a comment of one line"],
)
def test_lines_that_hide_an_article_are_a_header(text: str, title: str | None, rest: str) -> None:
    """With two colons, in a comment, or below a heading in a file that Notion wrote."""
    header, body = split(text, Notes(EXPORTED), known_only=False)
    assert any(map(hides_article, header.entries.values()))
    assert (header.entries["title"].value if "title" in header.entries else None) == title
    assert body.strip().startswith(rest)


@pytest.mark.parametrize(
    "text",
    [
        "# x\n\nNote: y\n\nBody",
        "# x\n\nTags: y\nand more of it.",
        "# x\n\nBy: me\n\nBody",
        "# x\n\nAuthor: me\nUpdated: last week\n\nBody",
        "# x\n\nNote: y\nMind: z\n\nBody",
        "<!-- title: y -->\nBody",
        "<!-- TODO: y\nauthor: z -->\nBody",
    ],
)
def test_lines_that_are_no_header_stay(text: str) -> None:
    """A word with a colon below a heading is a sentence, and a comment one for its author."""
    header, body = split(text, Notes(EXPORTED), known_only=False)
    assert not header.entries
    assert body == text


@pytest.mark.parametrize("path", ["a.md", "0123456789abcdef0123456789abcdef/a.md", "facade.md"])
@pytest.mark.parametrize(
    "text",
    [
        "# Summer party\n\nDate: 2027-07-01\nLocation: Harbour\n\nCome all!",
        "# 7. Use SQLite\n\nDate: 2024-05-01\nStatus: Accepted\n\n## Context\n\nWe need a store.",
        "# Bread\n\nYield: 2 loaves\nCategory: baking\n\nKnead.",
        "# Interview\n\nStatus: Draft\nTags: a, b\n\nBody",
    ],
    ids=["an invitation", "a record of a decision", "a recipe", "words that would hide it"],
)
def test_lines_below_a_heading_are_text(text: str, path: str) -> None:
    """Invitations, minutes and recipes begin so; only files that Notion exported have their header there."""
    assert split(text, Notes(path), known_only=False) == (Header(), text)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("----\ntitle: x\ndraft: true\n\nBody", 1, "never closed"),
        ("\n–––\ntitle: x\ntags: y\n\nBody", 2, "never closed"),
        ("---\ntitle: x\ndraft: true\n ---\n\nBody", 1, "never closed"),
        ("----\ntitle: a: b\ndraft: true\n----\nBody", 2, "cannot be parsed"),
        ("---\ntitle: a\ndraft：true：no: [\n----\nBody", 3, "cannot be parsed"),
        ('++++\ntitle = "x"\ndraft = tru\n++++\nBody', 3, "cannot be parsed"),
    ],
)
def test_what_cannot_be_read_of_it_is_refused(text: str, line: int, what: str) -> None:
    """It is never published raw; the problem names the line."""
    with pytest.raises(Unreadable, match=what) as caught:
        split(text, Notes("a.md"), known_only=False)
    assert caught.value.problem.line == line


def test_a_near_miss_is_named_in_a_warning() -> None:
    """Other programs would not read it; the line of its first fence is named."""
    notes = Notes("a.md")
    split("\n\n—-\ntitle: x\n—-\nBody", notes, known_only=False)
    assert [(note.line, note.severity) for note in notes.warnings] == [(3, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "----\nIt began with a line of dashes.\n----\nMore.",
        "———\nHe said: go. She went.\n———\nMore.",
        "—\nA poem,\nby nobody\n—\n",
        "---\nNothing here: only words.\n\n---\n\nMore.",
        " ---\nA rule with a blank before it.\n",
        "* * *\n\nThe third part.\n",
        "***\nTitle: of a banner\n***\nMore.",
        "=====\nSummary: of what we did\n=====\nMore.",
        "------\nStatus: in discussion\n------\nMore.",
        "------\nDate: the day of the flood\n------\nMore.",
        "- - -\n- a list\n- of things\n",
        "-- said the cat: nothing --\nMore.",
        "— Where to? — Home: it is late.\n— Good.\n",
        "---\n> title: a quotation\n---\nMore.",
        "--\nfrom: ida\nto: bo\n\nHello.",
        "+++ stop press: read all about it +++\n\nMore.",
        "————\n注意：雨が降る。\n————\n本文。",
        "<!-- a note -->\n----\nA rule below a comment.\n",
        "<!-- a note -->\nTitle: words\n",
    ],
)
def test_a_story_that_begins_with_a_line_of_dashes_keeps_every_word(text: str) -> None:
    """No key in it means anything here, so nothing of it is taken away, and nobody is warned."""
    notes = Notes("a.txt")
    header, body = split(text, notes, known_only=True)
    assert (header.entries, body, notes.warnings) == ({}, text, [])
