"""Keys and values of headers, and which of them hide an article."""

import subprocess
import sys
from pathlib import Path

import pytest
from header_syntaxes import ANY, REFUSED, TAGS, WORDS, article_in, hiding, leaks

from feedsvc.articles.frontmatter.header import (
    Header,
    HeaderEntry,
    Value,
    field_meant,
    field_of,
    hides_article,
    keeps_from_feeds,
    spelling,
)
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan


def header(**values: Value) -> Header:
    """A header of ``values``, as if all stood on line 2."""
    return Header({spelling(key): HeaderEntry(key, value, 2) for key, value in values.items()})


def test_case_dashes_and_underscores_do_not_matter() -> None:
    """Blog engines spell the same key in many ways."""
    assert {field_of(key) for key in ("last_modified_at", "lastModifiedAt", "Last-Modified-At")} == {"updated"}


def test_a_key_without_a_meaning_has_no_field() -> None:
    """What other programs keep in a header is none of ours."""
    assert field_of("layout") is None


def test_the_date_that_governs_publication_counts_first() -> None:
    """An article with both must not appear before its ``publishDate``."""
    first = header(date="2020-01-01", publishDate="2030-01-01").first("published")
    assert first is not None
    assert first.key == "publishDate"


def test_an_empty_value_is_not_said() -> None:
    """``title:`` in a template that was not filled in gives way to the next spelling."""
    assert [entry.key for entry in header(description="", summary="x").all("summary")] == ["summary"]
    assert header(title="").first("title") is None


def test_over_fills_in_only_the_fields_that_are_missing() -> None:
    """Front matter counts before a document's head, also where it spells the key otherwise."""
    told = header(pubDate="2020-01-01").over(header(date="2010-01-01", title="From the head"))
    assert set(told.entries) == {"pubdate", "title"}


_NEW_KEY = """
import sys
from types import MappingProxyType
from feedsvc.articles.frontmatter import keys

spellings = dict(keys.SPELLINGS)
known = {{key for keys in spellings.values() for key in keys}}
{change}
keys.SPELLINGS = MappingProxyType(spellings)

from header_syntaxes import ANY, WORDS, leaks

found = {{syntax: lost for syntax in (*ANY, *WORDS) if (lost := leaks(syntax, known))}}
sys.exit(str(found) if found else 0)
"""
"""A program that adds a key to the table before anything reads it, and looks which syntaxes miss the key."""


@pytest.mark.parametrize("syntax", [*ANY, *WORDS])
def test_every_key_that_hides_an_article_hides_it_in_every_syntax(syntax: str) -> None:
    """Each spelling of each key, and each of its values."""
    assert leaks(syntax) == []


@pytest.mark.parametrize("syntax", REFUSED)
def test_what_may_hide_an_article_and_cannot_be_read_sets_it_aside(
    syntax: str, directory: Path, rules: ReadOptions
) -> None:
    """Each spelling of each key, and each of its values; nobody can say that the article is public."""
    for key, said, is_tag in hiding():
        if isinstance(said, str) and not is_tag:
            path = article_in(directory, REFUSED[syntax](key, said))
            with pytest.raises(Unreadable):
                read(directory, path, scan(directory), rules)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param('spellings["draft"] += ("embargoed",)', id="a spelling of draft"),
        pytest.param('spellings["public"] += ("released",)', id="a spelling of published"),
        pytest.param('spellings["unlisted"] += ("offstage",)', id="a spelling of unlisted"),
        pytest.param(
            'spellings["secret"] = ("secret", "topsecret")\n'
            'keys.HIDING = MappingProxyType({**keys.HIDING, "secret": keys.HidingValues(frozenset({"very"}))})\n'
            'keys.VISIBILITY_FIELDS = keys.VISIBILITY_FIELDS | {"secret"}',
            id="a new field",
        ),
    ],
)
def test_a_key_that_is_added_to_the_table_hides_articles_in_every_syntax(change: str) -> None:
    """The table is the one place that knows it, as CONTRIBUTING promises."""
    command = [sys.executable, "-c", _NEW_KEY.format(change=change)]
    support = str(Path(article_in.__code__.co_filename).parent)
    done = subprocess.run(command, env={"PYTHONPATH": support}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", ["---\ntitle: A\npassword: x\n---\n", "Title: A\nPassword: x\n\n"])
def test_a_password_sets_the_article_aside(directory: Path, rules: ReadOptions, text: str) -> None:
    """What a theme would encrypt stands in the file for everyone to read."""
    (directory / "a.md").write_text(f"{text}secret")
    with pytest.raises(Unreadable, match=r"[Pp]assword"):
        read(directory, "a.md", scan(directory), rules)


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        *(
            (f"visibility: {word}", False)
            for word in ("visible", "true", "listed", "open", "yes", "[public]", "x")
        ),
        *((f"visibility: {word}", True) for word in ("private", "members", "paid", "hidden", "no", "[private]")),
        *((f"password: {word}", False) for word in ("false", "no", "null", "")),
        ("wip: true", False),
    ],
)
def test_only_known_words_hide_an_article(directory: Path, rules: ReadOptions, said: str, hidden: bool) -> None:
    """Other programs have words of their own, and no password is one that is not set."""
    (directory / "a.md").write_text(f"---\ntitle: A\n{said}\n---\nWords.")
    article = read(directory, "a.md", scan(directory), rules).article
    assert (article.draft or article.unlisted) is hidden


@pytest.mark.parametrize("line", ["State: pending", "Private: yes", "Visible: no", "Feed: off"])
@pytest.mark.parametrize("below", ["", "\n\nWords.", "\nPlace: here\n\nWords."])
def test_the_first_line_of_plain_text_is_a_title(
    directory: Path, rules: ReadOptions, line: str, below: str
) -> None:
    """Its first word may be one of a header; nothing around it says that it is."""
    (directory / "a.txt").write_text(line + below)
    article = read(directory, "a.txt", scan(directory), rules).article
    assert (article.draft, article.unlisted) == (False, False)


def test_there_are_syntaxes_in_which_tags_hide_an_article() -> None:
    """They are among those that the walk takes."""
    assert set(TAGS) <= {*ANY, *WORDS}


@pytest.mark.parametrize(
    ("key", "said", "field"),
    [
        pytest.param("published", "2026-05-01", "published", id="a date"),
        pytest.param("published", "no", "public", id="whether it is public"),
        pytest.param("permalink", "/a/", "slug", id="an address"),
        pytest.param("permalink", "false", "rendered", id="whether it has a page"),
        pytest.param("title", "No", "title", id="a title of one word"),
        pytest.param("x", "no", None, id="a key without meaning"),
    ],
)
def test_the_value_says_what_a_key_of_two_meanings_means(key: str, said: str, field: str | None) -> None:
    """Only yes and no speak of visibility."""
    assert field_meant(HeaderEntry(key, said, None)) == field


@pytest.mark.parametrize("whole_section", [False, True])
def test_only_some_keys_of_a_section_hide_the_articles_below_it(whole_section: bool) -> None:
    """Zola renders the pages of a section that it does not render itself."""
    entry = HeaderEntry("render", "false", None)
    assert hides_article(entry, whole_section=whole_section) is not whole_section
    assert hides_article(HeaderEntry("draft", "true", None), whole_section=whole_section)
    assert keeps_from_feeds(entry)
