"""A small blog that moved to feedsvc: what was at its root, and the feeds of the program that it came from."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
import yaml
from commands import run_command
from lxml import etree, html
from serving import Service, write
from structlog.testing import capture_logs

from feedsvc.web.files import root_files

STORIES = {
    "2026-05-01-harbour.md": "---\ntags: [Sea, High Tide]\nauthor: Ada\n---\n# The harbour\n\nBoats are back.\n",
    "news/2026-05-02-light.md": "---\nauthor: Ben\n---\n# The light\n\nIt burns again.\n",
    "quiet.md": "---\ndate: 2026-05-03\nunlisted: true\n---\n# Quiet\n\nOnly for those who know.\n",
    "draft.md": "---\ndate: 2026-05-04\ndraft: true\n---\n# Draft\n\nNot yet.\n",
}
FILES = {
    "CNAME": "blog.example.org\n",
    "humans.txt": "Ada\n",
    "old.html": "<script>alert(1)</script>",
    "app.js": "1",
    ".well-known/security.txt": "Contact: mailto:ada@example.org\n",
    ".htpasswd": "ada:secret",
    "index.html": "not the landing page",
}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
SETTINGS = {
    "site__icon_file": "icon.png",
    "site__me": '["https://social.example/@ada"]',
    "site__fediverse_creator": "@ada@social.example",
    "pages__theme_color": "#204060",
    "pages__content_signal": "search=yes, ai-train=no",
    "pages__markdown": "true",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, as a blog of two stories has it."""
    home = tmp_path_factory.mktemp("root")
    stories = write(home / "stories", STORIES)
    write(home / "static", FILES)
    (home / "static/img").mkdir()
    (home / "static/img/sea.png").write_bytes(PICTURE)
    (home / "icon.png").write_bytes(PICTURE)
    (home / "static/out.txt").symlink_to("/etc/passwd")
    with Service(home, stories, "--port", 0, "--interval", 3600, settings=SETTINGS) as service:
        yield service.ready()


MOVED = {
    "/feed/": "/rss.xml",
    "/?feed=rss2": "/rss.xml",
    "/?feed=atom": "/atom.xml",
    "/?feed=rss2&tag=sea": "/tags/sea/rss.xml",
    "/?format=rss": "/rss.xml",
    "/blog?format=rss": "/rss.xml",
    "/news?format=rss": "/news/rss.xml",
    "/blog?format=rss&tag=sea": "/tags/sea/rss.xml",
    "/feeds/posts/default": "/atom.xml",
    "/feeds/posts/default?alt=rss": "/rss.xml",
    "/feeds/posts/default/-/sea?alt=rss": "/tags/sea/rss.xml",
    "/index.rdf": "/rss.xml",
    "/wp-rss2.php": "/rss.xml",
    "/tags/sea/index.xml": "/tags/sea/rss.xml",
    "/categories/sea/feed/": "/tags/sea/rss.xml",
    "/category/high-tide/feed/atom/": "/tags/high-tide/atom.xml",
    "/tag/High%20Tide/rss/": "/tags/high-tide/rss.xml",
    "/author/ada/rss/": "/authors/ada/rss.xml",
    "/author/ben/feed": "/authors/ben/rss.xml",
    "/news/index.xml": "/news/rss.xml",
    "/category/news/feed/": "/news/rss.xml",
    "/posts/index.xml": "/rss.xml",
    "/feed/by_tag/sea.xml": "/tags/sea/atom.xml",
    "/feed/feed.json": "/feed.json",
    "/feeds/all.atom.xml": "/atom.xml",
    "/feeds/sea.atom.xml": "/tags/sea/atom.xml",
}


@pytest.mark.parametrize("address", MOVED)
def test_the_feed_of_another_program_leads_to_the_right_one(service: Service, address: str) -> None:
    """By one redirect, to a feed that is there."""
    answer = service.get(address)
    assert answer.status_code == 301
    target = answer.headers["location"].removeprefix(service.url)
    assert target == MOVED[address]
    assert service.get(target).status_code == 200


@pytest.mark.parametrize(
    "address", ["/tags/land/index.xml", "/harbour/feed/", "/?feed=rss2&cat=7", "/?feed=comments-rss2"]
)
def test_where_no_channel_is_meant_nothing_is_redirected(service: Service, address: str) -> None:
    """Comments, a category by its number and an unused tag have no feed; a reader must not get another."""
    assert service.get(address).status_code in {200, 404}
    assert "rss" not in service.get(address).headers["content-type"]


TYPES = {
    "/CNAME": "application/octet-stream",
    "/humans.txt": "text/plain; charset=utf-8",
    "/img/sea.png": "image/png",
    "/app.js": "text/javascript; charset=utf-8",
    "/old.html": "text/html; charset=utf-8",
    "/.well-known/security.txt": "text/plain; charset=utf-8",
    "/favicon.ico": "image/png",
    "/apple-touch-icon.png": "image/png",
}


@pytest.mark.parametrize("path", TYPES)
def test_a_file_of_the_folder_is_served_at_the_root(service: Service, path: str) -> None:
    """By its type, which no browser guesses anew; a 304 for whoever has it."""
    answer = service.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[path])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert service.get(path, if_none_match=answer.headers["etag"]).status_code == 304
    part = service.get(path, range="bytes=0-1")
    assert (part.status_code, part.content) == (206, answer.content[:2])


def test_a_page_of_the_folder_runs_no_script_within_the_site(service: Service) -> None:
    """It is downloaded, and sandboxed where it is shown all the same."""
    headers = service.get("/old.html").headers
    assert headers["content-disposition"] == "attachment"
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/.htpasswd",
        "/out.txt",
        "/img",
        "/img/",
        "/static/humans.txt",
        "/../humans.txt",
        "/img/..%2fhumans.txt",
        "/%00",
    ],
)
def test_nothing_else_of_the_disk_is_served(service: Service, path: str) -> None:
    """No hidden file, no folder, nothing outside."""
    with socket.create_connection((urlsplit(service.url).hostname or "", urlsplit(service.url).port or 0)) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = wire.makefile("rb").read()
    assert answer[9:12] in {b"404", b"400", b"301"}, answer


def test_what_is_published_comes_before_a_file(service: Service) -> None:
    """No file hides the landing page."""
    assert "not the landing page" not in service.get("/").text
    assert service.get("/index.html").status_code == 301


def test_robots_may_read_everything_and_learn_of_the_sitemap(service: Service) -> None:
    """And what the site may be used for."""
    answer = service.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "User-agent: *",
        "Content-Signal: search=yes, ai-train=no",
        "Allow: /",
        "",
        f"Sitemap: {service.url}/sitemap.xml",
    ]
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.can_fetch("AnyBot", f"{service.url}/atom.xml")
    assert robots.site_maps() == [f"{service.url}/sitemap.xml"]


def test_the_sitemap_names_what_is_listed(service: Service) -> None:
    """With the time of the last change, and neither drafts nor what is unlisted."""
    root = etree.fromstring(service.get("/sitemap.xml").content)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {
        each.findtext("s:loc", namespaces=names): each.findtext("s:lastmod", namespaces=names)
        for each in root.findall("s:url", names)
    }
    paths = {(address or "").removeprefix(service.url) for address in found}
    assert {"/", "/news/", "/tags/", "/tags/sea/", "/authors/ada/", "/harbour", "/news/light"} <= paths
    assert not paths & {"/quiet", "/draft"}
    assert found[f"{service.url}/harbour"] == "2026-05-01T00:00:00Z"
    assert service.get("/sitemap-articles-1.xml").status_code == 404


def test_the_own_robots_txt_wins(service: Service) -> None:
    """At once, and gives way again when it is taken back."""
    own = service.home / "static/robots.txt"
    own.write_text("User-agent: *\nDisallow: /\n")
    try:
        assert service.get("/robots.txt").text == own.read_text()
    finally:
        own.unlink()
    assert "Sitemap" in service.get("/robots.txt").text


@pytest.mark.parametrize("path", ["/", "/harbour", "/tags/sea/"])
def test_each_page_says_whose_it_is(service: Service, path: str) -> None:
    """For link previews, verified profiles and the frame of a browser."""
    page = html.document_fromstring(service.get(path).content)
    assert page.xpath("string(//meta[@name='fediverse:creator']/@content)") == "@ada@social.example"
    assert page.xpath("//link[@rel='me']/@href") == ["https://social.example/@ada"]
    assert page.xpath("string(//meta[@name='theme-color']/@content)") == "#204060"
    assert page.xpath("//link[@rel='icon']/@href") == [f"{service.url}/favicon.ico"]


def test_an_article_is_there_as_markdown(service: Service) -> None:
    """Its header says what is known, its page leads to it, and search engines leave it alone."""
    page = html.document_fromstring(service.get("/harbour").content)
    found = page.xpath("//link[@rel='alternate' and @type='text/markdown']/@href")
    assert found == [f"{service.url}/harbour.md"]
    answer = service.get("/harbour.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["link"] == f'<{service.url}/harbour>; rel="canonical"'
    _, header, text = answer.text.split("---\n", 2)
    told = yaml.safe_load(header)
    assert (told["title"], told["canonical"]) == ("The harbour", f"{service.url}/harbour")
    assert told["id"] == next(entry.id for entry in service.feed().entries if entry.title == "The harbour")
    assert text == "\n# The harbour\n\nBoats are back.\n"
    assert service.get("/harbour", accept="text/markdown").headers["content-type"].startswith("text/html")
    assert service.get("/draft.md").status_code == 404


def test_an_export_holds_all_of_it(service: Service) -> None:
    """So that a static host needs nothing beside it."""
    settings = {**SETTINGS, "base_url": "https://blog.example.org"}
    done = run_command(service.home, "export", "out", "--articles", "stories", **settings)
    assert done.returncode == 0, done.stderr
    site = service.home / "out/site"
    assert (site / "img/sea.png").read_bytes() == (site / "favicon.ico").read_bytes() == PICTURE
    assert (site / "CNAME").read_text() == FILES["CNAME"]
    assert (site / "robots.txt").read_text().startswith("User-agent")
    assert (site / "sitemap.xml").exists()
    assert (site / "harbour.md").exists()
    assert (site / "index.html").read_text() != FILES["index.html"]
    assert not (site / ".htpasswd").exists()
    again = run_command(service.home, "export", "out", "--articles", "stories", **settings)
    assert ", 0 files written, 0 deleted" in again.stdout


@pytest.mark.parametrize(
    ("folder", "static"), [("static", "static"), ("static/out", "static"), ("out", "out/site/x")]
)
def test_a_folder_is_not_exported_into_itself(tmp_path: Path, folder: str, static: str) -> None:
    """Each export would hold all those before it once more."""
    write(tmp_path, {"articles/one.txt": "One\n\nText.\n"})
    settings = {"base_url": "https://blog.example.org", "pages__static": static}
    run_command(tmp_path, "publish", **settings)
    done = run_command(tmp_path, "export", folder, **settings)
    assert (done.returncode, "lie in each other" in done.stderr) == (2, True)


def test_what_was_exported_among_the_articles_is_not_published_again(tmp_path: Path) -> None:
    """A subscriber sees each article once."""
    write(tmp_path, {"articles/one.txt": "One\n\nText.\n"})
    settings = {"base_url": "https://blog.example.org"}
    run_command(tmp_path, "publish", **settings)
    assert run_command(tmp_path, "export", "articles/public", **settings).returncode == 0
    again = run_command(tmp_path, "publish", **settings)
    assert again.stdout.startswith("1 published, 0 read, 0 documents changed")


@pytest.mark.parametrize("folder", ["stories/files", "."])
@pytest.mark.slow
def test_a_folder_with_articles_in_it_is_not_served(tmp_path: Path, folder: str) -> None:
    """A draft must not get out as a file."""
    write(
        tmp_path,
        {"stories/files/draft.md": "---\ndraft: true\n---\n# Secret\n", "stories/one.txt": "One\n\nText.\n"},
    )
    with Service(tmp_path, "stories", "--port", 0, settings={"pages__static": folder}) as service:
        service.ready()
        assert "folder not served at the root" in service.log
        assert {service.get(path).status_code for path in ("/draft.md", "/stories/files/draft.md")} == {404}


@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("data/feedsvc.db", "data/feedsvc.db"),
        ("feedsvc.toml", None),
        ("public/feedsvc.toml", None),
        ("a.txt", None),
    ],
)
def test_a_folder_with_the_store_or_the_settings_in_it_is_not_served(
    tmp_path: Path, name: str, store: str | None
) -> None:
    """Drafts, digests of tokens and secrets are in them; another file is served."""
    home = tmp_path / "home"
    write(home, {name: "secret"})
    files = root_files(tmp_path / "stories", home, store=None if store is None else home / store)
    assert (files.find(f"/{name}") is not None) == (name == "a.txt")


def test_files_are_served_while_the_articles_are_a_link_in_a_circle(tmp_path: Path) -> None:
    """A service that starts then serves its last edition, and the files beside it."""
    write(tmp_path, {"home/a.txt": "open"})
    (tmp_path / "stories").symlink_to("stories")
    assert root_files(tmp_path / "stories", tmp_path / "home").find("/a.txt")


def test_an_icon_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Feeds and pages lead to it, and nobody else would say that nothing is there."""
    with capture_logs() as logs:
        root_files(tmp_path / "stories", icon=tmp_path / "icon.png")
        (tmp_path / "icon.png").write_bytes(PICTURE)
        root_files(tmp_path / "stories", icon=tmp_path / "icon.png")
    assert [(each["event"], each["file"]) for each in logs] == [("icon not found", str(tmp_path / "icon.png"))]
