"""The access log: a line for each answer, and no token in any."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from commands import run_command
from serving import PATIENCE, command, environment, wait_for, write

from feedsvc.web.access_log import AccessLog, LoggedAnswer, without_token

Lines = list[dict[str, object]]


@contextmanager
def logging(home: Path, **settings: str) -> Iterator[tuple[str, Path]]:
    """A service with an access log: its URL, and the file that has its standard output."""
    write(home / "articles", {"one.txt": "One\n\nText.\n"})
    output, log = home / "access.log", home / "service.log"
    with output.open("wb") as out, log.open("wb") as errors:
        process = subprocess.Popen(
            command("serve", "articles", "--port", 0),
            cwd=home,
            env=environment(log__access="true", log__format="logfmt", scan__watch="false", **settings),
            stdout=out,
            stderr=errors,
        )
        try:
            found = wait_for(lambda: log.read_text().partition("event=serving at=")[2].partition(" ")[0], "a URL")
            wait_for(lambda: httpx2.get(f"{found}/readyz", timeout=PATIENCE).status_code == 200, "an edition")
            yield found, output
        finally:
            process.terminate()
            process.wait(PATIENCE)


def lines(output: Path, path: str) -> Lines:
    """The lines for a path, as far as they are written to their end."""
    whole = output.read_text().rpartition("\n")[0].splitlines()
    return [line for line in map(json.loads, whole) if line["path"] == path]


def test_each_answer_is_a_line_of_json(tmp_path: Path) -> None:
    """With what was asked, by which program, and what it got; a query is not told."""
    with logging(tmp_path) as (url, output):
        tag = httpx2.get(f"{url}/atom.xml?key=secret", timeout=PATIENCE).headers["etag"]
        agent = {"user-agent": 'Reader/1 "x"', "if-none-match": tag}
        httpx2.get(f"{url}/atom.xml", headers=agent, timeout=PATIENCE)
        wait_for(lambda: len(lines(output, "/atom.xml")) == 2, "two lines")
    first, second = lines(output, "/atom.xml")
    assert (first["status"], first["kind"], first["method"], first["client"]) == (200, "feed", "GET", "127.0.0.1")
    assert (second["status"], second["bytes"], second["user_agent"]) == (304, 0, 'Reader/1 "x"')
    assert "secret" not in output.read_text()


def test_the_token_of_a_reader_is_in_no_line(tmp_path: Path) -> None:
    """Neither where it is part of the address nor where it is a password."""
    settings = {"access": "private", "base_url": "https://club.example.org"}
    with logging(tmp_path, **settings) as (url, output):
        told = json.loads(run_command(tmp_path, "readers", "add", "ada", "--format", "json", **settings).stdout)
        secret = told["token"]
        wait_for(
            lambda: httpx2.get(f"{url}/atom.xml", auth=("ada", secret), timeout=PATIENCE).status_code == 200,
            "the token",
        )
        httpx2.get(f"{url}/private/{secret}/rss.xml", timeout=PATIENCE)
        wait_for(lambda: lines(output, "/private/-/rss.xml"), "the line")
    assert secret not in output.read_text()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/rss.xml", "/rss.xml"),
        ("/private/abc/x", "/private/-/x"),
        ("/private/abc", "/private/-"),
        ("/private/", "/private/"),
        ("/blog/private/abc/rss.xml", "/blog/private/-/rss.xml"),
        ("//Private//abc/rss.xml", "//Private//-/rss.xml"),
        ("/hub/abc", "/hub/-"),
        ("/hub", "/hub"),
    ],
)
def test_a_path_is_told_without_a_token(path: str, told: str) -> None:
    """Below a base path, too; and a token in a misspelt address is still in force."""
    assert without_token(path) == told


def test_who_reads_too_slowly_holds_up_nobody() -> None:
    """What cannot be written is left out and counted."""
    reading, writing = os.pipe()
    log = AccessLog(writing)
    scope = {"method": "GET", "path": "/x" * 200, "headers": [], "client": ("::1", 1)}
    for _ in range(12_000):
        log.note(scope, LoggedAnswer(200, 1, "feed", "br", 0.1, 0.0))
    content = bytearray()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            content.extend(os.read(reading, 65536))

    threading.Thread(target=read, daemon=True).start()
    wait_for(lambda: content.count(b"\n") >= 10_000, "what waited")
    log.note(scope, LoggedAnswer(200, 1, "feed", "br", 0.1, 0.0))
    wait_for(lambda: b"left_out" in content, "the number")
    ended.set()
