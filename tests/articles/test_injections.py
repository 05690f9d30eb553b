"""No attempt to smuggle something active into a feed survives, in whichever format it is written."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from injections import INJECTIONS, active_parts

from feedsvc.articles.body.sanitizer import clean
from feedsvc.articles.body.urls import References
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.listing import Listing

HOSTS = ("www.youtube.com",)
AROUND = ("{}", "# Title\n\nWords {} and words.\n", "<p>Words</p>\n\n{}\n\n<p>More</p>")
RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 100_000, iframe_hosts=HOSTS)


def body_of(directory: Path, path: str, text: str) -> str:
    """The body that the file becomes; empty where it is set aside."""
    (directory / path).write_text(text, "utf-8")
    try:
        return read(directory, path, Listing({}), RULES).body
    except Unreadable:
        return ""


@pytest.mark.parametrize("attempt", INJECTIONS.values(), ids=INJECTIONS)
def test_no_injection_survives(tmp_path: Path, attempt: str) -> None:
    """Not alone, not within a line, not as a block: a browser's parser finds nothing active in the body."""
    for path in ("a.txt", "a.md", "a.mdx", "a.html"):
        for around in AROUND:
            body = body_of(tmp_path, path, around.replace("{}", attempt))
            assert list(active_parts(body)) == [], (path, around)


def test_there_are_enough_attempts() -> None:
    """Two hundred, and each another one."""
    assert len(set(INJECTIONS.values())) >= 200


def test_cleaning_again_changes_nothing() -> None:
    """What came through once is not read otherwise the second time."""
    absolute = References(Path("/nowhere"), Listing({}), "a.html", RULES).absolute
    for attempt in INJECTIONS.values():
        once = clean(attempt, absolute, HOSTS)
        assert clean(once, absolute, HOSTS) == once


def test_the_check_can_fail() -> None:
    """Of what is written as HTML it finds nearly all uncleaned; the rest deceives searches for words."""
    html = [attempt for attempt in INJECTIONS.values() if "<" in attempt]
    seen = [attempt for attempt in html if list(active_parts(attempt))]
    assert len(seen) > 0.9 * len(html)
