"""A site without a public address: its ids are nobody's address, and it is not let out by mistake."""

import re
from pathlib import Path

import feedparser
import pytest
from commands import run_command
from serving import Service, wait_for, write

UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ARTICLES = {
    "one.md": "---\ntitle: One\ndate: 2026-05-01\n---\nFirst.\n",
    "two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nSecond.\n",
}


def site(home: Path) -> Path:
    """A folder of articles."""
    write(home / "articles", ARTICLES)
    return home


def ids(home: Path) -> dict[str, str]:
    """The ids in the exported Atom feed, by title."""
    run = run_command(home, "publish")
    assert run.returncode == 0, run.stderr
    done = run_command(home, "export", "out", base_url="https://news.example.org")
    assert done.returncode == 0, done.stderr
    feed = feedparser.parse((home / "out/site/atom.xml").read_bytes())
    return {entry.title: entry.id for entry in feed.entries}


def test_two_sites_never_have_equal_ids_and_each_keeps_its_own(tmp_path: Path) -> None:
    """The same files in two places are two sites, and a reader may follow both."""
    here, there = site(tmp_path / "here"), site(tmp_path / "there")
    mine, others = ids(here), ids(there)
    assert all(map(UUID.fullmatch, (*mine.values(), *others.values())))
    assert len({*mine.values(), *others.values()}) == 4
    write(here / "articles", {"one.md": ARTICLES["one.md"].replace("First", "Edited")})
    (here / "articles/two.md").rename(here / "articles/zwei.md")
    assert ids(here) == mine


@pytest.mark.parametrize(
    ("base_url", "named"),
    [
        ("https://news.example.org:8443/blog", "tag:news.example.org,"),
        ("https://bücher.example", "tag:xn--bcher-kva.example,"),
        ("http://192.168.1.5:8000", "urn:uuid:"),
        ("http://[::1]:8000", "urn:uuid:"),
        ("http://localhost:8000", "urn:uuid:"),
        ("http://nas:8000", "urn:uuid:"),
        ("http://nas.local", "urn:uuid:"),
    ],
)
def test_ids_have_the_name_of_the_site_where_it_has_one(tmp_path: Path, base_url: str, named: str) -> None:
    """A tag URI's authority is a domain name of its owner (RFC 4151, section 2.1)."""
    write(tmp_path / "articles", {"one.md": ARTICLES["one.md"]})
    done = run_command(tmp_path, "show", "articles/one.md", base_url=base_url)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"^ *id +{named}", done.stdout, re.MULTILINE), done.stdout


def test_a_base_url_set_later_changes_no_id(tmp_path: Path) -> None:
    """What subscribers know stays; what is new has the site's name."""
    before = ids(site(tmp_path))
    write(tmp_path / "articles", {"three.md": "---\ntitle: Three\ndate: 2026-05-03\n---\nThird.\n"})
    (tmp_path / "feedsvc.toml").write_text('base_url = "https://news.example.org"\n')
    after = ids(tmp_path)
    assert after.pop("Three") == "tag:news.example.org,2026-05-03:three"
    assert after == before


def test_it_is_not_exported(tmp_path: Path) -> None:
    """Its links would lead everybody to their own machine; the remedy says what to do, and then it works."""
    site(tmp_path)
    run_command(tmp_path, "publish")
    refused = run_command(tmp_path, "export", "out")
    assert refused.returncode == 2
    assert "lead to http://127.0.0.1:8000, which others cannot reach: set base_url" in refused.stderr
    assert not (tmp_path / "out").exists()
    run_command(tmp_path, "publish", "--base-url", "https://news.example.org")
    assert run_command(tmp_path, "export", "out").returncode == 0


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.slow
def test_a_service_on_every_interface_warns(tmp_path: Path, told: bool) -> None:
    """Only where no base_url is set."""
    settings = {"base_url": "https://news.example.org"} if told else {}
    with Service(site(tmp_path), "--host", "0.0.0.0", "--port", 0, settings=settings) as service:
        wait_for(lambda: "event=published" in service.log, "the first round")
        assert ("base_url is not set, so feeds link to this machine" in service.log) is not told
