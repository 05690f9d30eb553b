"""Where each setting has its value from, and what is not shown of it."""

import tomllib
from pathlib import Path

import pytest

from feedsvc.core.settings.config_file import ConfigFile
from feedsvc.core.settings.loading import find_sources, validate
from feedsvc.core.settings.model import SETTINGS
from feedsvc.core.settings.text import shown

FILE = '''# port = 1
site.title = """
port = 2
"""
push.hubs = [
  # the first
  "https://hub.example",
]
"port" = 3
[podcast]
owner = "a@e.org"
title = "no setting of ours"
[[channels]]
path = "/sea"
[[channels]]
path = "/quay"
[http]
max_age = 1
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("site", "title"), 2),
        (("push", "hubs", 0), 5),
        (("port",), 9),
        (("podcast",), 10),
        (("podcast", "title"), 12),
        (("channels", 0, "path"), 14),
        (("channels", 1, "path"), 16),
        (("http", "max_age"), 18),
    ],
)
def test_the_line_of_a_key_is_found(keys: tuple[str | int, ...], line: int) -> None:
    """Not in comments, in longer strings, or in tables of other things."""
    file = ConfigFile(Path("f.toml"), FILE, tomllib.loads(FILE))
    assert file.at(*keys) == f"f.toml:{line}"


def test_a_key_without_a_line_is_told_with_the_file_alone() -> None:
    """Such as one that must be given and is not."""
    assert ConfigFile(Path("f.toml"), "port = 1", {}).at("site", "language") == "f.toml"


def test_each_setting_tells_where_it_is_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest to the person counts and is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feedsvc.toml").write_text("port = 1\n\n[scan]\ninterval = 1\n[site]\ntitle = 'x'\n")
    monkeypatch.setenv("FEEDSVC_SCAN__INTERVAL", "2")
    monkeypatch.setenv("feedsvc_site__language", "de")
    sources = find_sources(given={"port": 3, "workers": None})
    told = {each.name: (each.value, each.origin) for each in shown(validate(sources), sources)}
    assert list(told) == list(SETTINGS)
    assert told["port"] == (3, "--port")
    assert told["scan.interval"] == (2, "FEEDSVC_SCAN__INTERVAL")
    assert told["site.language"] == ("de", "feedsvc_site__language")
    assert told["site.title"] == ("x", "feedsvc.toml:6")
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
    sources = find_sources(given={"store.url": store})
    (value,) = (each.value for each in shown(validate(sources), sources) if each.name == "store.url")
    assert value == told
