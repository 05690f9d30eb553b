"""Secrets are shown nowhere: not by settings, logs, errors or tracebacks."""

import io
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from commands import run_command

from feedsvc.core.errors import SettingsError, StoreError
from feedsvc.core.logs import configure_logs
from feedsvc.core.printable import redacted, redacted_url
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.tables import Log
from feedsvc.store.engine import parse
from feedsvc.store.store import open_store

SECRET = "hunter2"
STORE = f"postgresql://ines:{SECRET}@127.0.0.1:1/feeds?connect_timeout=1"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ines:hunter2@db/x", "postgresql://ines:***@db/x"),
        ("postgresql://ines:hun/ter@2@db/x", "postgresql://ines:***@db/x"),
        ("postgresql://:hunter2@db/x", "postgresql://:***@db/x"),
        (
            "postgresql://db/x?user=ines&password=hunter2&sslpassword=p",
            "postgresql://db/x?user=ines&password=***&sslpassword=***",
        ),
        ("postgresql://ines@db/x", "postgresql://ines@db/x"),
        ("sqlite:////srv/feeds.db", "sqlite:////srv/feeds.db"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    """Where it is matters to the operator."""
    assert redacted_url(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach https://a:hunter2@hub.example/ now", "cannot reach https://a:***@hub.example/ now"),
        ("path=/private/hunter2/rss.xml status=401", "path=/private/***/rss.xml status=401"),
        (
            "see http://[::1]:8000/ or write to ada@example.org",
            "see http://[::1]:8000/ or write to ada@example.org",
        ),
        ("at=http://127.0.0.1:8000/@ada/feed", "at=http://127.0.0.1:8000/@ada/feed"),
    ],
)
def test_a_line_is_shown_without_secrets(text: str, shown: str) -> None:
    """And with all the rest."""
    assert redacted(text) == shown


@pytest.fixture(name="settings")
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """With a password in the address of the store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDSVC_STORE__URL", STORE)
    return load_settings()


def test_settings_tell_no_password(settings: Settings) -> None:
    """Whatever is made of them, except for those who open the store: processes get it in their environment."""
    for told in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.model_dump()}"):
        assert SECRET not in told
        assert "ines" not in told
    assert settings.store_url == STORE
    assert json.dumps(STORE) in json.dumps(settings.revealed())
    assert SECRET not in repr(parse(settings.store_url))


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command_shows_settings_without_it(tmp_path: Path, form: str) -> None:
    """Where the store is, it does show; the default is no secret."""

    def told(**settings: str) -> str:
        return run_command(tmp_path, "settings", "--format", form, **settings).stdout

    assert SECRET not in told(store__url=STORE)
    assert "postgresql://ines:***@127.0.0.1:1/feeds" in told(store__url=STORE)
    assert "sqlite:///feedsvc.db" in told()


COMMANDS = [("status",), ("publish",), ("store", "backup", "-")]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_store_that_cannot_be_reached_is_named_without_it(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """In the error of a command, and in no log."""
    (tmp_path / "articles").mkdir()
    done = run_command(tmp_path, *arguments, store__url=STORE)
    assert done.returncode == 2
    assert "ines:***@127.0.0.1" in done.stderr
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "url", [f"postgresql://ines:{SECRET}@[x/feeds", f"://ines:{SECRET}@x", f"mysql://a:{SECRET}@x/y"]
)
def test_what_is_no_store_is_named_without_it(url: str) -> None:
    """Also by what the traceback tells of what went before."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "text",
    [
        f'[[push.caches]]\nname = "x"\nkind = "fastly"\ntoken = "{SECRET}"\n',
        f'[[push.caches]]\nname = "x"\nkind = "fastly"\ntokn = "{SECRET}"\n',
        f'[[push.webhooks]]\nname = "x"\nurl = ["{SECRET}"]\n',
        f'[push]\nwebhooks = {{ url = "{SECRET}" }}\n',
        f'[push]\ncaches = {{ token = "{SECRET}" }}\n[site]\ntitle = {{ a = "{SECRET}" }}\n',
    ],
    ids=["incomplete", "mistyped", "a list", "no list", "a table"],
)
def test_a_wrong_table_with_a_secret_is_not_told(tmp_path: Path, text: str) -> None:
    """The error names the table and its line."""
    (tmp_path / "feedsvc.toml").write_text(text, "utf-8")
    done = run_command(tmp_path, "settings")
    assert done.returncode == 2
    assert SECRET not in done.stderr
    assert "feedsvc.toml:" in done.stderr


@pytest.mark.parametrize("line", [f'store.url = ["{SECRET}"]', f"store.url = {{ password = '{SECRET}' }}"])
def test_a_wrong_secret_is_not_told(tmp_path: Path, line: str) -> None:
    """The error names the setting, and its traceback no value."""
    file = tmp_path / "feedsvc.toml"
    file.write_text(f"{line}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"sets store\.url") as caught:
        load_settings(file)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.fixture(name="stream")
def _stream() -> Iterator[io.StringIO]:
    """Gives the process its logging back afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield io.StringIO()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["text", "logfmt", "json"])
def test_no_traceback_in_a_log_shows_the_values_of_variables(
    settings: Settings, stream: io.StringIO, form: str
) -> None:
    """They may be anything, a token or a password among them."""
    configure_logs(settings.model_copy(update={"log": Log.model_validate({"format": form})}), "web", stream)

    def fails(token: str) -> None:
        url = settings.store_url
        raise ValueError(f"{len(url) + len(token)} things to hide")

    try:
        fails(f"{SECRET}-token")
    except ValueError:
        structlog.get_logger().exception("it failed", url=settings.store_url)
        logging.getLogger("somebody").exception("GET /private/%s/rss.xml", SECRET)
    logged = stream.getvalue()
    assert "things to hide" in logged
    assert "Traceback" in logged
    assert SECRET not in logged


@pytest.mark.parametrize("password", ["hunter2", "hun/hunter2", "hunter2@home", "hunter2 blank"])
def test_a_base_url_with_a_password_is_refused_without_showing_it(password: str) -> None:
    """The message stands in logs and terminals, whatever characters the password has."""
    with pytest.raises(SettingsError) as refused:
        load_settings(given={"base_url": f"https://ines:{password}@news.example.org"})
    assert SECRET not in str(refused.value)
    assert "news.example.org" in str(refused.value)
