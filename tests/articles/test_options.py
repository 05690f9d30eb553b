"""The rules by which articles are read."""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.options import ReadOptions

RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000)


def test_equal_rules_have_the_same_key() -> None:
    """A restart with the same settings reads nothing again."""
    assert RULES.key == ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000).key


@pytest.mark.parametrize(
    "changed",
    [
        replace(RULES, base_url="https://example.com"),
        replace(RULES, zone=ZoneInfo("Europe/Berlin")),
        replace(RULES, size_limit=1),
        replace(RULES, default_time=time(9)),
        replace(RULES, date_order="day"),
        replace(RULES, iframe_hosts=("player.example",)),
        replace(RULES, keep_markdown=True),
    ],
    ids=["base URL", "zone", "size limit", "time of day", "order of day and month", "frames", "Markdown"],
)
def test_every_setting_is_in_the_key(changed: ReadOptions) -> None:
    """A setting that changes how a file comes out makes every file be read again."""
    assert changed.key != RULES.key


def test_changed_readers_have_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs a version between two releases gets what it has learned, too."""
    before = RULES.key
    monkeypatch.setattr("feedsvc.articles.options.code_digest", lambda: "another")
    assert RULES.key != before


def test_a_new_version_has_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of feedsvc may read the same file otherwise."""
    before = RULES.key
    monkeypatch.setattr("feedsvc.articles.options.__version__", "99")
    assert RULES.key != before
