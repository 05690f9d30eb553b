"""Reading in processes of its own: what a file does to them, it does to itself alone."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest
from pixels import png
from read_here import ReadHere
from serving import PATIENCE, READER, processes, wait_for

from feedsvc.articles.collector import Collection, LintResult, collect, lint
from feedsvc.articles.model import SetAside
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.reading import pool as module
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.reading.session import Readers, Remembered
from feedsvc.core.errors import ReadingError

LONG = "# Long\n\n" + "".join(f"[a](good.md#{number}) " for number in range(80_000))
"""What takes some seconds to read on any machine of these years, and is fine."""
WIDE = "# Wide\n\n" + "*a **b " * 150_000
"""What takes some hundred megabytes, and is fine."""
ARTICLES = {
    "a.md": "---\ntitle: Tea\ndate: 11-9-2017 08:00\ntags: [b, a]\nauthor: Ada\n---\n\n![x](p.png) [y](b.md)",
    "b.md": "Title\n=====\n\n*words* [gone](gone.png)",
    "c.html": "<title>C</title><p>words <img src=/p.png>",
    "d.txt": "A line\n\nhttps://example.org/ goes on",
    "e.md": "---\ndate: never ever\n---\nwords",
    "f.md": "---\ntitle: [\n---\nwords",
    "g/h.md": "[up](../a.md) ![x](../p.png)",
    "g/i.md": "İstanbul ıI ß ǅ — 1,5 €",
}


@dataclass
class Rounds:
    """A directory, and readers that come back to it; what was set aside is remembered."""

    directory: Path
    rules: ReadOptions
    readers: Readers
    kept: list[list[SetAside]] = field(default_factory=list)
    files: dict[str, SetAside] = field(default_factory=dict)

    def put(self, path: str, content: str) -> Path:
        """Write a file of the directory."""
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
        return file

    def gather(self, progress: Callable[[int, int], None] = lambda *_: None) -> Collection:
        """One round in which every readable file is new."""
        found = collect(
            self.directory, {}, self.rules, lambda *_: None, progress, readers=self.readers,
            remembered=Remembered(self.files, lambda files: self.kept.append([*files])),
        )  # fmt: skip
        self.files = dict(found.set_aside)
        return found

    def allow(self, **limits: float) -> None:
        """Read by other limits."""
        self.rules = replace(self.rules, limits=ReadingLimits(**limits))  # type: ignore[arg-type] # by name


@pytest.fixture
def readers() -> Iterator[ReaderPool]:
    """Give a pool of one reader."""
    with ReaderPool() as pool:
        yield pool


@pytest.fixture
def rounds(directory: Path, rules: ReadOptions, readers: ReaderPool) -> Rounds:
    """Give a directory with one good article."""
    made = Rounds(directory, replace(rules, size_limit=5_000_000), readers)
    made.put("good.md", "# Good\n\nwords")
    return made


def read(found: Collection) -> list[str]:
    """The paths of what was read."""
    return [taken.article.path for taken in found.readings]


def told(found: Collection) -> dict[str, str]:
    """What is wrong, by path."""
    return {problem.path: problem.what for problem in found.problems}


def test_a_reader_asks_for_the_files_that_one_article_refers_to(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit costs as much among a hundred thousand files as among ten."""
    monkeypatch.delattr(module._Work, "_all_files")
    (rounds.directory / "p.png").write_bytes(png(3, 2))
    (rounds.directory / "cafe\u0301.png").write_bytes(png(3, 2))
    rounds.put("a.md", "![x](p.png) ![y](caf\u00e9.png) [good](good.md) [gone](gon\u00e9.png)")
    found = rounds.gather()
    (article,) = (each.article for each in found.readings if each.article.path == "a.md")
    assert [file.source for file in article.media] == ["cafe\u0301.png", "p.png"]
    assert article.linked_articles == (("/good", "good.md"),)
    assert told(found) == {"a.md": 'there is no file "gon\u00e9.png"'}


@pytest.mark.parametrize("limit", ["_MANY", "_SINGLE"])
def test_a_reader_with_much_to_look_up_asks_for_all_files(
    rounds: Rounds, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many articles, or many references, would ask for each file in turn."""
    all_files = module._Work._all_files
    asked: list[module._Work] = []

    def tell(work: module._Work) -> bytes:
        asked.append(work)
        return all_files(work)

    monkeypatch.setattr(module._Work, "_all_files", tell)
    if limit == "_MANY":
        for number in range(40):
            rounds.put(f"{number}.md", f"[x](gone-{number}.png)")
    else:
        rounds.put("a.md", " ".join(f"[x](gone-{number}.png)" for number in range(1_100)))
    rounds.gather()
    assert len(asked) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_processes_read_as_this_one_does(
    directory: Path, rules: ReadOptions, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same articles, problems and digests, in the same order, wherever the machine stands."""
    monkeypatch.setattr(module, "_WORTH_ONE", 2)
    here = Rounds(directory, rules, ReadHere())
    (directory / "p.png").write_bytes(png(3, 2))
    for name, text in ARTICLES.items():
        for number in range(20):
            here.put(f"{number}/{name}" if number else name, text)
    expected = here.gather()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    with ReaderPool(count) as pool:
        assert Rounds(directory, rules, pool).gather() == expected
        assert len(processes(READER)) == count
        assert lint(directory, rules, lambda *_: None, readers=pool) == LintResult(120, expected.problems)
    assert not processes(READER)
    assert len(expected.readings) == 120


def strike(rounds: Rounds, times: int, number: signal.Signals) -> Collection:
    """Send so many readers a signal while they are at the long file, one after another."""
    struck: set[int] = set()

    def progress(done: int, _total: int) -> None:
        for process in processes(READER):
            if done and len(struck) < times and process.pid not in struck and process.cpu_times().user > 1:
                struck.add(process.pid)
                process.send_signal(number)

    found = rounds.gather(progress)
    assert len(struck) == times
    return found


@pytest.mark.slow
def test_a_reader_that_is_killed_once_costs_nothing(rounds: Rounds) -> None:
    """Somebody may have meant another process, or the system was short of memory: its file is read once more."""
    rounds.put("long.md", LONG)
    found = strike(rounds, 1, signal.SIGKILL)
    assert read(found) == ["good.md", "long.md"]
    assert not found.problems
    assert not rounds.kept


def test_a_file_at_which_two_readers_die_is_set_aside(rounds: Rounds) -> None:
    """It is named with its size and what they died of; all others are read."""
    rounds.put("long.md", LONG)
    rounds.put("more.md", "words")
    found = strike(rounds, 2, signal.SIGKILL)
    assert read(found) == ["good.md", "more.md"]
    assert told(found) == {"long.md": f"its {len(LONG):,} bytes end the process that reads them (SIGKILL)"}
    assert [[each.problem.path for each in files] for files in rounds.kept] == [["long.md"]]


def test_a_file_that_takes_too_long_is_set_aside(rounds: Rounds) -> None:
    """The system itself counts what the reader computes, whatever code it is in."""
    rounds.put("long.md", LONG)
    rounds.put("more.md", "words")
    rounds.allow(seconds=0.5)
    found = rounds.gather()
    assert read(found) == ["good.md", "more.md"]
    assert told(found) == {"long.md": f"its {len(LONG):,} bytes take more than 0.5 s to read"}
    assert "reader_timeout" in found.problems[0].remedy


@pytest.mark.slow
def test_a_reader_that_stands_still_is_ended(rounds: Rounds) -> None:
    """It does not compute: it waits for a disk that does not answer, or somebody has stopped it."""
    rounds.put("long.md", LONG)
    rounds.allow(seconds=1.5)
    found = strike(rounds, 1, signal.SIGSTOP)
    assert told(found) == {"long.md": f"its {len(LONG):,} bytes take more than 1.5 s to read"}


def test_a_file_that_takes_too_much_memory_is_set_aside(rounds: Rounds) -> None:
    """The reader gets no more; what it says to that is no part of the log."""
    rounds.put("more.md", "words")
    rounds.put("wide.md", WIDE)
    rounds.allow(memory=150_000_000)
    found = rounds.gather()
    assert read(found) == ["good.md", "more.md"]
    assert told(found) == {"wide.md": "its 1,050,008 bytes take more than 150,000,000 bytes of memory to read"}
    rounds.allow()
    assert read(rounds.gather()) == ["good.md", "more.md", "wide.md"]


def test_what_is_set_aside_is_not_tried_again_until_it_changes(rounds: Rounds) -> None:
    """Neither after a touch nor under another name; its problem is told all the while."""
    file = rounds.put("long.md", LONG)
    (rounds.directory / "good.md").unlink()
    rounds.allow(seconds=0.3)
    assert told(rounds.gather()).keys() == {"long.md"}
    with ReaderPool() as rested:
        rounds.readers = rested
        for change, path in ((nothing, "long.md"), (touch, "long.md"), (rename, "new.md"), (nothing, "new.md")):
            change(file)
            found = rounds.gather()
            assert ([*told(found)], found.present) == ([path], {path}), change
            assert rounds.files.keys() == {path}
            assert not rested._readers, change
    rounds.put("new.md", "words")
    rounds.readers = ReadHere()
    assert read(rounds.gather()) == ["new.md"]
    assert rounds.kept[-1] == []


def nothing(_file: Path) -> None:
    """Let nothing happen."""


def touch(file: Path) -> None:
    """Give a file other times."""
    os.utime(file, (1, 1))


def rename(file: Path) -> None:
    """Give a file another name."""
    file.rename(file.with_name("new.md"))


@pytest.mark.slow
def test_other_limits_are_another_try(rounds: Rounds) -> None:
    """Whoever raises a limit wants to see what comes of it."""
    rounds.put("long.md", LONG)
    rounds.allow(seconds=0.3)
    assert "long.md" in told(rounds.gather())
    rounds.allow(seconds=60)
    assert read(rounds.gather()) == ["good.md", "long.md"]
    assert rounds.kept[-1] == []


@pytest.mark.parametrize("mend", ["the file", "what it depends on"])
def test_what_cannot_be_read_is_not_read_again_before_it_can_be_otherwise(rounds: Rounds, mend: str) -> None:
    """A file with a fault costs no reader once a minute; it is read when it, or what it asked for, has changed."""
    rounds.put("bad.md", "---\ndate: never ever\n---\n")
    (rounds.directory / "good.md").unlink()
    first = rounds.gather()
    with ReaderPool() as rested:
        rounds.readers = rested
        assert rounds.gather() == first
        assert not rested._readers
    rounds.readers = ReadHere()
    if mend == "the file":
        rounds.put("bad.md", "words")
        assert read(rounds.gather()) == ["bad.md"]
    else:
        seen = rounds.files["bad.md"]
        rounds.files["bad.md"] = replace(seen, stamp=seen.stamp.replace("}", ', "other.md": "1:1:1"}'))
        assert told(rounds.gather()) == told(first)
        assert rounds.files["bad.md"] == seen
    assert not rounds.kept


def test_readers_are_there_only_while_there_is_work(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """None before, none when nothing has come for a while; one that ends by itself meanwhile is no loss."""
    pool = ReaderPool()
    rounds.readers = pool
    assert not processes(READER)
    rounds.gather()
    (first,) = processes(READER)
    pool.rest()
    rounds.gather()
    assert processes(READER) == [first]
    first.kill()
    first.wait()
    assert read(rounds.gather()) == ["good.md"]
    monkeypatch.setattr(module, "IDLE", 0)
    pool.rest()
    assert not processes(READER)


def test_a_round_that_is_given_up_leaves_no_reader_at_work(rounds: Rounds) -> None:
    """Whoever ends the service, or has something to publish at this second, does not wait for a long file."""
    rounds.put("long.md", LONG)

    def stop(_done: int, _total: int) -> None:
        if any(process.cpu_times().user > 1 for process in processes(READER)):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rounds.gather(stop)
    assert not processes(READER)


def test_where_no_reader_can_be_started_the_round_fails(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no fault of any file."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReadingError, match="cannot be started"):
        rounds.gather()


ENDING = """
import socket, sys
from feedsvc.articles.reading.process import Ready, framed
socket.socket(fileno=int(sys.argv[-3])).sendall(framed(Ready()))
"""


def test_where_every_reader_ends_before_it_reads_the_round_fails(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others would be started for ever."""
    (tmp_path / "ending.py").write_text(ENDING)
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path}/ending.py "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    rounds.put("good.md", "# Good\n\nText.\n")
    with pytest.raises(ReadingError, match="ends before it reads any"):
        rounds.gather()


def test_what_lies_in_the_working_directory_is_not_taken_for_the_program(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's own ``json.py`` may lie there, and a checkout of feedsvc holds another version of it."""
    for name in ("json.py", "feedsvc.py"):
        (tmp_path / name).write_text("raise SystemExit('this is not the program')\n")
    monkeypatch.chdir(tmp_path)
    rounds.put("good.md", "# Good\n\nText.\n")
    assert read(rounds.gather()) == ["good.md"]


PROGRAM = """
import sys
import threading
from pathlib import Path
from zoneinfo import ZoneInfo
from feedsvc.articles.collector import lint
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.options import ReadOptions
rules = ReadOptions("https://example.org", ZoneInfo("UTC"), 5_000_000)
lint(Path(sys.argv[1]), rules, lambda *_: None, readers=ReaderPool())
"""


def test_a_reader_ends_with_the_process_that_started_it(rounds: Rounds) -> None:
    """At once, also in the middle of a file; and a signal for the group is not for it."""
    rounds.put("long.md", LONG)
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(rounds.directory)]) as program:
        wait_for(lambda: psutil.Process(program.pid).children(), "the reader")
        (reader,) = psutil.Process(program.pid).children()
        wait_for(lambda: reader.cpu_times().user > 1, "the reader to be at work")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            reader.send_signal(number)
        assert reader.is_running()
        program.kill()
    wait_for(lambda: not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE, "the end of the reader")


def test_a_round_that_has_read_all_waits_for_nothing_more(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each edit would be in the feed a tick of the pool later; here the tick takes an hour."""
    monkeypatch.setattr(module, "_TICK", 3600.0)
    rounds.put("a.md", "# A\n\nwords\n")
    read: list[Collection] = []
    reading = threading.Thread(target=lambda: read.append(rounds.gather()), daemon=True)
    reading.start()
    reading.join(PATIENCE)
    assert [each.article.title for each in read[0].readings] == ["A", "Good"]
