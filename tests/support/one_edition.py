"""Run rounds over a copy of the test articles and print all that came of them, for two processes to be compared.

Called with a folder to work in, and "backward" to write the files in the opposite order.
"""

import hashlib
import locale
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from read_here import ReadHere
from repository import DATA
from stored_site import response_at, served_paths

from feedsvc.articles.options import ReadOptions
from feedsvc.channels.site import Site
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.round import publish
from feedsvc.store.store import open_store

SOURCE = DATA / "articles"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWN = {
    "news/draft.md": "---\ntitle: Not yet\ndraft: true\n---\nWords.\n",
    "news/later.md": "---\ntitle: Later\ndate: 2026-06-01T12:30:00Z\n---\nWords.\n",
    "news/twin.txt": "Twin\n\nThe same words.\n",
    "news/twin too.txt": "Twin\n\nThe same words.\n",
    "gone.txt": "Gone\n\nFor good.\n",
}


def write(articles: Path, *, backward: bool) -> None:
    """Copy the files, all of one age."""
    files = {str(file.relative_to(SOURCE)): file.read_bytes() for file in SOURCE.rglob("*") if file.is_file()}
    files |= {path: text.encode() for path, text in OWN.items()}
    for path in sorted(files, reverse=backward):
        file = articles / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(files[path])
        os.utime(file, (NOON.timestamp() - 60,) * 2)


def edit(articles: Path) -> None:
    """Rename, edit and remove."""
    (articles / "news/twin.txt").rename(articles / "moved twin.txt")
    (articles / "gone.txt").unlink()
    file = articles / "news/letter.txt"
    file.write_text(file.read_text("utf-8") + "\nPostscript.\n", "utf-8")


def tell(*parts: object) -> None:
    """Print a line."""
    sys.stdout.write(" ".join(map(str, parts)) + "\n")


def main(home: Path, *, backward: bool) -> None:
    """Publish, edit, publish; print a line for each path and each record."""
    locale.setlocale(locale.LC_ALL, "")
    write(home / "articles", backward=backward)
    site = Site("https://example.org", "News", "All of it.", "en", "The desk")
    rules = ReadOptions(site.base_url, ZoneInfo("Europe/Berlin"), 5_000_000)
    plan = RoundOptions(home / "articles", site, rules, "example.org")
    store = open_store(f"sqlite:///{home}/store.db")
    memory = store.publisher.state()
    for hour in range(2):
        now = NOON + timedelta(hours=hour)
        memory = publish(
            plan, store.publisher, memory, now, afresh=not hour, progress=lambda *_: None, readers=ReadHere()
        ).state
        edit(home / "articles") if not hour else None
    for path in served_paths(store):
        found = response_at(store, path)
        assert found is not None
        tell(path, found[0], hashlib.sha256(repr(found[1]).encode()).hexdigest())
    for record in memory.records.values():
        told = [
            record.id,
            record.page,
            record.former_pages,
            record.membership_changes,
            record.published,
            record.updated,
            record.changed,
            record.settled,
        ]
        tell(*told, record.article.path, record.article.meaning, record.article.body)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), backward="backward" in sys.argv)
