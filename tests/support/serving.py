"""A real ``feedsvc serve`` for the tests, and how to wait for what it does."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import feedparser
import httpx2
import psutil

READER = "feedsvc.articles.reading.main"
"""What is on the command line of a process that reads articles."""
PATIENCE = 180.0
"""Seconds after which a condition that did not come true fails its test: a busy machine is no fault."""

T = TypeVar("T")


def wait_for(condition: Callable[[], T | None], what: str) -> T:
    """Wait until ``condition()`` is true, and give what it returned; ``what`` names it if that is never."""
    deadline = time.monotonic() + PATIENCE
    tick = threading.Event()
    while time.monotonic() < deadline:
        if found := condition():
            return found
        tick.wait(0.02)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain for {what}")


def command(*arguments: object) -> list[str]:
    """The command line of feedsvc with these arguments."""
    return [sys.executable, "-m", "feedsvc", *map(str, arguments)]


def environment(**settings: str) -> dict[str, str]:
    """This process's environment, with no setting of feedsvc but these."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    return plain | {f"FEEDSVC_{name.upper()}": value for name, value in settings.items()}


class Service:
    """``feedsvc serve`` on a free port, in ``home``, where its store and its log are.

    It does not watch for file events unless it is set to: a test decides when a round begins. Its safeguard lets
    tests that share it remove articles one after the other, in any order.
    """

    def __init__(
        self, home: Path, *arguments: object, settings: Mapping[str, str] | None = None, prefix: Sequence[str] = ()
    ) -> None:
        self.home = home
        self.log_file = home / "feedsvc.log"
        self._arguments = arguments
        self._prefix = prefix
        usual = {"log__format": "logfmt", "scan__watch": "false", "safeguards__removal_limit": "100"}
        self._settings = usual | dict(settings or {})
        options = dict(pairwise(arguments))
        self._workers = int(str(options.get("--workers", self._settings.get("workers", 1))))

    def __enter__(self) -> Self:
        with self.log_file.open("ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [*self._prefix, *command("serve", *self._arguments)],
                cwd=self.home,
                env=environment(**self._settings),
                stderr=log,
            )
        self._begin = begin
        try:
            self.url = wait_for(self._announced, "the address in the log")
        except AssertionError as error:
            raise AssertionError(self.log) from error
        # A connection for each request: a worker that ends may close one that is kept at any moment.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self.client = httpx2.Client(base_url=self.url, timeout=PATIENCE, limits=limits)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.stop()
        assert "Traceback" not in self.log, self.log

    @property
    def log(self) -> str:
        """What it logged since it was started."""
        return self.log_file.read_bytes()[self._begin :].decode()

    def _announced(self) -> str:
        assert self.process.poll() is None, f"it ended: {self.log}"
        found = re.search(r"event=serving at=(\S+)", self.log)
        return found[1] if found else ""

    def ready(self) -> Self:
        """Wait until every web worker serves the first edition."""
        if self._workers > 1:
            wait_for(lambda: len(self.children("web")) == self._workers, "every worker")
        wait_for(lambda: all(each.is_success for each in self.of_each_worker("/readyz")), "readiness")
        return self

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """GET a path; as long as the service says so, come again: on a busy machine a page may take its time."""

        def answered() -> httpx2.Response | None:
            answer = self.get_once(path, **headers)
            return None if "retry-after" in answer.headers else answer

        return wait_for(answered, path)

    def get_once(self, path: str, **headers: str) -> httpx2.Response:
        """GET a path; header names with ``_`` for ``-``. No coding is accepted unless asked for."""
        plain = {"accept-encoding": "identity"} | {name.replace("_", "-"): v for name, v in headers.items()}
        return self.client.get(path, headers=plain)

    def of_each_worker(self, path: str, **headers: str) -> list[httpx2.Response]:
        """What each web worker answers to a GET, while the others stand still: all listen on one socket.

        None of them may be about to end.
        """
        if self._workers == 1:
            return [self.get_once(path, **headers)]
        workers = self.children("web")
        answers = []
        for asked in workers:
            with _standing_still([each for each in workers if each != asked]):
                answers.append(self.get_once(path, **headers))
        return answers

    def feed(self, path: str = "/atom.xml") -> feedparser.FeedParserDict:
        """A feed as a reader sees it."""
        return feedparser.parse(self.get(path).content)

    def titles(self, path: str = "/atom.xml") -> list[str]:
        """The titles of a feed, newest first."""
        return [entry.title for entry in self.feed(path).entries]

    def edition(self) -> int:
        """The number of the edition that every web worker serves at least; 0 for none."""
        return min(int(each.json()["edition"] or 0) for each in self.of_each_worker("/readyz"))

    def scan(self) -> None:
        """Ask for a round at once, and wait until it is done and its edition is served."""
        before = self.log.count("reason=sighup")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.log.count("reason=sighup") > before, "the round")
        published = max(map(int, re.findall(r" edition=(\d+)", self.log)), default=0)
        wait_for(lambda: self.edition() >= published, "the edition")

    def children(self, role: str) -> list[psutil.Process]:
        """The processes that play a role."""
        return processes(role, self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it, and give the seconds that took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        return time.monotonic() - begin


@contextmanager
def _standing_still(stopped: Sequence[psutil.Process]) -> Iterator[None]:
    """For the length of the block these processes do nothing."""
    for each in stopped:
        each.suspend()
    try:
        for each in stopped:
            wait_for(lambda each=each: each.status() == psutil.STATUS_STOPPED, "a process to stand still")  # type: ignore[misc] # bound now
        yield
    finally:
        for each in stopped:
            with suppress(psutil.NoSuchProcess):
                each.resume()


def processes(word: str, ancestor: int | None = None) -> list[psutil.Process]:
    """The living processes below this one, or an ``ancestor``, that have ``word`` as an argument."""
    return [child for child in psutil.Process(ancestor).children(recursive=True) if _has(child, word)]


def _has(process: psutil.Process, word: str) -> bool:
    try:
        return word in process.cmdline()
    except psutil.NoSuchProcess:  # it has ended meanwhile
        return False


def write(directory: Path, articles: Mapping[str, str | Sequence[str]]) -> Path:
    """Write article files, by path, into a directory."""
    for path, text in articles.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if isinstance(text, str) else "\n".join(text), "utf-8")
    return directory
