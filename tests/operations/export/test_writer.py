"""The files of one document."""

from pathlib import Path

from memory_editions import contents

from feedsvc.documents.model import ARCHIVE_FEED, FEED, Document
from feedsvc.operations.export.edition import newest
from feedsvc.operations.export.files import FileWriter, Written
from feedsvc.operations.export.writer import DocumentWriter, Item, StoredEdition, WriteOptions, known_files
from feedsvc.responses.answer import Policy, lifetimes
from feedsvc.responses.builder import prepare
from feedsvc.responses.encodings import EXPORT, encode


def options() -> WriteOptions:
    """Those of a site without media."""
    return WriteOptions(Path("articles"), lifetimes(Policy(60), 0, None))


def test_an_export_compresses_pages_more_than_the_service_does(source: StoredEdition, tmp_path: Path) -> None:
    """A page is compressed at the levels of an export."""
    out = tmp_path / "out"
    out.mkdir()
    with FileWriter(out) as files:
        (page,) = DocumentWriter(files, options()).write_all(source, [Item("/news/1")], newest(source).edition)
    assert page.file is not None
    assert (page.fault, page.response) == (None, None)
    found = contents(out)
    coded = encode(found["site/news/1.html"], "text/html", EXPORT)
    assert {each.coding for each in coded} == {"identity", "gzip", "br"}
    endings = {"identity": "", "gzip": ".gz", "br": ".br"}
    assert found == {f"site/news/1.html{endings[each.coding]}": each.body for each in coded}


def test_an_archive_feed_is_compressed_once_and_quickly(tmp_path: Path) -> None:
    """They are nearly all bytes of an export, and few clients ask for them; gzip is what all of them read."""
    feed = Document("/archive/1/atom.xml", ARCHIVE_FEED, "application/atom+xml", b"<entry>words</entry>" * 100)
    with FileWriter(tmp_path) as files:
        assert DocumentWriter(files, options()).write(prepare(feed, "", 1), feed.path) is None
    assert sorted(contents(tmp_path)) == ["site/archive/1/atom.xml", "site/archive/1/atom.xml.gz"]


def test_a_prepared_document_is_written_as_it_is_stored(tmp_path: Path) -> None:
    """The service sends the same bytes, and to compress the feeds of all channels again takes long."""
    feed = Document("/rss.xml", FEED, "application/rss+xml", b"<item>words and more words</item>" * 100)
    response = prepare(feed, "", 1)
    with FileWriter(tmp_path) as files:
        assert DocumentWriter(files, options()).write(response, feed.path) is None
    endings = {"identity": "", "gzip": ".gz", "br": ".br"}
    stored = {f"site/rss.xml{endings[each.coding]}": each.body for each in response.representations}
    assert len(stored) == 3
    assert contents(tmp_path) == stored
    assert stored["site/rss.xml.br"] != next(
        each.body for each in encode(feed.content, feed.media_type, EXPORT) if each.coding == "br"
    )


def test_what_other_paths_may_write_too_is_left_to_one_process(source: StoredEdition, tmp_path: Path) -> None:
    """Two processes must not write the same file."""
    items = [Item("/news/1", is_contested=True), Item("/nothing")]
    out = tmp_path / "out"
    out.mkdir()
    with FileWriter(out) as files:
        left, nothing = DocumentWriter(files, options()).write_all(source, items, newest(source).edition)
    assert contents(out) == {}
    assert left.response is not None
    assert nothing == ("/nothing", None, None, None)


def test_a_process_knows_of_earlier_files_what_its_paths_may_need() -> None:
    """The others are many."""
    one = Written("1", 1, 1)
    names = ("site/a", "site/a.gz", "site/a.html.br", "site/b/index.html", "site/b", "site/a.md", "site/404.html")
    known = known_files(dict.fromkeys(names, one), [Item("/a"), Item("/b/"), Item("404")])
    assert sorted(known) == ["site/404.html", "site/a", "site/a.gz", "site/a.html.br", "site/b/index.html"]
