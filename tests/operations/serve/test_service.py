"""``feedsvc serve`` before it becomes the supervisor: the socket that it opens."""

import json
import signal
import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import feedparser
import httpx2
import psutil
import pytest
from commands import run_command
from serving import PATIENCE, Service, wait_for, write

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.role import VARIABLE
from feedsvc.operations.serve.service import listen
from feedsvc.operations.serve.supervisor import Reload, unlinked_file


def test_answers_do_not_wait_for_each_other() -> None:
    """Connections take the option over from the listener (tcp(7)), whatever the event loop does."""
    with listen(Settings(port=0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


SECRETS = """
[[push.webhooks]]
name = "search"
url = "env:NOWHERE"
[[push.caches]]
name = "edge"
kind = "fastly"
id = "1"
token = "file:nowhere"
"""


def test_a_secret_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    """Each of them, and nothing is left behind; otherwise nobody would ever be told of an edition."""
    write(tmp_path, {"articles/one.txt": "One\n\nText.\n", "feedsvc.toml": SECRETS})
    done = run_command(tmp_path, "serve", "--port", 0)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "feedsvc: the url of the webhook search is in the environment variable NOWHERE, which is not set: set it",
        "feedsvc: the token of edge is in nowhere, which cannot be read: check its name and rights",
    ]
    assert not (tmp_path / "feedsvc.db").exists()


FILE = 'base_url = "https://news.example.org"\n[site]\ntitle = "{}"\n'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a configuration file and two workers."""
    home = tmp_path_factory.mktemp("reload")
    write(home / "articles", {"one.txt": "One\n\nFirst.\n"})
    (home / "feedsvc.toml").write_text(FILE.format("Before"))
    with Service(home, "--port", 0, "--workers", 2, "--interval", 3600) as running:
        yield running.ready()


@pytest.fixture
def file(service: Service) -> Iterator[Path]:
    """The configuration file, which is as it was again afterwards."""
    path = service.home / "feedsvc.toml"
    kept = path.read_text()
    yield path
    path.write_text(kept)
    service.process.send_signal(signal.SIGHUP)
    applied(service, path)


def applied(service: Service, file: Path) -> None:
    """Wait until the title and the lifetime in the file are those of every process and of what it serves."""
    told = tomllib.loads(file.read_text())
    wanted = (told["site"]["title"], told.get("http", {}).get("max_age"))
    wait_for(lambda: {*map(settings_of, roles(service))} == {wanted}, "processes with these settings alone")
    wait_for(lambda: titles(service) == {wanted[0]}, "the edition that is published by them")


def roles(service: Service) -> list[psutil.Process]:
    """The processes that publish and serve."""
    return service.children("publisher") + service.children("web")


def settings_of(process: psutil.Process) -> tuple[str, int | None] | None:
    """The title and the lifetime by which a process works; None if it ends just now."""
    try:
        place = f"/proc/{process.pid}/fd/{process.environ()[VARIABLE]}"
        settings = json.loads(Path(place).read_bytes())["settings"]
    except (psutil.NoSuchProcess, OSError):
        return None
    return settings["site"]["title"], settings["http"]["max_age"]


def titles(service: Service) -> set[str]:
    """The title of the site's feed, as each worker serves it."""
    return {feedparser.parse(each.content).feed.title for each in service.of_each_worker("/atom.xml")}


def cache_controls(service: Service) -> set[str]:
    """How long the site's feed may be kept, by each worker."""
    return {each.headers["cache-control"] for each in service.of_each_worker("/atom.xml")}


@contextmanager
def polled(service: Service) -> Iterator[list[int]]:
    """A reader that polls all the time, each time over a new connection, and what it was answered."""
    answers: list[int] = []
    stop = threading.Event()

    def poll() -> None:
        while not stop.is_set():
            answers.append(httpx2.get(f"{service.url}/atom.xml", timeout=PATIENCE).status_code)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()


def test_a_change_of_the_file_is_applied_while_polls_go_on(service: Service, file: Path) -> None:
    """Nobody has to say so, and no poll fails; every process is another one afterwards."""
    before = {each.pid for each in roles(service)}
    assert len(before) == 3
    with polled(service) as answers:
        file.write_text(FILE.format("After"))
        wait_for(lambda: before.isdisjoint(each.pid for each in roles(service)), "new processes")
    assert set(answers) == {200}
    applied(service, file)
    wait_for(lambda: 'event="settings applied" settings=site.title' in service.log, "the supervisor's word")


@pytest.mark.slow
def test_sighup_applies_settings_at_once(service: Service, file: Path) -> None:
    """As ``systemctl reload`` does; freshness is a matter of the workers."""
    file.write_text(FILE.format("Before") + "[http]\nmax_age = 7\n")
    service.process.send_signal(signal.SIGHUP)
    applied(service, file)
    assert all("max-age=7" in each for each in cache_controls(service))


@pytest.mark.slow
def test_what_needs_a_restart_says_so(service: Service, file: Path) -> None:
    """Address, workers and store stay as they are; all else is applied."""
    file.write_text(f'port = 1\nworkers = 1\nstore.url = "sqlite:///x.db"\n{FILE.format("Restart")}')
    service.process.send_signal(signal.SIGHUP)
    applied(service, file)
    assert 'event="settings wait for a restart" settings=store.url remedy="restart feedsvc"' in service.log
    assert not (service.home / "x.db").exists()


WRONG = {
    "wrong values": ("port = 0\nbaseurl = 1\n[site]\ntime_zone = 'x'\n", ["did you mean base_url?", "time_zone"]),
    "no TOML": ("port", ["is not valid TOML"]),
    "a theme that is not there": ("[pages]\ntheme = 'nowhere'\n", ["the theme nowhere is no folder"]),
    "a site for others": ('access = "private"\n', ["the store is of a public site"]),
    "a secret that is not there": (
        FILE.format("Before") + "[[push.webhooks]]\nname = 'a'\nurl = 'env:NOWHERE'\n",
        ["the environment variable NOWHERE, which is not set"],
    ),
    "no articles": ('articles = "nowhere"\n', ["the articles directory nowhere does not exist"]),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
@pytest.mark.slow
def test_wrong_settings_change_nothing(service: Service, file: Path, text: str, told: list[str]) -> None:
    """Every error is logged, and the service goes on by what it has."""
    before, begin = {each.pid for each in roles(service)}, len(service.log)
    file.write_text(text)
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: all(words in service.log[begin:] for words in told), "the errors")
    assert service.log[begin:].count('event="settings not applied"') == len(told)
    assert {each.pid for each in roles(service)} == before
    assert titles(service) == {"Before"}


@pytest.mark.slow
def test_a_file_that_vanishes_changes_nothing(service: Service, file: Path) -> None:
    """A disk that is not mounted must not give all links another address."""
    kept, begin = file.read_text(), len(service.log)
    file.unlink()
    wait_for(lambda: "feedsvc.toml has vanished" in service.log[begin:], "the error")
    assert service.feed().feed.link.startswith("https://news.example.org/")
    file.write_text(kept)


def test_a_program_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    """Such as for want of memory; the supervisor, and so the service, goes on."""
    file, program = tmp_path / "feedsvc.toml", tmp_path / "program"
    file.touch()
    with unlinked_file() as settings:
        reload = Reload([str(program)], [str(file)], [None], settings.fileno())
        reload.look(asked=True)
        told = reload.result()
        assert told is not None
        assert "cannot be started (No such file or directory)" in told["errors"][0]
        assert reload.result() is None
        program.write_text("#!/bin/sh\necho '{}'\n")
        program.chmod(0o755)
        reload.look(asked=True)
        assert wait_for(lambda: reload.result() is not None, "the settings")


def test_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    """An editor empties a file before it writes it: half of the settings, or none, must not come into force."""
    file, program = tmp_path / "feedsvc.toml", tmp_path / "program"
    file.touch()
    program.write_text(
        f"#!/bin/sh\n[ -s {file} ] || {{ echo x > {file}; echo '{{\"half\": []}}'; exit; }}\necho '{{}}'\n"
    )
    program.chmod(0o755)
    told: list[object] = []
    with unlinked_file() as settings:
        reload = Reload([str(program)], [str(file)], [None], settings.fileno())
        reload.look(asked=True)

        def is_told() -> bool:
            reload.due = 0.0
            reload.look(asked=False)
            told.append(reload.result())
            return told[-1] is not None

        wait_for(is_told, "the settings")
        assert told[-1] == {}
        settings.seek(0)
        assert settings.read().strip() == b"{}"


def test_a_program_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    """By a supervisor that sleeps meanwhile: there is a moment to come at which it looks again."""
    file = tmp_path / "feedsvc.toml"
    file.touch()
    with unlinked_file() as settings:
        reload = Reload(["sleep", "3600"], [str(file)], [None], settings.fileno())
        reload.look(asked=True)
        reload.due = 0.0
        reload.look(asked=False)
        assert (reload.result(), reload.due > time.monotonic()) == (None, True)
        reload.stop()


@pytest.mark.slow
def test_a_theme_edit_is_seen_like_that_of_an_article(tmp_path: Path) -> None:
    """At once, by a file event; the interval is an hour."""
    write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
    write(tmp_path / "theme", {"style.css": "body { color: red }"})
    settings = {"pages__theme": "theme", "scan__watch": "true"}
    with Service(tmp_path, "--port", 0, "--interval", 3600, settings=settings) as service:
        service.ready()
        assert "red" in service.get("/style.css").text
        write(tmp_path / "theme", {"style.css": "body { color: blue }"})
        wait_for(lambda: "blue" in service.get("/style.css").text, "the new style")
        assert "reason=theme" in service.log
