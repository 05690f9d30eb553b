"""The header above an article."""

import pytest

from feedsvc.articles.frontmatter.header import Value, hides_article, is_draft
from feedsvc.articles.frontmatter.parser import split
from feedsvc.articles.problems import Notes, Unreadable


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
        ("# title: x\n\n#draft: true", {}),
        ("", {}),
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
        "---\n# A heading between rules\n---\nMore.",
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
        ("---\ntitle: x\nlist:\n " + "- " * 90_000 + "\n---\n", 1, "nests"),
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


TOML = '+++\ntitle = "x"\ndraft = true\n+++\nBody'
JSON = '{\n  "title": "x",\n  "draft": true\n}\nBody'
SAME = {"title": "x", "draft": "true"}


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\ndraft: true\n---\nBody",
        "---yaml\ntitle: x\ndraft: true\n---\nBody",
        TOML,
        '---toml\ntitle = "x"\ndraft = true\n---\nBody',
        JSON,
        '---json\n{"title": "x", "draft": true}\n---\nBody',
        ';;;\n{"title": "x", "draft": true}\n;;;\nBody',
        ';;;\n"title": "x",\n"draft": true\n;;;\nBody',
        "title: x\ndraft: true\n\nBody",
        ":title: x\n:draft: true\n\nBody",
        "title: x\ndraft: true\n---\nBody",
        ".. title: x\n.. draft: true\n\nBody",
        "<!--\n.. title: x\n.. draft: true\n-->\nBody",
        "<!-- .. title: x -->\n<!-- .. draft: true -->\nBody",
    ],
)
@pytest.mark.parametrize("above", ["", "\n", "\ufeff", " \n\ufeff\n"], ids=["", "blank", "mark", "both"])
@pytest.mark.parametrize("known_only", [True, False], ids=["text", "markdown"])
def test_a_header_is_read_in_every_language(text: str, above: str, known_only: bool) -> None:
    """Blank lines and byte order marks above it do not hide it: read as text, its draft would leak."""
    header, body = split(above + text, Notes("a.md"), known_only=known_only)
    assert {entry.key: entry.value for entry in header.entries.values()} == SAME
    assert body.strip() == "Body"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('+++\ntitle = "x"\ndraft = tru\n+++\n', 3, "cannot be parsed"),
        ('\n+++\ntitle = "x"\n', 2, "never closed"),
        ("+++\ntitle = " + "[" * 5000 + "\n+++\n", 1, "nests"),
        ("+++\ntitle = 1\na" + ".a" * 100 + " = 1\n+++\n", 1, "nests"),
        ("+++\ntitle = 1" + "0" * 5000 + "\n+++\n", 1, "cannot be parsed"),
        ('+++\ntitle = "' + "x" * 100_000 + '"\n+++\n', 1, "too large"),
        ('\n{\n "title": "x",\n "draft": true,\n}\nBody', 4, "trailing comma before end of object"),
        ('{"title": "x", "tags": [\n "a",\n\n]}\nBody', 2, "trailing comma before end of array"),
        ('{"title": "x", "draft": true', 1, "cannot be parsed"),
        ("{title: 'x', draft: true}\nBody", 1, "cannot be parsed"),
        ('{"title": ' + "[" * 100_000, 1, "nests"),
        ('{"title": ' + "[" * 60 + "]" * 60 + "}", 1, "nests"),
        ('---json\n{"title": "x",}\n---\n', 2, "cannot be parsed"),
        (';;;\n"draft": true\n', 1, "never closed"),
        ("---js\n{ draft: true }\n---\nBody", 1, "is program code, which feedsvc does not run"),
        ("<!--\n.. title: x\n.. status: draft\nBody", 1, "never closed"),
        ("---\ntitle: x\n\tdraft: true\n---\n", 3, "cannot be parsed"),
        ("---\ndraft:true\n---\nBody", 2, "no list of keys"),
        ("---\n\n- draft: true\n---\nBody", 3, "no list of keys"),
        ("---\ntitle=x\npublished=false\n---\nBody", 3, "no list of keys"),
        ("---\nstatus:Draft\n---\nBody", 2, "no list of keys"),
        ("\ntitle = 'x'\ndraft = true\n+++\nBody", 2, "never opened"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_no_broken_header_of_any_language_is_published(text: str, line: int, what: str) -> None:
    """It may have said ``draft: true``; the problem names the line and a remedy."""
    with pytest.raises(Unreadable, match=what) as caught:
        split(text, Notes("a.md"), known_only=False)
    assert caught.value.problem.line == line
    assert caught.value.problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        "+++\nplus\n+++\nBody",
        "+++\nlike = 1\n",
        "{{< figure >}}\nBody",
        "{% include x %}\nBody",
        '{"a": 1}\nBody',
        '{"a" 1}\nBody',
        "{ is no JSON",
        ";;; a comment in Lisp\n",
        "---perl\nprint 1\n---\n",
        "--- js\nwas never closed",
        ".. a comment\nBody",
        ".. note:: this\nBody",
        "<!-- only a comment -->\nBody",
        "<p>Body</p>",
        "Note: this is a story.\n\nMore.",
        "Summary: of what we did.\n\nMore.",
        "Status: in discussion\n\nMore.",
        "Date: the day of the flood\n\nMore.",
        "Title: and more\n=====\n\nMore.",
        "Title: and more\n---\n\nMore.",
        "https://example.org\n\nMore.",
        "12:30 was the time\n\nMore.",
        ":-) she wrote\n",
    ],
)
@pytest.mark.parametrize("known_only", [True, False], ids=["text", "markdown"])
def test_what_begins_with_the_signs_of_a_header_may_be_a_text(text: str, known_only: bool) -> None:
    """Without a key that means something here it keeps every word."""
    notes = Notes("a.md")
    header, body = split(text, notes, known_only=known_only)
    assert (header.entries, body, notes.warnings) == ({}, text, [])


def test_values_of_toml_and_json_are_read_as_text() -> None:
    """Numbers, dates and truth become what they would be in YAML; each field reads them as it means them."""
    toml = (
        "+++\na = 1984\nb = 1.50\nc = 2024-05-01\nd = 2024-05-01T07:32:00-08:00\ne = [true, 07:32:00]\n"
        "f = {g = false}\n+++\n"
    )
    assert values(toml) == {
        "a": "1984",
        "b": "1.50",
        "c": "2024-05-01",
        "d": "2024-05-01T07:32:00-08:00",
        "e": ["true", "07:32:00"],
        "f": {"g": "false"},
    }
    assert values('{"id": 1984, "b": 1.50, "c": null, "d": [true, {"e": false}], "f": NaN}') == {
        "id": "1984",
        "b": "1.50",
        "c": "",
        "d": ["true", {"e": "false"}],
        "f": "NaN",
    }


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('\n+++\n\ntitle = "x"\n\n[extra]\na = 1\n+++\n', {"title": 4, "extra": 6}),
        ('+++\n"title" = "x"\ntags.a = 1\n+++\n', {"title": 2, "tags": 3}),
        ('\n{\n "title": "x",\n\n "tags": []\n}', {"title": 3, "tags": 5}),
        ('---json\n\n{"title": "x",\n "tags": []}\n---\n', {"title": 3, "tags": 4}),
        ("\nTitle: x\n  more\nTags: y\n", {"title": 2, "tags": 4}),
        ("<!--\n\n.. title: x\nwords\n.. tags: y\n-->", {"title": 3, "tags": 5}),
        ("<!-- .. title: x -->\n\n<!-- .. tags: y -->", {"title": 1, "tags": 3}),
    ],
)
def test_entries_of_every_language_know_their_line(text: str, lines: dict[str, int]) -> None:
    """Counted in the whole file."""
    header, _ = split(text, Notes("a.md"), known_only=False)
    assert {name: entry.line for name, entry in header.entries.items()} == lines


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("base: &b {draft: true}\n<<: *b\ntitle: x", {"base": {"draft": "true"}, "draft": "true", "title": "x"}),
        ("<<: {title: y, draft: true}\ntitle: x", {"draft": "true", "title": "x"}),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}], d: 4}", {"a": {"b": "1", "c": "3", "d": "4"}}),
        ("'<<': {draft: true}", {"<<": {"draft": "true"}}),
        ("<<: word\ntitle: x", {"title": "x"}),
        ("a: {? [b] : c, d: e}", {"a": {"d": "e"}}),
    ],
)
def test_merge_keys_bring_in_what_the_mapping_itself_does_not_say(yaml: str, expected: dict[str, Value]) -> None:
    """A draft that stands in a merged mapping is a draft."""
    assert values(f"---\n{yaml}\n---\n") == expected


def test_a_key_that_stands_for_billions_costs_nothing() -> None:
    """Also an alias bomb that hides in a key of a mapping."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 3)]
    deep = "\n".join(["---", *lines, "title: {? [*a2, *a2, *a2] : y}", "---", ""])
    assert values(deep)["title"] == {}


def test_in_plain_text_lines_without_a_meaning_make_no_header() -> None:
    """A letter's "From:" and "Subject:" are part of its text; in Markdown they are Pelican's own keys."""
    text = "Date: 2024-05-01\nFrom: Ida\n\nMore."
    assert split(text, Notes("a.txt"), known_only=True)[1] == text
    assert split(text, Notes("a.md"), known_only=False)[1] == "\nMore."


def test_half_of_a_character_is_left_out() -> None:
    """JavaScript cuts one in two, and it is no text that could be stored."""
    assert values('{"tags": ["x\\ud83d"], "a\\ud83d": "b"}') == {"tags": ["x"], "a": "b"}


def test_lines_that_hide_the_article_are_a_header_whatever_stands_beside_them() -> None:
    """A draft never leaks by a strange neighbour."""
    text = "Status: draft\nLayout: x\nMore."
    assert set(values(text, known_only=True)) == {"Status", "Layout"}


@pytest.mark.parametrize("text", ["title: x\ndraft:true\n\nBody", "draft:true\n\nBody", "Published:no\nBody"])
def test_lines_need_no_blank_behind_the_colon(text: str) -> None:
    """Pelican asks for none, and a draft must not leak for the want of one."""
    header, body = split(text, Notes("a.txt"), known_only=True)
    assert [hides_article(entry) for entry in header.entries.values()][-1]
    assert body.strip() == "Body"


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n  title: x\n  draft: true\n-->\nBody",
        "<!-- prettier-ignore -->\n<!-- draft: true -->\nBody",
        "<!-- draft: true -->\n---\ntitle: x\n---\nBody",
        "<!-- .. title: x -->\n---\ndraft: true\n---\nBody",
        "<!--\n  title:\n  draft: true\n-->\nBody",
        "<!-- a note -->\n<!--\n.. title: x\n.. status: draft\n-->\nBody",
    ],
)
def test_a_comment_that_hides_the_article_is_a_header(text: str) -> None:
    """Indented, behind another comment, and above a header."""
    header, body = split(text, Notes("a.md"), known_only=False)
    assert any(map(hides_article, header.entries.values()))
    assert body.strip() == "Body"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- Example of a header:\n    draft: true\n-->\nBody",
        "<!--\n.. title: x\n-->\n\n---\nNote: words\n---\nBody",
        "<!--\n.. title: x\n-->\n\n---\nDate: at noon\nPlace: here\n\nBody",
    ],
)
def test_what_a_comment_explains_or_stands_below_a_header_is_text(text: str) -> None:
    """It hides nothing, and nothing of it vanishes."""
    header, body = split(text, Notes("a.md"), known_only=False)
    assert not any(map(hides_article, header.entries.values()))
    assert body.strip().endswith(text.partition("---\n")[2] or "Body")


@pytest.mark.parametrize("value", ["", " null", " ~", " no"])
def test_an_empty_private_hides_nothing(value: str) -> None:
    """Templates leave the key without a value."""
    header, _ = split(f"---\nprivate:{value}\n---\nBody", Notes("a.md"), known_only=False)
    assert not is_draft(header, Notes("a.md"), dated=False)


def test_lines_below_a_title_of_restructured_text_are_its_header() -> None:
    """The title stays above the text."""
    header, body = split(
        "My title\n########\n\n:date: 2024-05-01\n:status: draft\n\nBody", Notes("a.txt"), known_only=True
    )
    assert set(header.entries) == {"date", "status"}
    assert body == "My title\n########\n\n\nBody"


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
