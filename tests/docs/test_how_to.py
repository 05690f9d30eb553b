"""How-to pages whose commands need nothing but feedsvc and a shell: each block is run as it is copied."""

import json
import shutil
from pathlib import Path

import pytest
from guides import blocks, run
from repository import DEPLOY, DOCS, SAMPLES
from serving import write

pytestmark = pytest.mark.slow

STORIES = {
    "tea.txt": "Tea for two\n\nFill the pot twice.\n",
    "news/ferry.md": "---\ntitle: The last ferry\ndate: 2026-10-02\n---\nIt leaves at nine.\n",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with some stories."""
    write(tmp_path / "articles", STORIES)
    (tmp_path / "feedsvc.toml").write_text('base_url = "https://news.example.org"\n', "utf-8")
    return tmp_path


def page(name: str) -> list[str]:
    """The commands of a how-to page, block by block."""
    return blocks((DOCS / "how-to" / f"{name}.md").read_text("utf-8"))


def ids(home: Path) -> dict[str, str]:
    """The title of each article by its id, from the exported feed."""
    run("feedsvc export --overwrite out", home)
    items = json.loads((home / "out/site/feed.json").read_text("utf-8"))["items"]
    return {item["id"]: item["title"] for item in items}


def test_a_lost_store_is_restored_with_the_same_ids(home: Path) -> None:
    """By the copy beside it, by a file that was saved, and by rebuilding; also of an article that was renamed."""
    save, copied, saved, rebuild = page("backup")
    run("feedsvc publish", home)
    (home / "articles" / "tea.txt").rename(home / "articles" / "coffee.txt")
    run(save, home)
    before = ids(home)
    assert set(before.values()) == {"Tea for two", "The last ferry"}
    for block in (copied, saved, rebuild):
        run(block, home)
        assert ids(home) == before, block


def test_monitoring_says_when_nobody_publishes(home: Path) -> None:
    """After a single round no process goes on publishing, so a person is needed."""
    (watch,) = page("monitoring")
    shown = run(watch, home)
    assert "nobody publishes" in shown
    assert "feedsvc needs you" in shown


def test_an_episode_is_in_the_feed_of_a_podcast(home: Path) -> None:
    """With what its header and its recording say."""
    (home / "articles" / "show").mkdir()
    (home / "articles/show/first-episode.mp3").write_bytes((SAMPLES / "engineering/harbour-bell.mp3").read_bytes())
    for name in ("first-episode.vtt", "first-episode.json"):
        (home / "articles/show" / name).write_text("{}", "utf-8")
    (write_episode,) = page("podcasts")
    run(f"{write_episode}\nfeedsvc check --strict\nfeedsvc publish && feedsvc export out", home)
    feed = (home / "out/site/show/rss.xml").read_text("utf-8")
    assert "<itunes:episode>1</itunes:episode>" in feed
    assert 'type="audio/mpeg"' in feed
    assert "<podcast:transcript " in feed
    assert "<podcast:chapters " in feed


def test_readers_of_a_private_site_are_added_listed_and_revoked(home: Path) -> None:
    """And the store says for whom it is, also after it was changed to and fro."""
    with (home / "feedsvc.toml").open("a", encoding="utf-8") as settings:
        settings.write('access = "private"\n')
    run("feedsvc publish", home)
    readers, _, access = page("private-site")
    shown = run(readers, home)
    assert "https://news.example.org/private/" in shown
    assert "revoked" in shown
    assert run(access, home).startswith("private")
    assert run("feedsvc store access", home).startswith("private")


def test_a_second_unit_shares_nothing_with_the_first(tmp_path: Path) -> None:
    """The page on systemd makes it from the first one: its port, articles, settings and store are its own."""
    (block,) = [block for block in page("systemd") if "members.service" in block and "sed" in block]
    here = (
        block.replace("sudo ", "").replace("/etc/systemd/system", str(tmp_path)).replace("deploy/", f"{DEPLOY}/")
    )
    run(here.replace("mkdir -p /srv/members/articles /etc/members", "true"), tmp_path)
    unit = (tmp_path / "members.service").read_text("utf-8")
    directives = [line for line in unit.splitlines() if line and not line.startswith(("#", "Description"))]
    assert "ExecStart=/opt/feedsvc/bin/feedsvc serve --port 8001 /srv/members/articles" in directives
    assert "StateDirectory=members" in directives
    others = [line.replace("/opt/feedsvc/bin/feedsvc", "").replace("feedsvc.db", "") for line in directives]
    assert [line for line in others if "feedsvc" in line] == []


AWS = """#!/bin/bash
# The commands of the object store that the page uses, with a folder as the bucket; a slash of a key is a + there.
set -eu
object() { echo "bucket/$(echo "${1#s3://bucket/}" | tr / +)"; }
mkdir -p bucket
case "$1 $2" in
"s3 cp") cp "$3" "$(object "$4")"; echo "$4 $6 $8" >> fields ;;
"s3 rm") rm "$(object "$3")" ;;
"s3api put-object") echo "$8" > "$(object "$6")" ;;
"s3api list-objects-v2") ls bucket | tr + / | jq -R '{Key: .}' | jq -s '{Contents: .}' ;;
*) exit 1 ;;
esac
"""


def test_the_bucket_holds_what_the_edition_has_and_nothing_else(home: Path) -> None:
    """After a story was withdrawn, its page is gone from the bucket, too."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    (home / "bin").mkdir()
    (home / "bin" / "aws").write_text(AWS, "utf-8")
    (home / "bin" / "aws").chmod(0o755)
    publish, upload, remove = page("object-store")
    for _ in range(2):
        for block in (publish, upload, remove):
            run(block, home, str(home / "bin"))
        assert (home / "bucket/tea").exists() is (home / "articles/tea.txt").exists()
        assert (home / "bucket/news+ferry").is_file()
        (home / "articles" / "tea.txt").unlink(missing_ok=True)
    assert "s3://bucket/rss.xml application/rss+xml" in (home / "fields").read_text("utf-8")
