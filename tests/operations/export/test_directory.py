"""The folder of an export: whose it is, and who else writes there."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from memory_editions import Editions, contents
from swapping import swapping

from feedsvc.core.errors import ExportError
from feedsvc.operations.export.directory import ExportDirectory


def test_a_folder_of_somebody_else_is_refused(editions: Editions, tmp_path: Path) -> None:
    """Nothing in it is touched, unless the operator says so."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(ExportError, match="out is not empty, and nothing was exported into it before"):
        editions.export(out)
    assert [each.name for each in out.iterdir()] == ["thesis.txt"]
    editions.export(out, overwrite=True)
    assert contents(out)["thesis.txt"] == b"mine"


def test_an_empty_folder_is_taken(editions: Editions, tmp_path: Path) -> None:
    """As one that is not there, in folders that are not there."""
    (tmp_path / "out").mkdir()
    editions.export(tmp_path / "out")
    editions.export(tmp_path / "not/yet")
    assert contents(tmp_path / "out") == contents(tmp_path / "not/yet")


def test_a_file_of_somebody_else_is_not_written_over(editions: Editions, tmp_path: Path) -> None:
    """Such as one that the operator put where the site has one as well."""
    (tmp_path / "out/.feedsvc").mkdir(parents=True)
    (tmp_path / "out/site").mkdir()
    (tmp_path / "out/site/rss.xml").write_text("mine")
    with pytest.raises(ExportError, match=r"site/rss\.xml is there, and no export wrote it"):
        editions.export(tmp_path / "out")
    assert (tmp_path / "out/site/rss.xml").read_text() == "mine"
    editions.export(tmp_path / "out", overwrite=True)
    assert (tmp_path / "out/site/rss.xml").read_text() != "mine"


def test_two_exports_into_one_folder_do_not_mix(editions: Editions, tmp_path: Path) -> None:
    """The second one says so, and writes nothing."""
    with ExportDirectory(tmp_path / "out"), pytest.raises(ExportError, match="another export is writing into"):
        editions.export(tmp_path / "out")
    editions.export(tmp_path / "out")


def test_a_folder_that_cannot_be_written_is_told(editions: Editions, tmp_path: Path) -> None:
    """The line names what stands in the way."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ExportError, match=r"cannot write .*out"):
        editions.export(tmp_path / "out")


def test_a_journal_with_half_a_line_names_nothing_more(tmp_path: Path) -> None:
    """It is what a killed export leaves, if the disk was full or the power went."""
    with ExportDirectory(tmp_path / "out") as tree:
        tree.put("a", "1", b"a")
    with (tmp_path / "out/.feedsvc/journal").open("a") as journal:
        journal.write('"b')
    with ExportDirectory(tmp_path / "out") as tree:
        tree.put("c", "1", b"c")
    with ExportDirectory(tmp_path / "out") as tree:
        tree.finish()
    assert [each.name for each in (tmp_path / "out").iterdir()] == [".feedsvc"]


STRANGE = (
    *("../victim", "/{top}/victim", "a/../../victim", "a/..", "", ".", "a//b", "a/.", "a\0b"),
    *(".feedsvc", ".feedsvc/lock"),
)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("file", ["manifest.json", "journal"])
def test_a_manifest_that_names_other_places_is_refused(tmp_path: Path, file: str, name: str) -> None:
    """What it names would be deleted. It is not ours, so nothing is done by it at all."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    with ExportDirectory(tmp_path / "out") as tree:
        tree.put("a", "1", b"a")
        tree.finish()
    name = name.format(top=tmp_path)
    told = {"version": 1, "files": {"a": ["1", 1, 1], name: ["1", 4, victim.stat().st_mtime_ns]}}
    text = json.dumps(told) if file == "manifest.json" else f"\n{json.dumps(name)}\n"
    if file == "journal" and not name:
        return  # half of a line names nothing
    (tmp_path / "out/.feedsvc" / file).write_text(text)
    with pytest.raises(ExportError, match="which no export can have written"), ExportDirectory(tmp_path / "out"):
        pytest.fail("it was believed")
    assert victim.read_text() == "mine"
    assert (tmp_path / "out/a").read_bytes() == b"a"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside that of the export, in which somebody keeps a file of a name that the site has too."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("mine")
    return outside


class TestLinks:
    """Whoever may write into the folder cannot have an export write or delete elsewhere."""

    def test_nothing_is_written_through_a_folder_that_is_a_link(self, tmp_path: Path, outside: Path) -> None:
        """The line says which one."""
        with ExportDirectory(tmp_path / "out") as tree:
            (tmp_path / "out/site").symlink_to(outside)
            with pytest.raises(ExportError, match=r"cannot write .*site \(Not a directory"):
                tree.put("site/new", "1", b"x")
        assert [each.name for each in outside.iterdir()] == ["a"]

    def test_nothing_is_deleted_through_one(self, tmp_path: Path, outside: Path) -> None:
        """What lies behind it is not what was written."""
        with ExportDirectory(tmp_path / "out") as tree:
            tree.put("site/a", "1", b"x")
            tree.finish()
        shutil.rmtree(tmp_path / "out/site")
        (tmp_path / "out/site").symlink_to(outside)
        with ExportDirectory(tmp_path / "out") as tree:
            assert not tree.has("site/a", "1")
            tree.finish()
        assert (outside / "a").read_text() == "mine"

    @pytest.mark.parametrize("name", ["part-1", "journal", "manifest.json", "lock"])
    def test_files_of_our_own_are_no_links(self, tmp_path: Path, outside: Path, name: str) -> None:
        """Neither read nor written: one is taken away, the others are told."""
        (tmp_path / "out/.feedsvc").mkdir(parents=True)
        (tmp_path / "out/.feedsvc" / name).symlink_to(outside / "a")
        with suppress(ExportError), ExportDirectory(tmp_path / "out") as tree:
            tree.put("b", "1", b"x")
            tree.finish()
        assert (outside / "a").read_text() == "mine"

    def test_our_own_folder_is_no_link(self, tmp_path: Path, outside: Path) -> None:
        """Else all that is kept in it would be written elsewhere."""
        (tmp_path / "out").mkdir()
        (tmp_path / "out/.feedsvc").symlink_to(outside)
        with pytest.raises(ExportError, match="cannot write"), ExportDirectory(tmp_path / "out"):
            pytest.fail("it was entered")
        assert [each.name for each in outside.iterdir()] == ["a"]

    def test_a_folder_swapped_with_a_link_while_files_are_written(self, tmp_path: Path, outside: Path) -> None:
        """However often it is tried."""
        (tmp_path / "out/.feedsvc").mkdir(parents=True)
        (tmp_path / "out/site").mkdir()
        with ExportDirectory(tmp_path / "out") as tree, swapping(tmp_path / "out/site", str(outside)):
            for number in range(100_000):
                with suppress(ExportError):
                    tree.put(f"site/{number}", "1", b"x")
                if number > 500 and tree.written:  # on a busy machine the folder may be a link for long
                    break
        assert [each.name for each in outside.iterdir()] == ["a"]
        assert tree.written


@pytest.mark.parametrize("left", ["", '{"version": 1, "fil', "[]", '{"files": {"a": [1]}}'])
def test_a_damaged_manifest_is_told(editions: Editions, tmp_path: Path, left: str) -> None:
    """What a disk left of it says nothing of whose the files are; the line says how to go on."""
    editions.export(tmp_path / "out")
    whole = contents(tmp_path / "out")
    manifest = tmp_path / "out/.feedsvc/manifest.json"
    manifest.write_text(left)
    with pytest.raises(ExportError, match=r"manifest\.json is damaged.*: export into a new folder, or delete"):
        editions.export(tmp_path / "out")
    manifest.unlink()
    editions.export(tmp_path / "out", overwrite=True)
    assert contents(tmp_path / "out") == whole
    editions.export(tmp_path / "out")
