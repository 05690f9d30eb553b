"""The header above an article."""

import pytest

from feedsvc.articles.frontmatter import split
from feedsvc.articles.header import Value
from feedsvc.articles.unreadable import Notes, Unreadable


def values(text: str, *, known_only: bool = False) -> dict[str, Value]:
    """The header of ``text`` as plain values."""
    header, _ = split(text, Notes("a.md"), known_only=known_only)
    return {entry.key: entry.value for entry in header.entries.values()}


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("title: No", {"title": "No"}),
        ("title: 1984", {"title": "1984"}),
        ("at: 12:30", {"at": "12:30"}),
        ("date: 2019-09-29 12:08:18 +0200", {"date": "2019-09-29 12:08:18 +0200"}),
        ("tags: [a, 1]\nx: {y: 0x10}", {"tags": ["a", "1"], "x": {"y": "0x10"}}),
        ("a: ~\nb: null\nc: 'null'\nd:", {"a": "", "b": "", "c": "null", "d": ""}),
        ("# a comment", {}),
        ("a: !!python/object:os.system x", {"a": "x"}),
        ("a: &t x\nb: [*t, *t]", {"a": "x", "b": ["x", "x"]}),
        ("a: [" + "[x], " * 60 + "{y: z}]", {"a": [["x"]] * 60 + [{"y": "z"}]}),
        ("a: |\n  one\n  ---\n  two", {"a": "one\n---\ntwo\n"}),
    ],
)
def test_scalars_stay_the_strings_that_were_written(yaml: str, expected: dict[str, Value]) -> None:
    """YAML's guesses (booleans, octals, base sixty) are not made, and no tag makes anything run."""
    assert values(f"---\n{yaml}\n---\nBody") == expected


@pytest.mark.parametrize("above", ["", "\n", " \n\n"], ids=["nothing", "a blank line", "several"])
@pytest.mark.parametrize("below", ["---", "---  ", "..."])
def test_the_body_begins_below_the_closing_line(above: str, below: str) -> None:
    """Three dashes or dots close the header; blank lines above it must not publish it raw."""
    header, body = split(f"{above}---\ndraft: true\n{below}\nBody\n", Notes("a.md"), known_only=False)
    assert (set(header.entries), body) == ({"draft"}, "Body\n")


def test_entries_know_their_line() -> None:
    """Lines are counted in the whole file, so that an editor can go there."""
    header, _ = split("\n---\n\ntitle: x\n---\n", Notes("a.md"), known_only=False)
    assert header.entries["title"].line == 4


@pytest.mark.parametrize(
    "text",
    [
        "Body only",
        "---\nA story that begins with a rule.\n\nMore.",
        "---\nA story between rules.\n---\nMore.",
        '---\nHe said: "go": she went.\n---\nMore.',
        "---\n- a\n- b\n---\nA list",
        "----\ntitle: x\n----\n",
        "Title\n---\ntitle: x\n---\n",
        "---",
        "---\n" + "- " * 60 + "\n---\nMore.",
        "{ is no JSON",
        "+++\nplus\n+++\n",
    ],
)
@pytest.mark.parametrize("known_only", [True, False], ids=["text", "markdown"])
def test_a_story_that_only_looks_like_a_header_keeps_every_word(text: str, known_only: bool) -> None:
    """What is no header is text."""
    header, body = split(text, Notes("a.txt"), known_only=known_only)
    assert (header.entries, body) == ({}, text)


@pytest.mark.parametrize(
    "text",
    ["---\nNote: something\n---\nx", "---\nNote: not closed\nx", "---\nNote: a: b\n---\nx"],
    ids=["closed", "open", "broken"],
)
def test_in_plain_text_a_header_needs_a_known_key(text: str) -> None:
    """A story may say "Note:" between two rules."""
    assert split(text, Notes("a.txt"), known_only=True)[1] == text


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("---\ntitle: x\n\nBody", 1, "never closed"),
        ("\n---\n# note\ndraft: true\n", 2, "never closed"),
        ("---\ntitle: a: b\n---\n", 2, "cannot be parsed"),
        ("---\nlayout: x\ntags: [a\n---\n", 4, "cannot be parsed"),
        ("---\n: what\ndraft: true\n x\n---\n", 2, "cannot be parsed"),
        ('---\n"draft": true\n---x\ntitle: {\n---\n', 4, "cannot be parsed"),
        ("---\n{draft: true\n---\n", 3, "cannot be parsed"),
        ("---\ntitle: *unknown\n---\n", 2, "undefined alias"),
        ("---\ntitle: x\nlist: " + "[" * 5000 + "\n---\n", 1, "nests"),
        ("---\ntitle: x\nlist:\n " + "- " * 500_000 + "\n---\n", 1, "nests"),
    ],
)
def test_a_broken_header_is_never_published(text: str, line: int, what: str) -> None:
    """It may have said ``draft: true``; the problem names the line."""
    with pytest.raises(Unreadable, match=what) as caught:
        split(text, Notes("a.md"), known_only=False)
    assert caught.value.problem.line == line


def test_aliases_that_stand_for_billions_are_refused() -> None:
    """The alias bomb is measured while it is followed, not after."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(Unreadable, match="far too large"):
        values("\n".join(["---", *lines, "---", ""]))


def test_an_alias_to_itself_is_refused() -> None:
    """A value without end cannot be read."""
    with pytest.raises(Unreadable, match="far too large"):
        values("---\ntags: &a [*a]\n---\n")


@pytest.mark.parametrize(
    "text",
    ['+++\ntitle = "x"\ndraft = true\n+++\nBody', '{\n  "title": "x",\n  "draft": true\n}\nBody'],
    ids=["TOML", "JSON"],
)
def test_a_header_in_another_language_is_never_published(text: str) -> None:
    """Read as text, its drafts would leak."""
    with pytest.raises(Unreadable, match="is not understood"):
        split(text, Notes("a.md"), known_only=False)


def test_a_key_that_stands_twice_is_a_warning_and_the_last_one_counts() -> None:
    """The later line is what the author wrote last."""
    notes = Notes("a.md")
    header, _ = split("---\ntitle: a\nTitle: b\n---\n", notes, known_only=False)
    assert header.entries["title"].value == "b"
    assert [note.line for note in notes.warnings] == [3]


def test_a_key_that_is_no_word_is_a_warning() -> None:
    """``[a, b]: c`` is YAML, but names no field."""
    notes = Notes("a.md")
    header, _ = split("---\n[a, b]: c\ntitle: x\n---\n", notes, known_only=False)
    assert (set(header.entries), len(notes.warnings)) == ({"title"}, 1)
