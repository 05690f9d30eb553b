"""Where each setting has its value from, and what is not shown of it."""

from pathlib import Path

import pytest

from feedsvc.core.settings.loading import find_sources, line_of, validate
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.text import shown

FILE = '''# port = 1
title = """
port = 2
"""
hubs = [
  "https://hub.example",
]
"port" = 3
[podcast]
owner = "a@e.org"
title = "no setting of ours"
[[channels]]
path = "/sea"
'''


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("title", 2),
        ("hubs", 5),
        ("port", 8),
        ("podcast", 9),
        ("channels", 12),
        ("language", None),
    ],
)
def test_the_line_of_a_key_is_found(name: str, line: int | None) -> None:
    """Not in comments, in longer strings, or in tables of other things."""
    assert line_of(FILE, name) == line


def test_each_setting_tells_where_it_is_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest to the person counts and is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feedsvc.toml").write_text("port = 1\n\ninterval = 1\ntitle = 'x'\n")
    monkeypatch.setenv("FEEDSVC_INTERVAL", "2")
    monkeypatch.setenv("feedsvc_language", "de")
    sources = find_sources(given={"port": 3, "workers": None})
    told = {each.name: (each.value, each.origin) for each in shown(validate(sources), sources)}
    assert list(told) == list(Settings.model_fields)
    assert told["port"] == (3, "--port")
    assert told["interval"] == (2, "FEEDSVC_INTERVAL")
    assert told["language"] == ("de", "feedsvc_language")
    assert told["title"] == ("x", "feedsvc.toml:4")
    assert told["workers"] == (1, "default")


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgresql://ines:s3cret@db/x", "postgresql://ines:***@db/x"),
        ("postgresql://ines@db/x", "postgresql://ines@db/x"),
        ("sqlite:///a@b:c.db", "sqlite:///a@b:c.db"),
    ],
)
def test_a_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, told: str) -> None:
    """What is printed ends up in reports and chats."""
    monkeypatch.chdir(tmp_path)
    sources = find_sources(given={"store": store})
    (value,) = (each.value for each in shown(validate(sources), sources) if each.name == "store")
    assert value == told
