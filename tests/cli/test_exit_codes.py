"""How commands end: the status that a script is told, and the line that a person reads."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run_command
from serving import write

from feedsvc.cli.options import Exit

BASE_URL = "https://news.example.org"
STORY = {"story.txt": "A story\n\nIt is short.\n"}
BROKEN = {"broken.md": "---\ndate: 31 February\n---\nText.\n"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A working directory with one article in ``articles``."""
    write(tmp_path / "articles", STORY)
    return tmp_path


def as_it_is(_home: Path) -> None:
    """One good article, and nothing published."""


def with_a_broken_one(home: Path) -> None:
    """Another article that cannot be read."""
    write(home / "articles", BROKEN)


def with_a_wrong_file(home: Path) -> None:
    """A settings file with a mistake."""
    (home / "feedsvc.toml").write_text("prot = 1\n")


def emptied(home: Path) -> None:
    """What was published is all gone."""
    (home / "articles/story.txt").unlink()


ENDS: dict[str, tuple[tuple[str, ...], Callable[[Path], None], Exit]] = {
    "version": (("--version",), as_it_is, Exit.OK),
    "no command": (("nonsense",), as_it_is, Exit.FAILED),
    "no option": (("check", "--nonsense"), as_it_is, Exit.FAILED),
    "check, all good": (("check",), as_it_is, Exit.OK),
    "check, a broken file": (("check",), with_a_broken_one, Exit.PROBLEMS),
    "check, no directory": (("check", "nowhere"), as_it_is, Exit.FAILED),
    "check, no name of a directory": (("check", ""), as_it_is, Exit.FAILED),
    "check, a wrong file": (("check",), with_a_wrong_file, Exit.FAILED),
    "publish, all good": (("publish",), as_it_is, Exit.OK),
    "publish, a broken file": (("publish",), with_a_broken_one, Exit.PROBLEMS),
    "publish, no directory": (("publish", "nowhere"), as_it_is, Exit.FAILED),
    "publish, no store": (("publish", "--store", "nonsense"), as_it_is, Exit.FAILED),
    "serve, no directory": (("serve", "nowhere"), as_it_is, Exit.FAILED),
    "show, all good": (("show", "articles/story.txt"), as_it_is, Exit.OK),
    "show, a broken file": (("show", "articles/broken.md"), with_a_broken_one, Exit.PROBLEMS),
    "show, no name of a directory": (("show", "story.txt", "--articles", ""), as_it_is, Exit.FAILED),
    "show, a file elsewhere": (("show", "story.txt"), as_it_is, Exit.FAILED),
    "status, no store": (("status",), as_it_is, Exit.FAILED),
    "adopt, no file": (("adopt", "nowhere.xml"), as_it_is, Exit.FAILED),
    "export, no store": (("export", "out"), as_it_is, Exit.FAILED),
    "settings, all good": (("settings",), as_it_is, Exit.OK),
    "settings, a wrong file": (("settings",), with_a_wrong_file, Exit.FAILED),
    "settings, a wrong option": (("settings", "--base-url", "x"), as_it_is, Exit.FAILED),
    "init, a file is there": (("init",), with_a_wrong_file, Exit.FAILED),
    "init, a wrong answer": (("init", "--base-url", "x"), as_it_is, Exit.FAILED),
    "readers list, no store": (("readers", "list"), as_it_is, Exit.FAILED),
    "readers add, no store": (("readers", "add", "ada"), as_it_is, Exit.FAILED),
    "store access, no store": (("store", "access"), as_it_is, Exit.FAILED),
    "store backup, no store": (("store", "backup", "-"), as_it_is, Exit.FAILED),
    "store restore, no file": (("store", "restore", "nowhere.json"), as_it_is, Exit.FAILED),
    "store rebuild, no directory": (("store", "rebuild", "nowhere"), as_it_is, Exit.FAILED),
}


@pytest.mark.parametrize(("arguments", "prepare", "status"), ENDS.values(), ids=ENDS)
def test_a_command_ends_with_the_status_that_is_documented(
    home: Path, arguments: tuple[str, ...], prepare: Callable[[Path], None], status: Exit
) -> None:
    """Where it could not begin, one line on standard error says why, and nothing is printed."""
    prepare(home)
    done = run_command(home, *arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    if status is Exit.FAILED:
        assert done.stderr.strip()
        assert not done.stdout


def test_a_refused_round_has_a_status_of_its_own(home: Path) -> None:
    """So a script can tell it from a fault."""
    assert run_command(home, "publish", base_url=BASE_URL).returncode == Exit.OK
    assert run_command(home, "export", "out", base_url=BASE_URL).returncode == Exit.OK
    emptied(home)
    assert run_command(home, "publish", base_url=BASE_URL).returncode == Exit.REFUSED


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--format", "json"),
        ("publish", "--format", "json"),
        ("settings", "--format", "json"),
        ("show", "articles/story.txt", "--format", "json"),
        ("export", "out", "--format", "json"),
    ],
)
def test_what_reports_does_so_in_json(home: Path, command: tuple[str, ...]) -> None:
    """One document on standard output, and nothing beside it."""
    run_command(home, "publish", base_url=BASE_URL)
    done = run_command(home, *command, base_url=BASE_URL)
    assert done.returncode == Exit.OK
    assert json.loads(done.stdout)


def test_ctrl_c_ends_a_command_without_a_traceback(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As shells expect it."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("feedsvc.articles.collector.lint", interrupted)
    done = run_command(home, "check")
    assert done.returncode == Exit.INTERRUPTED
    assert "Traceback" not in done.stderr
