"""Reading whole files.

A golden case is an article below ``tests/data/articles`` with the expected reading beside it, under the same
name with ``.json`` at the end. A new case needs no code: the failure shows what came out.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from repository import DATA

from feedsvc.articles.model import Article, Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.listing import Listing, marks
from feedsvc.articles.source.names import article_format
from feedsvc.articles.source.scanner import scan

RULES = ReadOptions("https://example.org", ZoneInfo("Europe/Berlin"), 100_000)
GOLDEN = DATA / "articles"
CASES = sorted(
    path.relative_to(GOLDEN).as_posix()
    for path in GOLDEN.rglob("*")
    if article_format(path.name) and path.is_file()
)
Tell: TypeAlias = Callable[..., Reading]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Writes a file and reads it as an article."""

    def write_and_read(content: str | bytes, path: str = "a.md", rules: ReadOptions = RULES) -> Reading:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(tmp_path, path, scan(tmp_path), rules)

    return write_and_read


def told(reading: Reading) -> dict[str, object]:
    """What a golden file holds: all but digests, the file's time, and later fields that say little."""
    article = asdict(reading.article)
    for name in ("meaning", "body", "headed", "placed", "updated_line"):
        del article[name]
    for name in ("published", "updated", "expires"):
        article[name] = article[name] and article[name].isoformat()
    article["links"] = {name: links for name, links in article["links"].items() if links}
    for member in fields(Article):
        if member.default is not MISSING and not article.get(member.name):
            article.pop(member.name, None)
    article["media"] = [file["source"] for file in article["media"]]
    article["image"] = article["image"] and article["image"]["url"]
    article["authors"] = [each["name"] if each["url"] is None else each for each in article["authors"]]
    article["enclosures"] = [
        [value for value in each.values() if value is not None] for each in article["enclosures"]
    ]
    lines = reading.body.splitlines()
    return {**article, "body": lines, "warnings": [str(warning) for warning in reading.warnings]}


@pytest.mark.parametrize("path", CASES)
def test_golden(path: str) -> None:
    """Each file is read as the one beside it says."""
    try:
        found = told(read(GOLDEN, path, scan(GOLDEN), RULES))
    except Unreadable as unreadable:
        found = {"problem": str(unreadable)}
    shown = json.dumps(found, indent=2, ensure_ascii=False)
    expected = GOLDEN / f"{path}.json"
    assert expected.exists(), shown
    assert shown == json.dumps(json.loads(expected.read_text("utf-8")), indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "headed", "placed"),
    [
        ("Words.", False, False),
        ("---\n---\nWords.", False, False),
        ("---\ntitle: Words\n---\nWords.", True, False),
        ("---\nslug: words\n---\nWords.", True, True),
        ("---\nslug:\n---\nWords.", True, False),
    ],
    ids=["no header", "empty header", "header", "slug", "empty slug"],
)
def test_a_header_is_noticed(tell: Tell, content: str, *, headed: bool, placed: bool) -> None:
    """What a header held back is not let go when it is lost; and an address that it gives is meant."""
    article = tell(content, "a.md").article
    assert (article.headed, article.placed) == (headed, placed)


@pytest.mark.parametrize(
    ("path", "content", "title"),
    [
        ("a-name.md", "---\ntitle: Declared\n---\n# Heading", "Declared"),
        ("a-name.md", "# Heading\n\nWords.", "Heading"),
        ("a-name.md", "The words of the first sentence. And more.", "The words of the first sentence."),
        ("2024-05-01-a-name.md", "![](x.png)", "A name"),
        ("a-name.html", "<script>x</script>", "A name"),
    ],
    ids=["header", "heading", "first sentence", "file name", "no words"],
)
def test_an_article_always_has_a_title(tell: Tell, path: str, content: str, title: str) -> None:
    """By header, else heading, else first sentence, else file name."""
    assert tell(content, path).article.title == title


def test_the_meaning_does_not_hold_the_name_of_the_file(tell: Tell) -> None:
    """A renamed article without a title is known again by it."""
    assert tell("![](x.png)", "a.md").article.meaning == tell("![](x.png)", "b.md").article.meaning


def test_a_name_without_letters_makes_a_slug_of_the_meaning(tell: Tell) -> None:
    """A page needs some address, and the same one at every reading."""
    article = tell("Words", "!!!.md").article
    assert article.slug == f"article{article.meaning[:8]}"


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        ("---\nsummary: Declared\n---\nWords.\n\n<!--more-->\n\nMore.", "Declared"),
        ("## One\n\n<!-- more -->\n\nTwo.", "One"),
        ("One.\n\nTwo.", "One."),
        ("![](x.png)", ""),
    ],
    ids=["header", "above the mark", "first paragraph", "no words"],
)
def test_the_summary(tell: Tell, content: str, summary: str) -> None:
    """By header, else what stands above ``<!--more-->``, else the first paragraph."""
    assert tell(content).article.summary == summary


def test_the_header_counts_before_the_name_of_the_file(tell: Tell) -> None:
    """Both may give a date."""
    article = tell("---\ndate: 2024-06-01T00:00:00Z\n---\nx", "2024-02-31-a.md")
    assert article.article.published == datetime(2024, 6, 1, tzinfo=UTC)
    assert article.warnings == ()


def test_an_impossible_date_in_the_name_is_a_warning(tell: Tell) -> None:
    """The article is published, and its author told."""
    assert [warning.severity for warning in tell("x", "2024-02-31-a.md").warnings] == ["warning"]


@pytest.mark.parametrize(
    ("content", "path", "hollow"),
    [
        ("---\ntitle: T\n---\n<!-- only a comment -->\n", "a.md", True),
        ("---\ntitle: T\n---\n{{< recent-posts >}}\n", "a.md", True),
        ("---\ntitle: T\n---\n<script>x()</script>\n", "a.md", True),
        ("---\ntitle: T\n---\n", "a.md", False),
        ("---\ntitle: T\n---\nT\n", "a.txt", False),
        ("# T\n", "a.md", False),
        ("---\ntitle: T\n---\n![](https://img.example/a.png)\n", "a.md", False),
        ("---\ntitle: T\naudio: https://x.example/a.mp3\n---\n<!-- x -->\n", "a.md", False),
        ("---\ntitle: T\nimage: https://x.example/a.png\n---\n<!-- x -->\n", "a.md", False),
        ("---\ntitle: T\nlink: https://x.example/\n---\n<!-- x -->\n", "a.md", False),
        ("Words.\n", "a.md", False),
    ],
)
def test_an_article_of_which_nothing_is_left(tell: Tell, content: str, path: str, hollow: bool) -> None:
    """It said something that no feed can carry; its author is told. One that only has a title says that."""
    reading = tell(content, path)
    assert reading.article.hollow is hollow
    assert any("nothing remains of it" in warning.what for warning in reading.warnings) is hollow


@pytest.mark.parametrize(
    ("content", "path", "target"),
    [
        ("---\nredirect_to: /new\n---\n", "a.md", "https://example.org/new"),
        ("---\nredirect_to: https://x.example/\n---\nMoved.\n", "a.md", "https://x.example/"),
        ("---\nredirect_to:\n  - https://x.example/\n  - /new\n---\n", "a.md", "https://x.example/"),
        ("---\nredirect_to: {}\n---\nMoved.\n", "a.md", None),
        ("---\nredirect_to: /new\n---\n" + "Words. " * 99, "a.md", None),
        ("---\nredirect_to: javascript:x\n---\n", "a.md", None),
        ('<meta http-equiv="refresh" content="0; url=/new"><a href="/new">Moved</a>', "a.html", "https://example.org/new"),
        ('<meta http-equiv="Refresh" content="3;URL=\'/new\'">', "a.html", "https://example.org/new"),
        ('<meta http-equiv="refresh" content="300"><p>Live.</p>', "a.html", None),
        ('<meta http-equiv="refresh" content="60; url=/new"><p>Live.</p>', "a.html", None),
    ],
)  # fmt: skip
def test_a_file_that_only_sends_its_readers_elsewhere(
    tell: Tell, content: str, path: str, target: str | None
) -> None:
    """By jekyll-redirect-from's key, or by a refresh within seconds."""
    article = tell(content, path).article
    assert (article.leads_to, article.hollow) == (target, False)


def test_the_stamp_names_every_file_the_article_depends_on(tell: Tell, tmp_path: Path) -> None:
    """Also one that is missing, so that adding it is noticed."""
    (tmp_path / "here.png").write_bytes(b"x")
    watched = marks(tell("![](here.png) ![](gone.png)").stamp, "a.md")
    assert {path: mark is None for path, mark in watched} == {
        "a.md": False,
        "a.md/": True,
        "here.png": False,
        "gone.png": True,
    }


def test_a_picture_is_part_of_the_meaning(tell: Tell, tmp_path: Path) -> None:
    """Exchanging it under the same name is an edit."""
    (tmp_path / "x.png").write_bytes(b"one")
    before = tell("![](x.png)").article.meaning
    (tmp_path / "x.png").write_bytes(b"other")
    assert tell("![](x.png)").article.meaning != before


def test_the_base_url_is_in_the_body_but_not_in_the_meaning(tell: Tell) -> None:
    """Moving a site to another host is no edit of any article."""
    here = tell("[a](b)")
    there = tell("[a](b)", rules=ReadOptions("https://other.example", RULES.zone, RULES.size_limit))
    assert here.body != there.body
    assert here.source != there.source
    assert here.article.meaning == there.article.meaning


def test_the_modification_time_is_in_whole_seconds(tell: Tell, tmp_path: Path) -> None:
    """Finer times differ between file systems."""
    tell("x")
    os.utime(tmp_path / "a.md", ns=(0, 1_700_000_000_999_999_999))
    reading = read(tmp_path, "a.md", scan(tmp_path), RULES)
    assert reading.modified == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_file_over_the_limit_is_set_aside(tell: Tell) -> None:
    """A slip with a log file must not fill the feed; the limit itself is still read."""
    limit = ReadOptions(RULES.base_url, RULES.zone, 5)
    assert tell("12345", rules=limit).article.title == "12345"
    with pytest.raises(Unreadable, match="larger than 5 bytes"):
        tell("123456", rules=limit)


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    """A name may become a pipe between listing and reading."""
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(Unreadable, match="no regular file"):
        read(tmp_path, "a.md", Listing({}), RULES)


def test_a_file_that_vanished_is_told_as_such(tmp_path: Path) -> None:
    """The caller reads it again, or takes it as removed."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path, "a.md", Listing({}), RULES)


@pytest.mark.parametrize("path", ["a.md", "a.html"])
def test_tags_that_nest_without_end_are_set_aside(tell: Tell, path: str) -> None:
    """Parsers would need minutes for a file of five megabytes of them."""
    with pytest.raises(Unreadable, match="nest"):
        tell("<div>" * 1000, path)


FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read(suffix: str, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It becomes an article that can stand in XML, or a problem; nothing else is raised."""
    folder = tmp_path_factory.getbasetemp()
    path = f"any.{suffix}"
    (folder / path).write_text(text, "utf-8")
    try:
        reading = read(folder, path, Listing({}), RULES)
    except Unreadable as unreadable:
        assert unreadable.problem.remedy  # noqa: PT017  both ends are right, this one only with a remedy
        return
    article = reading.article
    assert article.title
    assert not FORBIDDEN.search(f"{article.title}{article.summary}{reading.body}")
    etree.fromstring(etree.tostring(html.fragment_fromstring(f"<div>{reading.body}</div>")))


@given(
    words=st.lists(st.from_regex(r"[\w'“”«»—-]{1,12}", fullmatch=True), min_size=1, max_size=60), data=st.data()
)
def test_plain_text_never_loses_a_word(
    words: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Title and body together hold every letter and digit of the file."""
    folder = tmp_path_factory.getbasetemp()
    gaps = [data.draw(st.sampled_from([" ", " ", ". ", "\n", "\n\n"])) for _ in words]
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    (folder / "words.txt").write_text(text, "utf-8")
    reading = read(folder, "words.txt", Listing({}), RULES)
    seen = f"{reading.article.title} {html.fragment_fromstring(f'<div>{reading.body}</div>').text_content()}"
    assert not {word for word in re.findall(r"\w+", text) if word not in seen}
