"""What hides an article: each key and each value of one table, in every syntax."""

import subprocess
import sys
from pathlib import Path

import pytest
from header_syntaxes import ANY, REFUSED, TAGS, WORDS, article_in, hiding, leaks

from feedsvc.articles.frontmatter.header import HeaderEntry, field_meant
from feedsvc.articles.frontmatter.visibility import hides_article, keeps_from_feeds
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

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
    """Each spelling of each key, with each of its values."""
    assert leaks(syntax) == []


@pytest.mark.parametrize("syntax", REFUSED)
def test_what_may_hide_an_article_and_cannot_be_read_sets_it_aside(
    syntax: str, directory: Path, rules: ReadOptions
) -> None:
    """Each spelling of each key, with each of its values; nobody can say that the article is public."""
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
