"""Nothing that comes from files steers a terminal: in text, in JSON, in logs, and in what every command writes."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from commands import kept_readers
from serving import write
from typer.testing import CliRunner

from feedsvc.cli import main, program
from feedsvc.core.errors import StoreError
from feedsvc.core.logs import configure_logs
from feedsvc.core.printable import printable, printable_json, printable_line, to_json
from feedsvc.core.settings.model import Settings
from feedsvc.store.store import open_store

STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202ecod.exe\u2066\x08\r\u2028\x7f\U000e0041"
SHOWN = "\\x1b[31mred\\x1b]0;title\\x07\\x9b2J\\u202ecod.exe\\u2066\\x08\\r\\u2028\\x7f\\U000e0041"


def test_controls_are_shown_as_escapes() -> None:
    """Letters of every script, and what joins them, stay as they are."""
    assert printable(f"a\n{HOSTILE}") == f"a\n{SHOWN}"
    assert printable_line("a\nb") == "a\\nb"
    assert printable("caf\udce9") == "caf\\udce9"
    kept = "Ærø, 東京, שלום, किताब\u200d, 👩\u200d🚀 \\x1b"
    assert printable(kept) == kept


def test_json_says_the_same() -> None:
    """Programs read what was there."""
    value = {"title": HOSTILE, "parts": ["caf\udce9", "東京", "a\tb\n"]}
    text = to_json(value)
    assert json.loads(text) == value
    assert not STEERING.search(text)
    assert "東京" in text
    assert printable_json(text) == text


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Give the process its logging back."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize("form", ["text", "logfmt", "json"])
def test_log_lines_are_safe_in_every_form(form: str) -> None:
    """Events, values of any kind, exceptions, and what libraries log; and no value begins a line of its own."""
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log": {"format": form}}), "web", stream)
    log = structlog.get_logger()
    log.warning(HOSTILE, path=HOSTILE, file=Path(HOSTILE.replace("\0", "")), names=[HOSTILE], count=5)
    log.info("forged", path="x\n2026-01-01 [info] all is well")
    logging.getLogger("library").warning("it says %s", HOSTILE)
    assert not STEERING.search(stream.getvalue())
    assert len(stream.getvalue().splitlines()) == 3
    try:
        open_store(HOSTILE)
    except StoreError:
        log.exception("failed", path=HOSTILE)
        logging.getLogger("library").exception("so did this")
    assert not STEERING.search(stream.getvalue())
    assert stream.getvalue().count("StoreError") >= 2
    if form == "json":
        assert next(json.loads(line)["event"] for line in stream.getvalue().splitlines()) == HOSTILE


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site, and another one's feed, whose every name and value is meant to steer a terminal."""
    escaped = HOSTILE.replace("\r", "").replace("\x08", "")
    articles = {
        "a\u202emd.txt": f"{escaped}\n\nWords.\n",
        "b\u2066.md": f'---\ntitle: "\\e[31mred\\u202E"\ndate: "\\e]0;x\\a31 {chr(0x202E)}February"\n---\nText.\n',
        "c.md": f"---\ntitle: T\ntags: ['\u202e{chr(0x9B)}2J']\n---\n![p](\u202e{chr(0x9B)}.png)\n",
        ".feedsvcignore": "!\u202e\n[\u202e\n",
    }
    write(tmp_path / "articles", articles)
    (tmp_path / "articles" / "d\x1b[31m.md").write_text("Escaped name\n")
    entry = {"id": f"x{HOSTILE}", "title": HOSTILE, "url": "https://old.example/\u202e", "content_text": HOSTILE}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": [entry]}
    (tmp_path / "old.json").write_text(json.dumps(feed))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDSVC_STORE__URL", f"sqlite:///{tmp_path}/store.db")
    return tmp_path


COMMANDS = (
    ("check", "--format", "table"),
    ("check", "--format", "json"),
    ("check", "--format", "github"),
    ("adopt", "old.json"),
    ("adopt", "old.json", "--format", "json"),
    ("publish",),
    ("publish", "--format", "json"),
    ("status",),
    ("status", "--format", "json"),
    ("show", "articles/a\u202emd.txt"),
    ("show", "articles/a\u202emd.txt", "--format", "json"),
    ("show", "articles/b\u2066.md"),
    ("export", "out"),
    ("export", "out", "--format", "json"),
    ("store", "backup", "-"),
)


@pytest.mark.usefixtures("hostile", "logging_as_before")
def test_no_command_writes_what_files_say_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    """In no format, on neither stream; and each has something of it to tell, escaped."""
    monkeypatch.setenv("FEEDSVC_BASE_URL", "https://news.example.org")  # an export needs one
    told = ""
    for arguments in COMMANDS:
        with kept_readers():
            done = CliRunner().invoke(program, arguments)
        assert done.exit_code in {0, 1, 3}, (arguments, done.output, done.exception)
        assert done.output, arguments
        assert not STEERING.search(done.output), (arguments, STEERING.search(done.output))
        if "json" in arguments:
            json.loads(done.stdout)
        told += done.output
    assert "\\u202e" in told.lower()
    assert "\\x1b[31m" in told


def test_an_error_is_told_without_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line may quote a path."""
    monkeypatch.setattr(sys, "argv", ["feedsvc", "check", "no\x1b[31m\u202esuch"])
    with pytest.raises(SystemExit):
        main()
    written = capsys.readouterr().err
    assert "\\x1b[31m\\u202esuch" in written
    assert not STEERING.search(written)
