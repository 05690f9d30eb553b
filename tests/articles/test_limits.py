"""One article cannot multiply itself: the first of its tags, authors, aliases and files count, and it is told."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from feedsvc.articles.model import Article, Reading
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.reading.main import attempt
from feedsvc.articles.source.scanner import scan

LIMITS = ReadingLimits(tags=3, authors=2, aliases=4, media=5)


def listed(name: str, count: int, value: str) -> str:
    """A header in YAML with so many values of one field."""
    return (
        f"---\ntitle: Many\n{name}: [{', '.join(value.format(number) for number in range(count))}]\n---\nwords\n"
    )


def one(directory: Path, rules: ReadOptions, text: str) -> Reading:
    """What is read of one article that holds ``text``."""
    (directory / "many.md").write_text(text)
    found = attempt(directory, "many.md", scan(directory), rules)
    assert isinstance(found, Reading)
    return found


def count(article: Article, name: str) -> int:
    """How many of a field an article has."""
    several: tuple[object, ...] = getattr(article, name)
    return len(several)


@pytest.mark.parametrize(
    ("name", "value", "most"),
    [("tags", "t{}", 3), ("authors", "A{}", 2), ("aliases", "/a{}", 4)],
)
def test_the_first_ones_count(directory: Path, rules: ReadOptions, name: str, value: str, most: int) -> None:
    """As many as the setting says are taken without a word; one more is a warning that names line and setting."""
    rules = replace(rules, limits=LIMITS)
    just = one(directory, rules, listed(name, most, value))
    assert (count(just.article, name), just.warnings) == (most, ())
    more = one(directory, rules, listed(name, most + 1, value))
    assert getattr(more.article, name) == getattr(just.article, name)
    (warning,) = more.warnings
    assert (warning.line, f"it has {most + 1} {name}" in warning.what) == (3, True)
    assert f"max_{name}" in warning.remedy


def test_no_more_files_are_published_with_an_article_than_it_may_have(directory: Path, rules: ReadOptions) -> None:
    """The rest is left out, with a warning, and so is what is not there: a stamp has its length too."""
    rules = replace(rules, limits=LIMITS)
    for number in range(9):
        (directory / f"{number}.png").write_bytes(b"x")
    found = one(directory, rules, "".join(f"![x]({number}.png)\n" for number in range(9)))
    assert count(found.article, "media") == 5
    (warning,) = found.warnings
    assert ("4 more are left out" in warning.what, "max_media" in warning.remedy) == (True, True)
    missing = one(directory, rules, "".join(f"![x](gone/{number}.png)\n" for number in range(900)))
    assert len(missing.stamp) < 1_000


@pytest.mark.parametrize(("name", "value"), [("tags", "tag{}"), ("authors", "A{}"), ("aliases", "/a{}")])
def test_the_work_grows_no_faster_than_the_number(
    directory: Path, rules: ReadOptions, name: str, value: str
) -> None:
    """Ten times as many take about ten times as long, not a hundred."""

    def seconds(number: int) -> float:
        text = listed(name, number, value)
        begin = time.process_time()
        one(directory, replace(rules, limits=ReadingLimits(tags=number, authors=number, aliases=number)), text)
        return time.process_time() - begin

    seconds(100)
    assert min(seconds(8_000) for _ in range(3)) < 40 * min(seconds(800) for _ in range(3)) + 0.2
