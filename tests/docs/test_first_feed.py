"""The tutorial of the first feed, followed by somebody who copies each block, in a terminal with newsboat."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from guides import blocks, run
from repository import DOCS
from serving import Service, command, environment, wait_for

pytestmark = pytest.mark.slow

PLACE = "http://127.0.0.1:8000"
TOUR = DOCS / "tutorials" / "first-feed.md"


class Terminal:
    """A terminal of its own in tmux."""

    def __init__(self, home: Path) -> None:
        self._tmux = ["tmux", "-L", f"feedsvc-{os.getpid()}", "-f", "/dev/null"]
        self._home = home

    def start(self, line: str) -> None:
        """Type a command."""
        own = environment() | {"HOME": str(self._home), "LANG": "C.UTF-8", "TERM": "screen"}
        start = [*self._tmux, "new-session", "-d", "-x", "100", "-y", "30", "-c", str(self._home), line]
        subprocess.run(start, env=own, check=True)

    def press(self, key: str) -> None:
        """Press a key."""
        subprocess.run([*self._tmux, "send-keys", key], check=True)

    def screen(self) -> str:
        """What it shows."""
        shown = subprocess.run([*self._tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False)
        return shown.stdout

    def end(self) -> None:
        """Close it."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal, if there is one to be had."""
    missing = [program for program in ("tmux", "newsboat") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    found = Terminal(tmp_path)
    yield found
    found.end()


def test_the_tour_ends_with_an_own_story_in_newsboat(terminal: Terminal, tmp_path: Path) -> None:
    """Every block is run as it stands, but for the port and the place of the program."""
    first, subscribe, second, check = blocks(TOUR.read_text("utf-8"))
    before, _, serve = first.strip().rpartition("\n")
    assert serve.startswith(".venv/bin/feedsvc serve ")
    run(before, tmp_path)
    with Service(tmp_path, *shlex.split(serve)[2:], "--port", 0, settings={"scan__watch": "true"}) as service:
        service.ready()
        file, _, newsboat = subscribe.strip().replace(PLACE, service.url).rpartition("\n")
        run(file, tmp_path)
        terminal.start(newsboat)
        _see(terminal, "r", "Stories")
        _see(terminal, "Enter", "The kettle is on")
        _see(terminal, "Enter", "This is the first story of this site.")
        assert "date, and its lines are wrapped by hand." in " ".join(terminal.screen().split())
        terminal.press("q")
        run(second, tmp_path)
        wait_for(lambda: len(service.titles()) == 2, "the second story")
        _see(terminal, "r", "Tea for two")
        _annoy(service)
        broken = (tmp_path / "stories/second.md").read_text().replace("author: You", "date: 31 February")
        (tmp_path / "stories/second.md").write_text(broken)
        words = shlex.split(check)
        assert words[:2] == [".venv/bin/feedsvc", "check"]
        done = subprocess.run(command(*words[1:]), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "second.md:4" in "".join(done.stdout.split())
        assert len(service.titles()) == 2


def _annoy(service: Service) -> None:
    """Rename a story, and correct a word in it: the same ids, nothing new."""
    before = {entry.id for entry in service.feed().entries}
    stories = service.home / "stories"
    (stories / "first.txt").rename(stories / "renamed.txt")
    service.scan()
    text = (stories / "renamed.txt").read_text("utf-8")
    (stories / "renamed.txt").write_text(text.replace("will be read", "was read"), "utf-8")
    wait_for(lambda: "was read" in service.get("/atom.xml").text, "the correction")
    assert {entry.id for entry in service.feed().entries} == before


def _see(terminal: Terminal, key: str, shown: str) -> None:
    """Press a key, and wait until something is on the screen."""
    terminal.press(key)
    wait_for(lambda: shown in terminal.screen(), f"{shown!r} in newsboat, which shows {terminal.screen()!r}")
