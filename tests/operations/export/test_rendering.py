"""Rendering for an export in several processes."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import run_command
from serving import write

from feedsvc.documents.model import ARCHIVE_FEED, Document
from feedsvc.operations.export import rendering
from feedsvc.operations.export.edition import newest, stages_of
from feedsvc.operations.export.rendering import (
    EditionMovedError,
    ExportFault,
    StoredEdition,
    compressed,
    rendered,
    rendered_in_processes,
)
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Changes, Edition
from feedsvc.responses.encodings import EXPORT, encode
from feedsvc.responses.response import Response
from feedsvc.store.store import open_store

STORIES = {f"news/{number}.md": f"---\ndate: 2026-05-0{number}\n---\nWords {number}.\n" for number in range(1, 8)}


class Fatal(str):
    """A path that ends the process that takes it over."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        """What is called there in order to make it again."""
        return os._exit, (1,)


@pytest.fixture(name="url")
def _url(tmp_path: Path) -> str:
    """A store with a small site in it."""
    write(tmp_path / "articles", STORIES)
    assert run_command(tmp_path, "publish").returncode == 0
    return f"sqlite:///{next(tmp_path.glob('*.db'))}"


@pytest.fixture(name="source")
def _source(url: str) -> Iterator[StoredEdition]:
    """The same, opened."""
    with closing(open_store(url)) as store, closing(StoredEdition(store.editions)) as source:
        yield source


@pytest.fixture(autouse=True)
def _on_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sites stay in the process; this one shall not, wherever the test runs."""
    monkeypatch.setattr(rendering, "_SMALL", 0)
    monkeypatch.setattr(rendering, "_PORTION", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_several_processes_give_what_one_gives(url: str, source: StoredEdition) -> None:
    """Every document, compressed, once; of what is known only the response."""
    changes = newest(source)
    stages = stages_of(changes)
    alone = list(rendered(source, stages, changes.edition, frozenset()))
    found = {each.path: each for each in alone}
    together = list(rendered_in_processes(url, stages, changes.edition, frozenset()))
    assert {each.path: each for each in together} == found
    assert len(together) == len(alone)
    assert [coding for coding, _ in found["/rss.xml"].files][-1] == "identity"
    story = found["/news/1"].response
    assert isinstance(story, Response)
    known = frozenset({story.digest})
    again = list(rendered_in_processes(url, [[("/news/1", False), ("/rss.xml", True)]], changes.edition, known))
    assert [bool(each.files) for each in again] == [False, True]
    assert again[0].response == story


def test_an_export_compresses_nothing_as_the_service_does(source: StoredEdition) -> None:
    """A page is compressed once, at the levels of an export, and not before it is known that it is written."""
    ((_, response, files),) = rendered(source, [[("/news/1", False)]], newest(source).edition, frozenset())
    assert isinstance(response, Response)
    assert [each.coding for each in response.representations] == ["identity"]
    content = response.representations[0].body
    coded = encode(content, "text/html", EXPORT)
    assert dict(files) == {each.coding: each.body for each in coded}
    assert {coding for coding, _ in files} == {"identity", "gzip", "br"}


def test_an_archive_feed_is_compressed_once_and_quickly() -> None:
    """They are nearly all bytes of an export, and few clients ask for them; gzip is what all of them read."""
    response = prepare(
        Document("/archive/1/atom.xml", ARCHIVE_FEED, "application/atom+xml", b"<entry>words</entry>" * 100), "", 1
    )
    assert [coding for coding, _ in compressed(response)] == ["gzip", "identity"]


def test_archive_feeds_that_hold_an_article_come_close_together() -> None:
    """They come by age and not by channel: written entries are reused, however large the site is."""
    folders = [f"/archive/{number}/" for number in range(1, 13)]
    folders += [f"/tags/archive/archive/{number}/" for number in (1, 2)]
    feeds = [f"{folder}{name}" for folder in folders for name in ("atom.xml", "rss.xml")]
    changes = Changes(Edition(1, 0), (), ("/atom.xml",), (), rendered=(*feeds, *folders, "/news/1"))
    paths = [path for stage in stages_of(changes) for path, _ in stage]
    assert sorted(paths) == sorted((*feeds, *folders, "/news/1", "/atom.xml"))
    ordered = [path.removesuffix("rss.xml") for path in paths if path.endswith("/rss.xml")]
    tag = [ordered.index(f"/tags/archive/archive/{number}/") for number in (1, 2)]
    assert [ordered[place - 1] for place in tag] == ["/archive/3/", "/archive/9/"]
    assert paths.index("/archive/3/atom.xml") + 1 == paths.index("/archive/3/rss.xml")
    assert paths[-1] == "/atom.xml"
    assert all(paths.index(feed) > paths.index(f"{feed.rpartition('/')[0]}/") for feed in feeds)
    assert paths[0] == "/news/1"


def test_a_stage_begins_when_the_one_before_it_is_done(url: str, source: StoredEdition) -> None:
    """So no feed names a page that is not there yet; and each process has a share that hangs together."""
    changes = newest(source)
    stages = [
        [("/news/1", False), ("/news/2", False), ("/news/3", False), ("/news/4", False)],
        [("/rss.xml", True)],
    ]
    found = rendered_in_processes(url, stages, changes.edition, frozenset())
    assert [each.path for each in found] == ["/news/1", "/news/2", "/news/3", "/news/4", "/rss.xml"]
    portions = rendering._portions([[(str(number), False) for number in range(7)], [("a", True)]], 2)
    assert [(process, [path for path, _ in items]) for process, items in portions] == [
        (0, ["0", "1"]),
        (1, ["4", "5"]),
        (0, ["2", "3"]),
        (1, ["6"]),
        (0, ["a"]),
    ]


@pytest.mark.slow
def test_a_process_that_dies_costs_the_document_it_was_rendering(url: str, source: StoredEdition) -> None:
    """Those beside it, and those after it, are rendered as ever."""
    edition = newest(source).edition
    items = [(path, False) for path in ("/news/1", Fatal("/news/2"), "/news/3", "/news/4", "/news/5")]
    found = list(rendered_in_processes(url, [items], edition, frozenset()))
    assert sorted(each.path for each in found) == [str(path) for path, _ in items]
    assert [each.path for each in found if isinstance(each.response, ExportFault)] == ["/news/2"]


def test_another_edition_is_not_mixed_in(url: str, source: StoredEdition) -> None:
    """The export begins again with the newest."""
    edition = newest(source).edition
    other = Edition(edition.number + 1, edition.time)
    with pytest.raises(EditionMovedError):
        list(rendered_in_processes(url, [[("/news/1", False)]], other, frozenset()))
