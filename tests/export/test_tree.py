"""The folder of an export: whose it is, and who else writes there."""

from pathlib import Path

import pytest
from shelves import Editions, contents

from feedsvc.errors import ExportError
from feedsvc.export.tree import Tree


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
    with Tree(tmp_path / "out"), pytest.raises(ExportError, match="another export is writing into"):
        editions.export(tmp_path / "out")
    editions.export(tmp_path / "out")


def test_a_folder_that_cannot_be_written_is_told(editions: Editions, tmp_path: Path) -> None:
    """The line names what stands in the way."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ExportError, match=r"cannot write .*out"):
        editions.export(tmp_path / "out")


def test_a_journal_with_half_a_line_names_nothing_more(tmp_path: Path) -> None:
    """It is what a killed export leaves, if the disk was full or the power went."""
    with Tree(tmp_path / "out") as tree:
        tree.put("a", "1", b"a")
    with (tmp_path / "out/.feedsvc/journal").open("a") as journal:
        journal.write('"b')
    with Tree(tmp_path / "out") as tree:
        tree.put("c", "1", b"c")
    with Tree(tmp_path / "out") as tree:
        tree.finish()
    assert [each.name for each in (tmp_path / "out").iterdir()] == [".feedsvc"]


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
