"""What the publisher's process does beside the rounds, and the preview of a site."""

import gc
import re
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import run_command
from serving import Service, wait_for, write
from signals import restored_signals

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import publisher as role
from feedsvc.operations.serve.publisher import collect_garbage
from feedsvc.store.store import open_store


class Knot:
    """Holds itself, so that only the collector can tell that nobody else does."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """The tests' own process goes on as it was."""
    yield
    gc.unfreeze()


def test_what_stays_is_passed_over_and_what_is_left_is_cleared() -> None:
    """Also what was passed over the last time, and is garbage since."""
    stays, goes = Knot(), weakref.ref(Knot())
    collect_garbage()
    assert gc.get_freeze_count() > 0
    assert goes() is None
    later = weakref.ref(stays)
    del stays
    collect_garbage()
    assert later() is None


def test_a_publisher_settles_when_it_is_at_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each round that made something."""
    settled = []
    monkeypatch.setattr(role, "collect_garbage", lambda: settled.append(1))
    (tmp_path / "one.txt").write_text("One\n\nFirst.\n", "utf-8")
    store = f"sqlite:///{tmp_path}/feedsvc.db"
    with closing(open_store(store)) as watched, restored_signals():
        role.run_publisher(
            Settings.model_validate({"articles": tmp_path, "store": {"url": store}}),
            lambda: watched.editions.newest().number > 0,
        )
    assert settled == [1]


BASE = "https://news.example.org/blog"
STORIES = {
    "one.md": f"---\ntitle: One\ndate: 2026-05-01\n---\n[Two](two.md), [again]({BASE}/2026/two/), [other](https://other.example/)\n",
    "two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nBack to [one](/blog/2026/one/).\n",
    "idea.md": "---\ntitle: An idea\ndraft: true\n---\nNot yet.\n",
}
SETTINGS = {"article_url": "/{year}/{slug}/", "push__hubs": '["https://hub.example/"]', "host": "127.0.0.1"}


def preview(home: Path, *more: str, port: int = 0) -> Service:
    """A preview of a site, which has a base URL of its own."""
    arguments = ("stories", "--port", port, "--interval", 3600, "--base-url", BASE, "--preview", *more)
    return Service(home, *arguments, settings=SETTINGS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was published, with a draft."""
    home = tmp_path_factory.mktemp("site")
    write(home / "stories", STORIES)
    run_command(home, "publish", "stories", base_url=BASE, **SETTINGS)
    return home


@pytest.fixture(scope="module")
def shown(home: Path) -> Iterator[Service]:
    """Its preview, with drafts."""
    with preview(home, "--drafts") as service:
        yield service.ready()


def test_every_link_stays_here(shown: Service) -> None:
    """From the landing page on, and in feeds; what leads to other sites still does."""
    seen, waiting = set[str](), ["/blog/"]
    while waiting:
        path = waiting.pop()
        answer = shown.get(path)
        assert answer.status_code == 200, path
        assert BASE not in answer.text
        assert "hub.example" not in answer.text
        found = {link.removeprefix(shown.url) for link in re.findall(r'(?:href|src)="([^"#]*)', answer.text)}
        waiting += sorted(link for link in found - seen if link.startswith("/"))
        seen |= found
    assert {"/blog/2026/one/", "/blog/2026/two/", "/blog/rss.xml", "https://other.example/"} <= seen
    assert {entry.link for entry in shown.feed("/blog/atom.xml").entries} >= {f"{shown.url}/blog/2026/one/"}


def test_ids_are_those_of_the_site(shown: Service, home: Path) -> None:
    """Those that were published, from the store; a draft's as it will be."""
    with sqlite3.connect(home / "feedsvc.db") as store:
        ids = {row[0] for row in store.execute("SELECT id FROM records WHERE settled")}
    found = {entry.title: entry.id for entry in shown.feed().entries}
    assert {found["One"], found["Two"]} == ids
    assert found["An idea"].startswith("tag:news.example.org,")


HOSTS = [
    ("127.0.0.1", 200),
    ("localhost:8000", 200),
    ("[::1]:8000", 200),
    ("blog.localhost", 200),
    ("evil.example", 421),
    ("localhost.evil.example:8000", 421),
    ("127.0.0.1.evil.example", 421),
    ("192.168.0.1", 421),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
@pytest.mark.parametrize("path", ["/blog/atom.xml", "/blog/drafts/idea/"])
def test_no_other_site_reads_it(shown: Service, path: str, host: str, status: int) -> None:
    """Its page may lead its own name to this machine (DNS rebinding); the browser names it as the host."""
    answer = shown.get(path, host=host)
    assert (answer.status_code == 421) == (status == 421)
    assert ("Not yet" in answer.text) <= (status == 200)


@pytest.mark.slow
def test_nothing_of_it_stays(home: Path) -> None:
    """The site's store is as it was, and the folder of the preview's goes with it."""
    before = (home / "feedsvc.db").read_bytes()
    with preview(home, "--drafts") as service:
        service.ready()
        folder = Path(re.search(r"store=sqlite:///(\S+)/preview\.db", service.log)[1])  # type: ignore[index]
        assert folder.is_dir()
        service.stop()
        assert not folder.exists()
    assert (home / "feedsvc.db").read_bytes() == before


@pytest.mark.slow
def test_drafts_are_shown_only_where_they_are_asked_for(home: Path) -> None:
    """An edit is seen as in the service itself."""
    with preview(home) as service:
        service.ready()
        assert service.titles() == ["Two", "One"]
        write(home / "stories", {"three.md": "---\ntitle: Three\ndate: 2026-05-03\n---\nText.\n"})
        service.scan()
        wait_for(lambda: "Three" in service.titles(), "the new story")
        (home / "stories/three.md").unlink()


REFUSED = [
    (("--preview", "--host", "0.0.0.0"), "a preview is for this machine alone"),
    (("--preview", "--host", "news.example.org"), "a preview is for this machine alone"),
    (("--drafts",), "--drafts goes with --preview alone"),
    (("--preview", "--role", "web"), "--preview runs the whole service alone"),
]


@pytest.mark.parametrize(("arguments", "told"), REFUSED)
def test_nobody_else_is_let_in(home: Path, arguments: tuple[str, ...], told: str) -> None:
    """Not by an address, and not by half."""
    done = run_command(home, "serve", "stories", *arguments)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.replace("│", " ").split())
