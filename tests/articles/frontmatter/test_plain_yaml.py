"""The plain part of YAML: it means exactly what the parser makes of it."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.header import Entry, Value
from feedsvc.articles.frontmatter.parser import split
from feedsvc.articles.frontmatter.plain_yaml import plain_entries
from feedsvc.articles.problems import Notes

SIGNS = " _-:#,.[]{}'\"!&*|>%@`~?/+=\n\\^$();<\t\xa0é日–“٠ª"
PIECES = (
    "a",
    "b9",
    "key",
    "key: ",
    "\n- ",
    "\n  - ",
    "null",
    "~",
    ": ",
    " #",
    "[a, b]",
    "'x'",
    '"y"',
    "\nd: ",
    "<<: ",
)
BLOCKS = st.lists(st.sampled_from([*SIGNS, *PIECES]), max_size=14).map("".join)
STARTS = st.sampled_from(["", "k: ", "k: a\nt:", "ab: [", "k: '", 'k: "', "k:\n"])
ENDS = st.sampled_from(["\n", "]\n", "'\n", '"\n', ""])


def parsed(block: str) -> object:
    """What the parser makes of the same lines."""
    return yaml.load(block, yaml.CBaseLoader)  # noqa: S506 - the base loader makes nothing but strings


@pytest.mark.parametrize(
    ("block", "value"),
    [
        pytest.param("k: A title of words\n", "A title of words", id="words"),
        pytest.param("k:   a  b  \n", "a  b", id="blanks around"),
        pytest.param("k: 12:30\n", "12:30", id="colon within"),
        pytest.param("k: https://example.org/a#b\n", "https://example.org/a#b", id="address"),
        pytest.param("k: null\n", "", id="nothing"),
        pytest.param("k: 'null'\n", "null", id="nothing in quotes is a word"),
        pytest.param('k: "a: b # c"\n', "a: b # c", id="quoted"),
        pytest.param("k:\n", "", id="empty"),
        pytest.param("k: []\n", [], id="empty list"),
        pytest.param("k: [a, b c, 1]\n", ["a", "b c", "1"], id="list in a line"),
        pytest.param("k:\n- a\n- b\n", ["a", "b"], id="list below"),
        pytest.param("k:\n  - a\n  - b c\n", ["a", "b c"], id="list below and indented"),
    ],
)
def test_what_is_plain_is_read_without_the_parser(block: str, value: Value) -> None:
    """Words, quoted texts and lists of words need no parser."""
    assert plain_entries(block, 1) == [Entry("k", value, 2)]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("k: a: b\n", id="a second colon"),
        pytest.param("k: a #b\n", id="a comment"),
        pytest.param("k: a\n  b\n", id="a line that goes on"),
        pytest.param("k: |\n  a\n", id="a block of text"),
        pytest.param("k: &a b\n", id="an anchor"),
        pytest.param("k: {a: b}\n", id="a mapping in a line"),
        pytest.param("k:\n  a: b\n", id="a mapping below"),
        pytest.param("k:\n  - a\n - b\n", id="items that are not indented alike"),
        pytest.param("k: [a, ]\n", id="an item that is not there"),
        pytest.param("k: 'it''s'\n", id="a quote within quotes"),
        pytest.param('k: "a\\n"\n', id="an escape"),
        pytest.param("k:a\n", id="no blank behind the colon"),
        pytest.param("<<: a\n", id="a merge"),
        pytest.param("k: a\tb\n", id="a tab"),
        pytest.param("k: " + "a" * 4_000 + "\n", id="more than a header has"),
    ],
)
def test_all_else_is_left_to_the_parser(block: str) -> None:
    """A single line that is not beyond doubt leaves the whole to the parser."""
    assert plain_entries(block, 1) is None


@given(STARTS, BLOCKS, ENDS)
@example("k: a\n", "t:\n- ", "b\n")
@example("k: ", "a:b", "\n")
@example("ab: [", "a, b, c", "]\n")
def test_a_plain_header_means_what_the_parser_says(start: str, middle: str, end: str) -> None:
    """Key by key and value by value the parser makes the same of it, whatever the lines are."""
    block = start + middle + end
    entries = plain_entries(block, 1)
    if entries is None:
        return
    table = parsed(block)
    assert isinstance(table, dict)
    assert {entry.key: _bare(entry.value) for entry in entries} == {
        key: _bare(said) for key, said in table.items()
    }


def test_each_entry_knows_its_line() -> None:
    """Lines are counted in the file, those of the items of a list too."""
    header, _ = split("---\na: 1\nb:\n- x\n- y\nc: 2\n---\n", Notes("a.md"), known_only=False)
    assert {key: entry.line for key, entry in header.entries.items()} == {"a": 2, "b": 3, "c": 6}


def _bare(value: object) -> object:
    """The value with the words for nothing as the empty text; that they are words in quotes is tested above."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return "" if value in {"~", "null"} else value
