"""Any value under any key, in every language of headers."""

import json
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.frontmatter.fields import Fields, read_fields
from feedsvc.articles.frontmatter.keys import SPELLINGS
from feedsvc.articles.frontmatter.parser import split
from feedsvc.articles.markup.plain_words import one_line, without_markup
from feedsvc.articles.problems import Notes, Unreadable

UTC_DAYS = Calendar(ZoneInfo("UTC"))
KEYS = sorted(
    {key for keys in SPELLINGS.values() for key in keys} | {"extra", "params", "taxonomies", "header", "x"}
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ALIKE = st.sampled_from(
    [
        *("No", "yes", "1984", "0x10", "1e3", "12:30", "~", "null", "2024-05-01", "- a", "a: b", "# a", "'", '"'),
        *(
            "---",
            "...",
            "+++",
            "}",
            "[a",
            "{a: b",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "\t",
            "a\n---\nb",
        ),
    ]
)
"""Texts that one of the languages would take for something else."""
NAMES = ANY_TEXT | st.sampled_from(KEYS)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT, ALIKE)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)

WORDS = re.compile(r"^[^#\n]*[ab]", re.MULTILINE)
"""Letters of the texts below, unless they stand in a comment."""


def as_yaml(values: dict[str, object]) -> str:
    """A header in YAML."""
    return f"---\n{yaml.safe_dump(values, allow_unicode=True, sort_keys=False)}---\n"


def as_flow(values: dict[str, object]) -> str:
    """A header in YAML that is written like JSON."""
    return f"---\n{yaml.safe_dump(values, default_flow_style=True, width=10_000)}---\n"


def as_json(values: dict[str, object]) -> str:
    """A header in JSON."""
    return f"{json.dumps(values, ensure_ascii=False)}\n"


def as_toml(values: dict[str, object]) -> str:
    """A header in TOML, of texts alone: JSON's escapes are TOML's, but for the one that JSON leaves out."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "+++\n{}\n+++\n".format("\n".join(lines).replace("\x7f", "\\u007f"))


Write = Callable[[dict[str, object]], str]
LANGUAGES = [as_yaml, as_flow, as_json, as_toml]


def fields_of(text: str) -> Fields:
    """The fields of a file."""
    notes = Notes("a.md")
    header, _ = split(text, notes, known_only=False)
    return read_fields(header, UTC_DAYS, notes)


@pytest.mark.parametrize("write", LANGUAGES)
@settings(max_examples=50)
@given(text=ANY_TEXT | ALIKE)
def test_any_title_comes_back_in_every_language(write: Write, text: str) -> None:
    """A title is a text, whatever else it looks like; only its markup goes, and its line breaks."""
    assert fields_of(write({"title": text, "x": "y"}) + "Body").title == (one_line(without_markup(text)) or None)


@pytest.mark.parametrize("write", LANGUAGES)
@settings(max_examples=50)
@given(texts=st.lists(ANY_TEXT | ALIKE, max_size=4))
def test_any_list_of_tags_comes_back_in_every_language(write: Write, texts: list[str]) -> None:
    """In its order, each once; what a tag holds parts it no further."""
    expected: dict[str, str] = {}
    for text in texts:
        tag = one_line(text).lstrip("#")
        expected.setdefault(tag.casefold(), tag)
    expected.pop("", None)
    assert fields_of(write({"title": "x", "tags": texts}) + "Body").tags == tuple(expected.values())


@pytest.mark.parametrize("write", [as_yaml, as_flow, as_json])
@settings(max_examples=50)
@given(values=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_value_under_any_key_is_read_or_set_aside(write: Write, values: dict[str, object]) -> None:
    """A wrong type is a problem or a warning with a remedy; nothing else is ever raised."""
    notes = Notes("a.md")
    try:
        header, _ = split(write(values) + "Body", notes, known_only=False)
        read_fields(header, UTC_DAYS, notes)
    except Unreadable as unreadable:
        assert unreadable.problem.remedy  # noqa: PT017  both ends are right, this one only with a remedy
    assert all(warning.remedy and warning.severity == "warning" for warning in notes.warnings)


@pytest.mark.parametrize("fence", ["---", "+++", ";;;", "---json", "---toml", "{", "<!--", ""])
@settings(max_examples=50)
@given(block=st.text(st.sampled_from("ab:=-+.;[]{}\"'#*&!|>\n\n \t,1<~\\"), max_size=80), close=st.booleans())
def test_any_signs_below_a_fence_are_read_or_set_aside(fence: str, block: str, close: bool) -> None:
    """Nothing but the exception that sets a file aside, and not a word lost where it is text after all."""
    text = f"{fence}\n{block}\n{fence[:3] if close else ''}\nBody"
    for known_only in (True, False):
        try:
            header, body = split(text, Notes("a.md"), known_only=known_only)
        except Unreadable:
            continue
        assert body.endswith("Body")
        if not header.entries:
            assert not WORDS.search(text.removesuffix(body))


@pytest.mark.parametrize("write", LANGUAGES)
@settings(max_examples=50)
@given(text=st.sampled_from(["true", "TRUE", "yes", "on", "1", "y"]), before=ANY_TEXT)
def test_no_draft_leaks_beside_any_title(write: Write, text: str, before: str) -> None:
    """Whatever stands above the line."""
    assert fields_of(write({"title": before, "draft": text}) + "Body").draft
