"""The export served by nginx, path by path beside the service itself."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from serving import PATIENCE, Service, command, environment, wait_for, write
from stored_site import response_at, served_paths

from feedsvc.documents.model import NOT_FOUND_PATH
from feedsvc.store.store import open_store

STORIES = {
    "news/2026-03-01-harbour.txt": "The harbour opens again\n\n"
    + "After three winters the boats are back.\n" * 40,
    "news/2026-03-02-élan.md": "---\ntags: [Seefahrt & mehr, $prices]\nauthor: Ines\naliases: [/alt.html]\n---\n"
    "# Élan\n\n" + "Le bateau part.\n\n" * 40,
    "2026-03-03-clip.md": '# Clip\n\n<iframe src="https://player.vimeo.com/video/1"></iframe>\n\n![map](map.svg)\n',
    "2026-03-03-hello-world.md": "---\naliases: [/Hello-World, /Old-Hello, /old-hello, /Goes]\n---\n"
    "# Hello\n\nWorld.\n",
    "2026-03-04-moves.txt": "This one moves\n\nTo another folder.\n",
    "2026-03-05-goes.txt": "This one goes\n\nFor ever.\n",
    "map.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
}
HOSTS_OWN = {
    "date", "server", "connection", "etag", "last-modified", "content-length", "content-encoding", "accept-ranges",
    "transfer-encoding",
}  # fmt: skip
"""Fields that each server makes itself; those that matter have tests of their own."""


@dataclass(frozen=True, slots=True)
class Sides:
    """A service, and nginx with its export."""

    service: httpx2.Client
    nginx: httpx2.Client
    paths: dict[str, int]
    """Every path of the edition, with its status."""

    def both(self, path: str, method: str = "GET", **headers: str) -> tuple[httpx2.Response, httpx2.Response]:
        """The answers of both."""
        fields = {"accept-encoding": "identity"} | {name.replace("_", "-"): each for name, each in headers.items()}
        return self.service.request(method, path, headers=fields), self.nginx.request(method, path, headers=fields)


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Both, with one edition in which something has moved and something is gone."""
    program = nginx()
    home = tmp_path_factory.mktemp("nginx")
    stories = write(home / "stories", STORIES)
    with Service(home, stories, "--port", 0, "--interval", 3600, "--base-url", "https://e.example") as service:
        service.ready()
        (stories / "2026-03-05-goes.txt").unlink()
        (stories / "2026-03-04-moves.txt").rename(stories / "news/2026-03-04-moves.txt")
        service.scan()
        wait_for(lambda: service.get("/goes").status_code == 410, "the second edition")
        wait_for(lambda: "last-modified" in service.get("/rss.xml").headers, "the second after it")
        done = subprocess.run(
            command("export", "out", "--articles", stories),
            cwd=home, env=environment(scan__interval="3600"), check=True, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0
        with closing(open_store(f"sqlite:///{home}/feedsvc.db")) as store:
            found = [response_at(store, path) for path in served_paths(store)]
            responses = [each[1] for each in found if each is not None]
            paths = {each.path: each.status for each in responses if each.traits.kind != "preview"}
        with _nginx(program, home / "out") as client:
            yield Sides(service.client, client, paths)


def nginx() -> str:
    """The program."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    return program


class _nginx:  # noqa: N801 - it reads as a function
    """nginx for an exported folder, on a socket of its own."""

    def __init__(self, program: str, out: Path) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="fsx"))
        server = (out / "nginx/server.conf").read_text("utf-8").replace("# brotli_static on;", "")
        listening = f"listen unix:{self._home}/s; root {out}/site; access_log off;"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = " ".join(f"{kind}_temp_path {self._home}/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""
        (self._home / "server.conf").write_text(server, "utf-8")
        inner = (
            f"{folders} include {out}/nginx/http.conf; server {{ {listening} include {self._home}/server.conf; }}"
        )
        text = f"daemon off; {user} pid {self._home}/pid; events {{}} http {{ {inner} }}"
        (self._home / "nginx.conf").write_text(text, "utf-8")
        log = f"{self._home}/log"
        self._process = subprocess.Popen([program, "-c", f"{self._home}/nginx.conf", "-e", log])
        transport = httpx2.HTTPTransport(uds=f"{self._home}/s")
        self._client = httpx2.Client(transport=transport, base_url="http://site", timeout=PATIENCE)

    def __enter__(self) -> httpx2.Client:
        wait_for(lambda: (self._home / "s").exists() or self._process.poll() is not None, "the socket")
        assert self._process.poll() is None, (self._home / "log").read_text("utf-8")
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        shutil.rmtree(self._home)


def told(response: httpx2.Response) -> dict[str, str]:
    """What of the header fields must be the same everywhere."""
    return {name: value for name, value in response.headers.items() if name not in HOSTS_OWN}


def test_every_path_answers_as_the_service_does(sides: Sides) -> None:
    """Status, content, type, freshness, policies, links, and where redirects lead: all of it, for all paths."""
    different = {}
    for path, status in sides.paths.items():
        ours, theirs = sides.both("/nobody/knows" if path == NOT_FOUND_PATH else path)
        assert ours.status_code == status
        one, other = told(ours), told(theirs)
        if status == 301:  # nginx adds a page of its own that says so
            other.pop("content-type", None)
        same = (ours.status_code, one) == (theirs.status_code, other)
        if not same or (status != 301 and ours.content != theirs.content):
            different[path] = (ours.status_code, theirs.status_code, one, other)
    assert not different
    assert {200, 301, 404, 410} <= set(sides.paths.values())
    assert len(sides.paths) > 60


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_every_file_is_known_again_by_its_tag_and_its_date(sides: Sides, coding: str) -> None:
    """RFC 9110, 13.1: strong tags, one for each coding, the date of the service, and a 304 without content."""
    for path in (path for path, status in sides.paths.items() if status == 200):
        ours, theirs = sides.both(path, accept_encoding=coding)
        tag = theirs.headers["etag"]
        assert tag.startswith('"'), path
        assert theirs.content == ours.content
        assert theirs.headers["last-modified"] == ours.headers["last-modified"], path
        for condition in ({"if_none_match": tag}, {"if_modified_since": theirs.headers["last-modified"]}):
            _, unchanged = sides.both(path, accept_encoding=coding, **condition)
            assert (unchanged.status_code, unchanged.content) == (304, b""), path
            assert unchanged.headers["etag"] == tag
            assert unchanged.headers["cache-control"] == ours.headers["cache-control"]
            assert "content-type" not in unchanged.headers
        if theirs.headers.get("content-encoding"):
            assert sides.both(path)[1].headers["etag"] != tag


def test_a_head_is_a_get_without_content(sides: Sides) -> None:
    """RFC 9110, 9.3.2."""
    for path in ("/", "/rss.xml", "/news/harbour", "/goes"):
        _, got = sides.both(path)
        _, head = sides.both(path, "HEAD")
        assert (head.status_code, head.content, told(head)) == (got.status_code, b"", told(got))


def test_a_slash_too_many_leads_to_the_page(sides: Sides) -> None:
    """As with the service, for a page's path; a path that nobody knows is a 404 in the end."""
    for path in ("/news/harbour/", "/rss.xml//"):
        answers = sides.both(path)
        assert [each.status_code for each in answers] == [301, 301]
    follow = sides.nginx.get("/news/harbour/", follow_redirects=True)
    assert follow.content == sides.service.get("/news/harbour").content
    assert sides.nginx.get("/nobody/", follow_redirects=True).status_code == 404


@pytest.mark.parametrize(
    "path", ["/404.html", "/_headers", "/_redirects", "/news/harbour.html", "/news/index.html"]
)
def test_files_are_not_addresses(sides: Sides, path: str) -> None:
    """A page has one address; what is there for other hosts is not shown."""
    assert sides.nginx.get(path).status_code == 404


def test_addresses_that_differ_in_case_are_told_apart(sides: Sides) -> None:
    """As words, nginx looks them up in small letters: an alias would lead to itself, or hide what is gone."""
    assert sides.paths["/hello-world"] == 200
    assert sides.paths["/goes"] == 410
    for alias in ("/Hello-World", "/Old-Hello", "/old-hello", "/Goes"):
        ours, theirs = sides.both(alias)
        assert (ours.status_code, theirs.status_code) == (301, 301)
        assert ours.headers["location"] == theirs.headers["location"] == "https://e.example/hello-world"
    assert sides.nginx.get("/hello-world").status_code == 200


def test_the_bodies_of_what_is_gone_cannot_be_asked_for(sides: Sides) -> None:
    """They answer 410 under the addresses that are gone, and nowhere else."""
    assert not [path for path in sides.paths if re.match("/_gone", path)]
    assert sides.nginx.get("/_gone/").status_code == 404


@pytest.mark.parametrize("at", ["/the.blog", "/$me/caf%C3%A9"])
@pytest.mark.slow
def test_a_site_below_a_path_answers_there(tmp_path: Path, at: str) -> None:
    """With the path in the address, and without it behind a proxy that takes it off; redirects keep it."""
    write(tmp_path / "stories", {"news/harbour.txt": STORIES["news/2026-03-01-harbour.txt"]})
    base = f"https://e.example{at}"
    for arguments in (("publish", "stories", "--base-url", base), ("export", "out")):
        subprocess.run(
            command(*arguments), cwd=tmp_path, env=environment(base_url=base), check=True, timeout=PATIENCE
        )
    with _nginx(nginx(), tmp_path / "out") as site:
        for path in ("/", "/rss.xml", "/news/", "/news/harbour", "/style.css"):
            below, above = site.get(f"{at}{path}"), site.get(path)
            assert (below.status_code, below.content, told(below)) == (200, above.content, told(above))
        moved = {at: f"{at}/", f"{at}/news/harbour/": f"{at}/news/harbour"}
        moved |= {f"{at}/news": f"{base}/news/", f"{at}/feed/": f"{base}/rss.xml"}
        found = {path: site.get(path).headers.get("location", "").replace("%24", "$") for path in moved}
        assert found == {path: target.replace("%24", "$") for path, target in moved.items()}
        for path in ("/the-blog/rss.xml", f"{at}/nobody", f"{at}rss.xml", f"{at}/404.html", f"{at}/_gone/1.html"):
            assert site.get(path).status_code == 404
