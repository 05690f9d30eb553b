"""An export from one edition to the next."""

import gzip
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import brotli
import pytest
from memory_editions import HTML, LONG, Editions, contents, small_site

from feedsvc.articles.model import MediaFile
from feedsvc.core.errors import ExportError
from feedsvc.documents.model import FEED, LANDING_PAGE, MEDIA, PAGE, Document
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.edition import stages_of
from feedsvc.operations.export.writer import Item
from feedsvc.responses.edition import Changes, Edition

BELL = b"ding" * 100


def bell(content: bytes = BELL) -> Document:
    """A media file that an article uses."""
    digest = hashlib.sha256(content).hexdigest()
    return Document(
        "/media/bell.mp3", MEDIA, "", b"", file=MediaFile("bell.mp3", "/media/bell.mp3", "audio/mpeg", 400, digest)
    )


def times(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells whether a file was touched: its inode and its time."""
    found = {name: (folder / name).stat() for name in contents(folder)}
    return {name: (each.st_ino, each.st_mtime_ns) for name, each in found.items()}


def test_a_file_has_its_codings_beside_it(editions: Editions, tmp_path: Path) -> None:
    """Pages too, which the service has no brotli of: a host compresses nothing."""
    editions.export(tmp_path / "out")
    files = contents(tmp_path / "out")
    for name in ("site/news/heron.html", "site/rss.xml", "site/404.html"):
        assert gzip.decompress(files[f"{name}.gz"]) == files[name]
        assert brotli.decompress(files[f"{name}.br"]) == files[name]
        assert len(files[f"{name}.br"]) < len(files[f"{name}.gz"]) < len(files[name])


def test_what_has_not_changed_is_not_touched(editions: Editions, tmp_path: Path) -> None:
    """Whatever copies the folder on, by their times, has nothing to copy."""
    first = editions.export(tmp_path / "out")
    before = times(tmp_path / "out")
    editions.publish(small_site())
    second = editions.export(tmp_path / "out")
    assert first.written == len(before)
    assert (second.written, second.deleted, second.edition) == (0, 0, 2)
    assert times(tmp_path / "out") == before


def test_a_changed_page_is_written_with_its_codings_and_nothing_else(editions: Editions, tmp_path: Path) -> None:
    """Its time is when the page changed, not when it was exported."""
    editions.export(tmp_path / "out")
    before = times(tmp_path / "out")
    editions.publish(small_site(Document("/news/heron", PAGE, HTML, LONG + b"two herons")))
    assert editions.export(tmp_path / "out").written == 3
    after = times(tmp_path / "out")
    assert {name for name in after if after[name] != before[name]} == {
        f"site/news/heron.html{ending}" for ending in ("", ".gz", ".br")
    }
    assert (tmp_path / "out/site/news/heron.html").stat().st_mtime == 1_750_000_002


def test_what_is_no_more_is_deleted_with_its_folder(editions: Editions, tmp_path: Path) -> None:
    """And nothing that somebody else put there."""
    out = tmp_path / "out"
    editions.export(out)
    (out / "site/robots.txt").write_text("User-agent: *\n")
    editions.publish(small_site(without="/news/heron"))
    assert editions.export(out).deleted == 3
    assert not (out / "site/news").exists()
    assert (out / "site/robots.txt").exists()


@pytest.mark.parametrize("name", ["site/rss.xml", "site/rss.xml.gz", "s3.json"])
@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_what_was_harmed_is_mended(editions: Editions, tmp_path: Path, name: str, harm: str) -> None:
    """Each file is looked at, though not read."""
    out = tmp_path / "out"
    editions.export(out)
    whole = contents(out)
    (out / name).unlink() if harm == "lost" else (out / name).write_bytes(b"not this")
    assert editions.export(out).written in {1, 3}
    assert contents(out) == whole


def test_feeds_come_after_the_pages_they_name_and_deletions_last(
    editions: Editions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the folder meanwhile finds every page that a feed names."""
    editions.export(tmp_path / "out")
    steps: list[str] = []
    place, delete = ExportDirectory._place, ExportDirectory._delete

    def places(self: ExportDirectory, digest: str, files: Mapping[str, Callable[[], object]]) -> None:
        steps.extend(files)
        place(self, digest, files)

    def deletes(self: ExportDirectory, name: str) -> None:
        steps.append(f"delete {name}")
        delete(self, name)

    monkeypatch.setattr(ExportDirectory, "_place", places)
    monkeypatch.setattr(ExportDirectory, "_delete", deletes)
    feed = Document("/rss.xml", FEED, "application/rss+xml; charset=utf-8", b"<rss>new" + LONG)
    editions.publish(small_site(feed, Document("/z", PAGE, HTML, b"z"), without="/news/heron"))
    editions.export(tmp_path / "out")
    plain = [step for step in steps if not step.endswith((".gz", ".br"))]
    assert plain.index("site/z.html") < plain.index("site/rss.xml") < plain.index("nginx/http.conf")
    assert plain[-1] == "delete site/news/heron.html"
    assert max(steps.index("site/rss.xml.gz"), steps.index("site/rss.xml.br")) < steps.index("site/rss.xml")


@pytest.mark.parametrize("step", range(0, 9, 2))
def test_an_export_that_was_killed_is_finished_by_the_next(
    editions: Editions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """At any file: what it left is known as its own, no file is half, and the next export makes it whole."""
    out, clean = tmp_path / "out", tmp_path / "clean"
    editions.export(out)
    editions.publish(
        small_site(Document("/news/heron", PAGE, HTML, LONG + b"two"), Document("/z", LANDING_PAGE, HTML, LONG))
    )
    countdown = iter(range(step, -1, -1))
    place = os.rename

    def dies(name: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        if next(countdown, 0) == 0:
            raise KeyboardInterrupt
        place(name, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    with monkeypatch.context() as dying:
        dying.setattr(os, "rename", dies)
        with pytest.raises(KeyboardInterrupt):
            editions.export(out)
    editions.export(out)
    editions.export(clean)
    assert contents(out) == contents(clean)
    assert sorted(file.name for file in (out / ".feedsvc").iterdir()) == ["lock", "manifest.json"]


def test_an_edition_that_comes_meanwhile_is_the_one_exported(editions: Editions, tmp_path: Path) -> None:
    """Never a mixture of two."""

    def publishes() -> None:
        editions.before_fetch = lambda: None
        editions.publish(small_site(Document("/news/heron", PAGE, HTML, LONG + b"two")))

    editions.before_fetch = publishes
    assert editions.export(tmp_path / "out").edition == 2
    assert contents(tmp_path / "out")["site/news/heron.html"].endswith(b"two")


def test_editions_that_never_rest_are_told(editions: Editions, tmp_path: Path) -> None:
    """It gives up after a few."""
    editions.before_fetch = lambda: editions.publish(
        small_site(Document("/news/heron", PAGE, HTML, b"%d" % editions.number))
    )
    with pytest.raises(ExportError, match="editions change faster"):
        editions.export(tmp_path / "out")


def test_nothing_is_exported_before_something_is_published(tmp_path: Path) -> None:
    """The message says what to do first."""
    editions = Editions([])
    editions.number = 0
    with pytest.raises(ExportError, match="nothing is published yet: run feedsvc publish first"):
        editions.export(tmp_path / "out")


@pytest.mark.parametrize("link", [False, True])
def test_media_files_are_copied_or_linked(tmp_path: Path, *, link: bool) -> None:
    """A linked file is the article's own, a copy has the time of its publishing."""
    source = tmp_path / "articles/bell.mp3"
    source.parent.mkdir()
    source.write_bytes(BELL)
    editions = Editions(small_site(bell()))
    editions.export(tmp_path / "out", link=link)
    copy = tmp_path / "out/site/media/bell.mp3"
    assert copy.read_bytes() == BELL
    assert copy.samefile(source) is link
    assert (copy.stat().st_mtime == 1_750_000_001) is not link
    assert editions.export(tmp_path / "out", link=link).written == 0


def test_a_picture_of_an_articles_text_is_written_like_a_page(tmp_path: Path) -> None:
    """Its bytes come from the edition; no file of the articles directory has them."""
    content = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<path d='M0 0'/>" * 100 + b"</svg>"
    digest = hashlib.sha256(content).hexdigest()
    path = f"/media/{digest[:16]}/drawing.svg"
    file = MediaFile("", path, "image/svg+xml", len(content), digest, kept="ab" * 32)
    editions = Editions(small_site(Document(path, MEDIA, "", content, file=file)))
    done = editions.export(tmp_path / "out")
    assert done.problems == ()
    assert (tmp_path / f"out/site{path}").read_bytes() == content
    assert gzip.decompress((tmp_path / f"out/site{path}.gz").read_bytes()) == content
    assert "sandbox" in contents(tmp_path / "out")["site/_headers"].decode()


@pytest.mark.parametrize("now", [None, b"dong" * 100], ids=["gone", "changed"])
def test_a_media_file_that_is_not_as_it_was_published_is_named(tmp_path: Path, now: bytes | None) -> None:
    """Its address promises bytes that are no more; the rest is exported."""
    if now is not None:
        (tmp_path / "articles").mkdir()
        (tmp_path / "articles/bell.mp3").write_bytes(now)
    done = Editions(small_site(bell())).export(tmp_path / "out")
    assert [each.path for each in done.problems] == ["/media/bell.mp3"]
    assert "bell.mp3" not in str(sorted(contents(tmp_path / "out")))
    assert "/media/bell.mp3" not in contents(tmp_path / "out")["nginx/http.conf"].decode()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (Document("/news/../../heron", LANDING_PAGE, HTML, b"x"), "no file can have this name"),
        (Document("/news/heron.html", LANDING_PAGE, HTML, b"x"), "holds another page"),
    ],
    ids=["leads out", "two for one file"],
)
def test_a_path_that_no_file_can_hold_is_named(tmp_path: Path, document: Document, words: str) -> None:
    """And everything else is exported."""
    done = Editions([*small_site(), document]).export(tmp_path / "out")
    assert [words in each.what for each in done.problems] == [True]
    assert contents(tmp_path / "out")["site/news/heron.html"].endswith(b"heron")


def test_what_a_given_up_attempt_wrote_is_not_left_behind(tmp_path: Path) -> None:
    """A page that was written first, and is no more in the edition that came meanwhile."""
    early = Document("/a", PAGE, HTML, LONG)
    editions = Editions(small_site(early))
    fetched = iter(range(9))

    def publishes() -> None:
        if next(fetched, 9) == 1:
            editions.publish(small_site(Document("/news/heron", PAGE, HTML, LONG + b"two")))

    editions.before_fetch = publishes
    assert editions.export(tmp_path / "out").edition == 2
    assert "site/a.html" not in contents(tmp_path / "out")


def test_archive_feeds_that_hold_an_article_come_close_together() -> None:
    """They come by age and not by channel: written entries are reused, however large the site is."""
    folders = [f"/archive/{number}/" for number in range(1, 13)]
    folders += [f"/tags/archive/archive/{number}/" for number in (1, 2)]
    feeds = [f"{folder}{name}" for folder in folders for name in ("atom.xml", "rss.xml")]
    changes = Changes(Edition(1, 0), (), ("/atom.xml",), (), rendered=(*feeds, *folders, "/news/1"))
    paths = [item.path for stage in stages_of(changes) for item in stage]
    assert sorted(paths) == sorted((*feeds, *folders, "/news/1", "/atom.xml"))
    ordered = [path.removesuffix("rss.xml") for path in paths if path.endswith("/rss.xml")]
    tag = [ordered.index(f"/tags/archive/archive/{number}/") for number in (1, 2)]
    assert [ordered[place - 1] for place in tag] == ["/archive/3/", "/archive/9/"]
    assert paths.index("/archive/3/atom.xml") + 1 == paths.index("/archive/3/rss.xml")
    assert paths[-1] == "/atom.xml"
    assert all(paths.index(feed) > paths.index(f"{feed.rpartition('/')[0]}/") for feed in feeds)
    assert paths[0] == "/news/1"


def test_paths_that_may_lead_to_one_file_are_told_apart() -> None:
    """One process writes them, in an order that depends on no number of processes."""
    rendered = ("/a", "/a.html", "/b/", "/b/index.html", "/404", "/c", "/c.md", "/c/")
    stages = stages_of(Changes(Edition(1, 0), (), ("404", "/rss.xml"), (), rendered=rendered))
    contested = {item.path for stage in stages for item in stage if item.is_contested}
    assert contested == {"/a", "/a.html", "/b/", "/b/index.html", "/404", "404"}
    assert Item("404", is_stored=True, is_contested=True) in stages[2]
