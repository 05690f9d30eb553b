"""``feedsvc serve`` as the people and services see it who poll it, and the operator who runs it."""

import hashlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from subprocess import CompletedProcess

import httpx2
import pytest
from commands import run_command
from repository import SAMPLES
from serving import PATIENCE, Service, wait_for, write

FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")

STORIES = {
    "2026-03-01-harbour.txt": "The harbour opens again\n\nAfter three winters the boats are back.\n",
    "news/2026-03-02-bridge.md": "---\ntitle: The bridge\ntags: [town]\n---\n\nIt *stands*.\n",
    "2026-03-03-fair.html": "<title>The fair</title><body><p>Come all, <a href='/more'>see more</a>.</p></body>",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on three articles, one of each format; it scans when a test tells it to, never by itself."""
    home = tmp_path_factory.mktemp("shared")
    with Service(home, write(home / "stories", STORIES), "--port", 0, "--interval", 3600) as running:
        yield running.ready()


@pytest.fixture
def service(shared: Service) -> Iterator[Service]:
    """The same; after the test it publishes the three articles again as they were."""
    yield shared
    stories = write(shared.home / "stories", STORIES)
    for file in stories.rglob("*.*"):
        if file.relative_to(stories).as_posix() not in STORIES:
            file.unlink()
    shared.scan()


@pytest.fixture
def stories(service: Service) -> Path:
    """The directory of that service."""
    return service.home / "stories"


@pytest.fixture
def own_stories(tmp_path: Path) -> Path:
    """The three articles in a directory of the test's own."""
    return write(tmp_path / "stories", STORIES)


@pytest.fixture
def own_service(tmp_path: Path, own_stories: Path) -> Iterator[Service]:
    """The service on them, for a test that ends it."""
    with Service(tmp_path, own_stories, "--port", 0, "--interval", 3600) as running:
        yield running.ready()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the project's sample articles, without any setting but a free port."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(SAMPLES, home / "articles")
    with Service(home, "--port", 0) as running:
        yield running.ready()


SETTINGS = ("--port", "0", "--interval", "3600", "--base-url", "https://news.example.org")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, httpx2.Response]]:
    """The home of a service that has ended, and each document that it served."""
    home = tmp_path_factory.mktemp("ended")
    with Service(home, write(home / "stories", STORIES), *SETTINGS) as service:
        service.ready()
        wait_for(lambda: "last-modified" in service.get(FEEDS[0]).headers, "the second after the edition's")
        links = [entry.link.removeprefix(SETTINGS[-1]) for entry in service.feed().entries]
        return home, {path: service.get(path) for path in ("/", *FEEDS, *links)}


class TestTheSamples:
    """What a newcomer sees after the first command."""

    @pytest.mark.parametrize("path", FEEDS[:2])
    def test_feeds_parse_without_a_fault(self, samples: Service, path: str) -> None:
        """A feed reader finds nothing to complain about."""
        feed = samples.feed(path)
        assert not feed.bozo
        assert len(feed.entries) >= 7

    def test_all_formats_tell_the_same_articles(self, samples: Service) -> None:
        """Ids and their order do not depend on the format."""
        rss, atom = ([entry.id for entry in samples.feed(path).entries] for path in FEEDS[:2])
        json = [item["id"] for item in samples.get("/feed.json").json()["items"]]
        assert rss == atom == json

    def test_every_article_has_its_page(self, samples: Service) -> None:
        """Each link of a feed leads to an HTML page with the article's title."""
        for entry in samples.feed().entries:
            page = samples.get(entry.link)
            assert page.status_code == 200
            assert page.headers["content-type"] == "text/html; charset=utf-8"

    def test_the_landing_page_lists_feeds_and_articles(self, samples: Service) -> None:
        """A person finds every feed's address and every article at the site's root."""
        page = samples.get("/").text
        for path in (*FEEDS, *(entry.link for entry in samples.feed().entries)):
            assert path in page

    def test_drafts_and_scheduled_articles_stay_out(self, samples: Service) -> None:
        """What is not yet public is in no feed and on no page."""
        hidden = [path for path in SAMPLES.rglob("*.md") if "draft: true" in path.read_text("utf-8")]
        assert hidden
        assert samples.get(f"/{hidden[0].stem}").status_code == 404
        assert all(entry.published_parsed.tm_year < 2099 for entry in samples.feed().entries)

    def test_images_and_audio_can_be_fetched(self, samples: Service) -> None:
        """Every file that an article refers to is served, with the type and length that the feed states."""
        enclosures = [link for entry in samples.feed("/rss.xml").entries for link in entry.enclosures]
        assert enclosures
        for enclosure in enclosures:
            file = samples.get(enclosure.href)
            assert file.headers["content-type"] == enclosure.type
            assert len(file.content) == int(enclosure.length)

    def test_check_finds_nothing_wrong(self) -> None:
        """The project's own articles have no problem and no warning."""
        done = run_command(SAMPLES.parent, "check", SAMPLES)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(" articles read, 0 problems, 0 warnings\n")


class TestTheDirectory:
    """The feeds follow the files."""

    def test_an_added_file_appears(self, service: Service, stories: Path) -> None:
        """A new file is a new entry, on top."""
        write(stories, {"2026-03-04-new.txt": "Something new\n\nIndeed.\n"})
        service.scan()
        wait_for(lambda: service.titles()[0] == "Something new", "the new entry")

    @pytest.mark.slow
    def test_the_interval_finds_it_too(self, tmp_path: Path, own_stories: Path) -> None:
        """No signal is needed: the directory is scanned again by itself."""
        with Service(tmp_path, own_stories, "--port", 0, "--interval", 1) as service:
            service.ready()
            write(own_stories, {"late.txt": "Found by itself\n\nYes.\n"})
            wait_for(lambda: "Found by itself" in service.titles(), "the new entry")

    def test_a_file_event_is_sooner(self, tmp_path: Path, own_stories: Path) -> None:
        """A change is on the wire long before the next scan, and so is its removal."""
        settings = {"scan__watch": "true", "scan__interval": "86400"}
        with Service(tmp_path, own_stories, "--port", 0, settings=settings) as service:
            service.ready()
            write(own_stories, {"event.txt": "Found by its event\n\nYes.\n"})
            wait_for(lambda: "Found by its event" in service.titles(), "the new entry")
            (own_stories / "event.txt").unlink()
            wait_for(lambda: "Found by its event" not in service.titles(), "the removal")

    def test_no_cache_may_keep_what_a_moment_changes(self, service: Service, stories: Path) -> None:
        """A story dated some seconds ahead: until then no answer may be reused past its second."""
        moment = int(time.time()) + 4
        date = datetime.fromtimestamp(moment, UTC).isoformat()
        write(stories, {"soon.md": f"---\ntitle: Soon\ndate: {date}\n---\nNow.\n"})
        edition = service.edition()
        service.scan()
        wait_for(lambda: service.edition() > edition, "the edition that knows the moment")
        answers = []

        def appeared() -> bool:
            answers.append(service.get("/atom.xml"))
            return "Soon" in answers[-1].text

        wait_for(appeared, "the story")
        for answer in answers[:-1]:
            sent = parsedate_to_datetime(answer.headers["date"]).timestamp()
            lives = sum(
                int(number)
                for number in re.findall(r"(?:max-age|revalidate)=(\d+)", answer.headers["cache-control"])
            )
            assert sent + lives <= max(moment, sent + 1)
        assert parsedate_to_datetime(answers[-1].headers["date"]).timestamp() >= moment

    def test_an_edit_keeps_the_id_and_moves_updated(self, service: Service, stories: Path) -> None:
        """The same article in new words is the same entry, changed later."""
        before = service.feed().entries[-1]
        write(stories, {"2026-03-01-harbour.txt": "The harbour opens again\n\nThe boats are back for good.\n"})
        service.scan()
        wait_for(lambda: "for good" in service.feed().entries[-1].content[0].value, "the edit")
        after = service.feed().entries[-1]
        assert after.id == before.id
        assert after.published == before.published
        assert after.updated_parsed > before.updated_parsed

    def test_a_rename_changes_nothing_for_subscribers(self, service: Service, stories: Path) -> None:
        """A renamed file is the same entry, byte for byte."""
        before = service.get("/atom.xml")
        (stories / "news" / "2026-03-02-bridge.md").rename(stories / "news" / "2026-03-02-the-bridge.md")
        service.scan()
        assert service.get("/atom.xml", if_none_match=before.headers["etag"]).status_code == 304

    def test_a_moved_article_is_found_at_its_old_address(self, service: Service, stories: Path) -> None:
        """It is the same entry under a new link, to which the old one leads in one hop."""
        (before,) = (entry for entry in service.feed().entries if entry.title == "The bridge")
        (stories / "news" / "2026-03-02-bridge.md").rename(stories / "2026-03-02-the-bridge.md")
        service.scan()
        wait_for(lambda: service.get("/the-bridge").status_code == 200, "the page")
        (after,) = (entry for entry in service.feed().entries if entry.title == "The bridge")
        assert (after.id, after.updated, after.link) == (before.id, before.updated, f"{service.url}/the-bridge")
        found = service.get(before.link)
        assert (found.status_code, found.headers["location"]) == (301, after.link)

    def test_a_removed_file_leaves_the_feeds(self, service: Service, stories: Path) -> None:
        """Its page then says that it is gone."""
        link = service.feed().entries[0].link
        (stories / "2026-03-03-fair.html").unlink()
        service.scan()
        wait_for(lambda: service.titles() == ["The bridge", "The harbour opens again"], "the removal")
        assert service.get(link).status_code == 410

    def test_a_touch_changes_nothing(self, service: Service, stories: Path) -> None:
        """New times on every file make no new edition, and the tags stay."""
        tags = [service.get(path).headers["etag"] for path in FEEDS]
        edition = service.edition()
        for file in stories.rglob("*.*"):
            os.utime(file)
        service.scan()
        assert [service.get(path).headers["etag"] for path in FEEDS] == tags
        assert service.edition() == edition

    def test_a_vanished_directory_leaves_the_last_edition(self, service: Service, stories: Path) -> None:
        """Nothing is taken from subscribers because a disk was not mounted; when it is back, all is well."""
        before = service.get("/rss.xml").content
        begin = len(service.log)
        stories.rename(stories.with_name("elsewhere"))
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "round failed" in service.log[begin:], "the refusal")
        assert service.get("/rss.xml").content == before
        stories.with_name("elsewhere").rename(stories)
        service.scan()
        assert service.get("/rss.xml").content == before

    def test_one_bad_article_does_not_stop_the_others(self, service: Service, stories: Path) -> None:
        """It is named with its line in the log, and everything else is published."""
        write(stories, {"bad.md": "---\ntitle: Fine\ndate: [\n---\nText.\n", "good.txt": "Good\n\nYes.\n"})
        service.scan()
        wait_for(lambda: "Good" in service.titles(), "the good article")
        assert "article=bad.md:" in service.log
        assert len(service.titles()) == 4


class TestStability:
    """The same articles are the same bytes."""

    def test_a_restart_changes_nothing(self, ended: tuple[Path, dict[str, httpx2.Response]]) -> None:
        """After a restart the tags are those of before, and no edition was made."""
        home, before = ended
        with Service(home, home / "stories", *SETTINGS) as service:
            wait_for(lambda: service.get("/readyz").status_code == 200, "readiness")
            service.scan()
            after = {path: service.get(path) for path in FEEDS}
            assert service.edition() == 1
        for name in ("etag", "last-modified"):
            assert {path: before[path].headers[name] for path in FEEDS} == {
                path: response.headers[name] for path, response in after.items()
            }

    def test_a_rebuild_from_an_empty_store_gives_the_same_bytes(
        self, tmp_path: Path, ended: tuple[Path, dict[str, httpx2.Response]]
    ) -> None:
        """Documents follow from the articles alone."""
        home, before = ended
        with Service(tmp_path, home / "stories", *SETTINGS) as service:
            service.ready()
            after = {path: service.get(path) for path in before}
        assert {path: (page.content, page.headers["etag"]) for path, page in after.items()} == {
            path: (page.content, page.headers["etag"]) for path, page in before.items()
        }
        assert len(before) == 7


class TestProcesses:
    """What dies comes back; what is told to stop, stops."""

    def test_a_killed_publisher_comes_back(self, service: Service, stories: Path) -> None:
        """Serving goes on meanwhile, and edits show up afterwards."""
        (publisher,) = service.children("publisher")
        publisher.kill()
        assert service.get("/rss.xml").status_code == 200
        wait_for(lambda: [p for p in service.children("publisher") if p.pid != publisher.pid], "a new publisher")
        write(stories, {"after.txt": "After the crash\n\nYes.\n"})
        service.scan()
        wait_for(lambda: "After the crash" in service.titles(), "the new entry")

    def test_a_killed_worker_comes_back(self, service: Service) -> None:
        """A worker that dies is started again, and serves the last edition at once."""
        tag = service.get("/rss.xml").headers["etag"]
        (worker,) = service.children("web")
        worker.kill()
        wait_for(lambda: [p for p in service.children("web") if p.pid != worker.pid], "a new worker")
        assert service.get("/rss.xml").headers["etag"] == tag

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
    def test_everything_ends_in_order(self, own_service: Service, number: signal.Signals) -> None:
        """With status 0, no process left and nothing killed."""
        children = own_service.children("web") + own_service.children("publisher")
        own_service.stop(number)
        assert own_service.process.returncode == 0
        assert len(children) == 2
        assert not any(child.is_running() for child in children)
        assert "killing" not in own_service.log

    def test_nothing_outlives_a_killed_supervisor(self, own_service: Service) -> None:
        """Workers and publisher end by themselves when what started them is gone."""
        children = own_service.children("web") + own_service.children("publisher")
        own_service.process.kill()
        wait_for(lambda: not any(child.is_running() for child in children), "the children's end")

    def test_several_workers_serve_the_same(self, pair: Service) -> None:
        """The port is shared, and every worker has the same tags."""
        assert len(pair.children("web")) == 2
        assert len({_get(pair, "/rss.xml").headers["etag"] for _ in range(20)}) == 1

    def test_several_workers_share_the_connections(self, pair: Service) -> None:
        """None has to do nearly all of the work, however many ask, and whether they come one by one or at once."""
        with ExitStack() as stack:
            several = [stack.enter_context(_connection(pair)) for _ in range(100)]
            for each in several:
                _ask(each)
            for _ in range(200):
                _ask(stack.enter_context(_connection(pair)))
            held = [len(child.net_connections("tcp")) for child in pair.children("web")]
        assert sum(held) >= 300
        assert min(held) >= 15, held

    def test_nobody_waits_for_a_dead_worker(self, pair: Service) -> None:
        """What comes before it is back is taken by the other."""
        began = _began(pair)
        dead = pair.children("web")[0]
        dead.kill()
        dead.wait(PATIENCE)
        with ExitStack() as stack:
            several = [stack.enter_context(_connection(pair)) for _ in range(50)]
            assert all(_ask(each).startswith(b"HTTP/1.1 200 ") for each in several)
        wait_for(lambda: _began(pair) > began, "the other worker")

    def test_a_web_worker_alone_serves_the_last_edition(self, tmp_path: Path, service: Service) -> None:
        """No publisher is needed to go on serving, as on a second host."""
        tag = service.get("/rss.xml").headers["etag"]
        with (
            closing(sqlite3.connect(service.home / "feedsvc.db")) as store,
            closing(sqlite3.connect(tmp_path / "feedsvc.db")) as copied,
        ):
            store.backup(copied)
        with Service(tmp_path, "stories", "--role", "web", "--port", 0) as worker:
            assert worker.get("/rss.xml").headers["etag"] == tag


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with two web workers, both of which serve the first edition."""
    home = tmp_path_factory.mktemp("pair")
    with Service(home, write(home / "stories", STORIES), "--port", 0, "--workers", 2) as service:
        wait_for(lambda: _began(service) == 2, "every worker")
        yield service


def _began(service: Service) -> int:
    """How many workers have begun to serve so far."""
    return service.log.count('event="edition served"')


def _connection(service: Service) -> socket.socket:
    """A new one, which any worker may take."""
    url = httpx2.URL(service.url)
    return socket.create_connection((url.host, url.port), PATIENCE)


def _ask(connection: socket.socket) -> bytes:
    """The beginning of the answer to a request that leaves the connection open."""
    connection.sendall(b"HEAD /rss.xml HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection.recv(65536)


def _get(service: Service, path: str) -> httpx2.Response:
    """GET over a connection of its own, so that any worker may answer."""
    return httpx2.get(service.url + path, timeout=PATIENCE)


@pytest.mark.slow
def test_a_running_publisher_serves_the_wish_of_a_command(tmp_path: Path) -> None:
    """``feedsvc publish`` has the round run by the publisher, by its settings, and waits for the result."""
    articles = write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
    with Service(tmp_path, "--port", "0", "--interval", "3600", settings={"http__metrics": "true"}) as service:
        service.ready()
        (articles / "one.txt").unlink()
        refused = once(tmp_path, "publish")
        assert (refused.returncode, service.edition()) == (3, 1)
        assert 'feedsvc_safeguard_active{safeguard="removals"} 1.0' in service.get("/metrics").text
        done = once(tmp_path, "publish", "--accept-removals")
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "withdrawn: /one")
        wait_for(lambda: service.edition() == 2, "the edition")
        assert service.url in service.get("/atom.xml").text
        write(articles, {"two.txt": "Two\n\nSecond.\n"})
        assert once(tmp_path, "publish").returncode == 0
        assert "publisher    none" not in once(tmp_path, "status").stdout
        wait_for(lambda: service.titles() == ["Two"], "the second article")


def once(home: Path, *arguments: str) -> CompletedProcess[str]:
    """Run a command beside the service."""
    return run_command(home, *arguments)


def test_a_picture_is_served_once_a_published_article_shows_it(service: Service, stories: Path) -> None:
    """What only a draft shows, or nothing at all, cannot be fetched by whoever guesses its address."""
    picture = b"\x89PNG\r\n\x1a\n not shown yet"
    write(stories, {"a.md": "---\ndraft: true\n---\nSoon: ![a](a.png)\n"})
    for name in ("a.png", "nobody.png"):
        (stories / name).write_bytes(picture)
    path = f"/media/{hashlib.sha256(picture).hexdigest()[:16]}/a.png"
    service.scan()
    assert service.get(path).status_code == 404
    write(stories, {"a.md": "---\ndraft: false\n---\nHere: ![a](a.png)\n"})
    service.scan()
    wait_for(lambda: service.get(path).status_code == 200, "the picture")
    assert service.get(path).content == picture
    assert service.get(path.replace("/a.png", "/nobody.png")).status_code == 404
