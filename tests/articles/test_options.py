"""The rules by which articles are read."""

from dataclasses import fields, replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.options import ReadingLimits, ReadOptions

RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000)


def test_equal_rules_have_the_same_key() -> None:
    """A restart with the same settings reads nothing again."""
    assert RULES.key == ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000).key


OTHERS: dict[str, object] = {
    "base_url": "https://example.com",
    "zone": ZoneInfo("Europe/Berlin"),
    "size_limit": 1,
    "default_time": time(9),
    "date_order": "day",
    "iframe_hosts": ("player.example",),
    "keep_markdown": True,
    "limits": ReadingLimits(tags=1),
    "other_base_url": "https://preview.example",
    "drafts": True,
    "static": Path("/srv/static"),
}
"""Another value for each setting that changes how a file comes out, or what is wrong with it."""


@pytest.mark.parametrize("name", [field.name for field in fields(ReadOptions) if field.name != "include"])
def test_every_setting_is_in_the_key(name: str) -> None:
    """When it changes, every file is read again; ``include`` only decides which files are read."""
    assert replace(RULES, **{name: OTHERS[name]}).key != RULES.key  # type: ignore[arg-type]
    assert replace(RULES, include=("README.md",)).key == RULES.key


def test_the_same_site_on_another_host_has_the_same_key() -> None:
    """When another host takes over the publishing, it reads nothing again."""
    here, there = (replace(RULES, static=Path(folder, "static")) for folder in ("/srv/site", "/home/site"))
    assert here.key == there.key


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
