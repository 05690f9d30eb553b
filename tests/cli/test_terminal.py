"""Commands at a terminal, and with their output cut off: tried through a pseudo-terminal and a pipe."""

import os
import pty
import re
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest
from serving import PATIENCE, command, environment, write

from feedsvc.cli.options import Exit

ESCAPE = re.compile(rb"\x1b\[")
ESCAPES = re.compile(rb"\x1b\[[0-9;]*m")


def at_terminal(home: Path, *arguments: str, answers: bytes = b"", **variables: str) -> bytes:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    fields = {**environment(), "TERM": "xterm-256color", "COLUMNS": "100", **variables}
    process = subprocess.Popen(
        command(*arguments), cwd=home, env=fields, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    os.write(ours, answers)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:
        pass  # Linux tells the end of a terminal as an error
    os.close(ours)
    assert process.wait(PATIENCE) is not None
    return written


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)], ids=str)
def test_a_closed_stream_keeps_no_command_from_its_work(tmp_path: Path, closed: tuple[int, ...]) -> None:
    """A program that starts others may close them; the store must not be what is then opened in their place."""
    write(tmp_path / "articles", {"story.txt": "A story\n\nIt is short.\n"})
    close = " ".join(f"{number}>&-" for number in closed)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {close}', "sh", *command("publish")], cwd=tmp_path, env=environment(), check=False
    )
    assert done.returncode == Exit.OK
    assert (tmp_path / "feedsvc.db").read_bytes().startswith(b"SQLite format 3")


def test_a_working_directory_that_is_gone_is_named(tmp_path: Path) -> None:
    """A shell stays in it after a deployment has replaced it."""
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir ../gone && exec "$@"', "sh", *command("check")],
        cwd=gone,
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.count("\n")) == (Exit.FAILED, 1)
    assert "the working directory" in done.stderr


def serve_at_terminal(home: Path, *arguments: str, **variables: str) -> bytes:
    """What ``feedsvc serve`` writes to a terminal, from its start to Ctrl-C after the first round."""
    ours, theirs = pty.openpty()
    fields = {**environment(), "TERM": "xterm-256color", **variables}
    process = subprocess.Popen(
        command("serve", "--port", 0, *arguments), cwd=home, env=fields, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while b"nothing changed" not in written and b"published" not in written:
        written += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:
        pass  # Linux tells the end of a terminal as an error
    os.close(ours)
    assert process.wait(PATIENCE) == 0
    return written


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A working directory with an article that has a problem."""
    write(tmp_path / "articles", {"broken.md": "---\ndate: 31 February\n---\nText.\n"})
    return tmp_path


def test_findings_have_colours_at_a_terminal_and_nowhere_else(home: Path) -> None:
    """``NO_COLOR`` switches them off there, too (no-color.org)."""
    assert ESCAPE.search(at_terminal(home, "check"))
    assert b"31m" not in at_terminal(home, "check", NO_COLOR="1")
    piped = subprocess.run(command("check"), cwd=home, env=environment(), capture_output=True, check=False)
    assert not ESCAPE.search(piped.stdout + piped.stderr)


def test_serve_says_at_a_terminal_what_to_do_next(home: Path) -> None:
    """The address to open and how to stop, in words, behind the lines of its start."""
    lines = [ESCAPES.sub(b"", line) for line in serve_at_terminal(home).splitlines()]
    (place,) = [number for number, line in enumerate(lines) if line.startswith(b"Open ")]
    assert re.fullmatch(rb"Open http://127\.0\.0\.1:\d+/ in a browser\. Ctrl-C stops feedsvc\.", lines[place])
    assert b"serving" in lines[place - 1]


def test_log_lines_have_no_colours_where_they_are_not_wanted(home: Path) -> None:
    """``NO_COLOR`` (no-color.org) goes for every process of the service."""
    written = serve_at_terminal(home, NO_COLOR="1")
    assert b"published" in written
    assert b"stopped" in written
    assert not ESCAPE.search(written)


def test_init_asks_at_a_terminal(home: Path) -> None:
    """Three questions; an empty answer leaves the setting to its default."""
    written = at_terminal(home, "init", answers=b"Harbour News\nhttps://news.example.org\n\n")
    assert written.count(b"?") >= 3
    text = (home / "feedsvc.toml").read_text("utf-8")
    assert '\ntitle = "Harbour News"\n' in text
    assert '\nbase_url = "https://news.example.org"\n' in text
    assert "author" not in text


def test_init_asks_again_after_a_wrong_answer(home: Path) -> None:
    """All other answers are kept."""
    written = at_terminal(home, "init", answers=b"Harbour News\nnews\nhttps://news.example.org\nInes\n")
    assert b"That cannot be used: it must be an address such as https://news.example.org" in written
    settings = tomllib.loads((home / "feedsvc.toml").read_text("utf-8"))
    assert settings["base_url"] == "https://news.example.org"
    assert settings["site"] == {"title": "Harbour News", "author": "Ines"}


def test_output_that_is_cut_off_ends_a_command_quietly(home: Path) -> None:
    """As with ``head``: no traceback, and the status that shells know from other programs."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("settings"), cwd=home, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (Exit.BROKEN_PIPE, b"")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(home: Path, shell: str) -> None:
    """What typer makes for each shell asks the program itself, and it answers."""
    script = subprocess.run(
        command("--show-completion", shell), cwd=home, env=environment(), capture_output=True, check=False
    )
    assert b"_FEEDSVC_COMPLETE" in script.stdout or b"_PYTHON" in script.stdout
    fields = {**environment(), "_FEEDSVC_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "feedsvc st"}
    fields |= {"COMP_WORDS": "feedsvc st", "COMP_CWORD": "1", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    program = [command()[0], "-c", "import sys; sys.argv = ['feedsvc']; from feedsvc.cli import main; main()"]
    done = subprocess.run(program, cwd=home, env=fields, capture_output=True, check=False, text=True)
    assert "status" in done.stdout
    assert "store" in done.stdout
    assert "serve" not in done.stdout
