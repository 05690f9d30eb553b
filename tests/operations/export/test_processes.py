"""An export by several processes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run_command
from memory_editions import contents
from serving import PATIENCE, write

from feedsvc.core.errors import ExportError
from feedsvc.operations.export import processes
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.edition import Exported, export, newest
from feedsvc.operations.export.processes import ExportProcesses
from feedsvc.operations.export.writer import EditionMovedError, ExportFault, Item, StoredEdition, WriteOptions
from feedsvc.responses.answer import Policy, lifetimes
from feedsvc.responses.edition import Edition


class Fatal(str):
    """A path that ends the process that renders its document."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        """What is called there in order to make it again."""
        kind = "type('Fatal', (str,), {'startswith': lambda *_: __import__('os')._exit(1)})"
        return eval, (f"{kind}({str(self)!r})",)


@pytest.fixture(autouse=True)
def _on_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sites stay in the process; this one shall not, wherever the test runs."""
    monkeypatch.setattr(processes, "_SMALL", 0)
    monkeypatch.setattr(processes, "_PORTION", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def options_of(folder: Path) -> WriteOptions:
    """The options of an export into ``folder``; the articles directory is beside it."""
    return WriteOptions(folder.parent / "articles", lifetimes(Policy(60), 0, None))


def exported(url: str, source: StoredEdition, folder: Path) -> Exported:
    """Export in processes."""
    options = options_of(folder)
    with ExportDirectory(folder) as tree, ExportProcesses(url, source, tree, options) as several:
        return export(several, lambda _done, _all: None)


@pytest.mark.slow
def test_several_processes_write_what_one_writes(
    url: str, source: StoredEdition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same files, and what hosts are told of them; and the next export, by whichever, finds them unchanged."""
    alone, together = tmp_path / "alone", tmp_path / "together"
    with monkeypatch.context() as small:
        small.setattr(processes, "_SMALL", 200)
        one = exported(url, source, alone)
    several = exported(url, source, together)
    assert several == one
    assert several.written == len(contents(alone))
    assert contents(together) == contents(alone)
    assert sorted(file.name for file in (together / ".feedsvc").iterdir()) == ["lock", "manifest.json"]
    (together / "site/news/1.html").unlink()
    assert exported(url, source, together).written == 3
    assert exported(url, source, alone).written == 0
    assert contents(together) == contents(alone)


def test_a_file_that_no_export_wrote_stops_an_export_in_processes(
    url: str, source: StoredEdition, tmp_path: Path
) -> None:
    """And nothing of it is touched."""
    exported(url, source, tmp_path / "out")
    (tmp_path / "out/.feedsvc/manifest.json").unlink()
    before = contents(tmp_path / "out")
    with pytest.raises(ExportError, match="is there, and no export wrote it"):
        exported(url, source, tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_each_process_has_a_share_that_hangs_together() -> None:
    """So no two of them write the same entries of feeds."""
    items = [Item(str(number)) for number in range(7)]
    shares = processes._shares(items, Edition(1, 0), 2)
    assert [[[item.path for item in portion.items] for portion in share] for share in shares] == [
        [["0", "1"], ["2", "3"]],
        [["4", "5"], ["6"]],
    ]
    assert processes._shares([], Edition(1, 0), 2) == []


@pytest.mark.slow
def test_a_process_that_dies_costs_the_document_that_it_was_at(
    url: str, source: StoredEdition, tmp_path: Path
) -> None:
    """Those beside it, which it wrote already, and those after it are written as ever."""
    edition = newest(source).edition
    items = [Item(path) for path in ("/news/1", Fatal("/news/2"), "/news/3", "/news/4", "/news/5")]
    out = tmp_path / "out"
    with ExportDirectory(out) as tree, ExportProcesses(url, source, tree, options_of(out)) as several:
        found = list(several.write(items, edition))
        tree.finish()
    assert sorted(each.path for each in found) == [str(item.path) for item in items]
    assert [each.path for each in found if isinstance(each.fault, ExportFault)] == ["/news/2"]
    assert sorted(file.stem for file in (out / "site/news").glob("*.html")) == ["1", "3", "4", "5"]


def test_another_edition_is_not_mixed_in(url: str, source: StoredEdition, tmp_path: Path) -> None:
    """The export begins again with the newest, and forgets what it wrote."""
    edition = newest(source).edition
    other = Edition(edition.number + 1, edition.time)
    out = tmp_path / "out"
    with ExportDirectory(out) as tree, ExportProcesses(url, source, tree, options_of(out)) as several:
        assert len(list(several.write([Item("/news/1")], edition))) == 1
        with pytest.raises(EditionMovedError):
            list(several.write([Item("/news/1")], other))
        tree.restart()
        assert len(list(several.write([Item("/news/2")], edition))) == 1
        tree.finish()
    assert sorted(file.name for file in (out / "site/news").glob("*.html")) == ["2.html"]


KILLED = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
from feedsvc.core.errors import ExportError
from feedsvc.operations.export import processes
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.edition import newest
from feedsvc.operations.export.processes import ExportProcesses
from feedsvc.operations.export.writer import Item, StoredEdition
from feedsvc.operations.export.writer import WriteOptions
from feedsvc.responses.answer import Policy, lifetimes
from feedsvc.store.store import open_store

if __name__ == "__main__":
    processes._SMALL = 0
    options = WriteOptions(Path("articles"), lifetimes(Policy(60), 0, None))
    with closing(open_store(sys.argv[1])) as store, closing(StoredEdition(store.editions)) as source:
        with ExportDirectory(Path(sys.argv[2])) as tree:
            items = [Item(f"/news/{number}") for number in range(1, 8)]
            next(ExportProcesses(sys.argv[1], source, tree, options).write(items, newest(source).edition))
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_the_processes_of_an_export_that_is_killed_end_with_it(url: str, tmp_path: Path) -> None:
    """Else they would change files under the hands of the next. Their output ends when the last of them has."""
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    command = [sys.executable, str(program), url, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "out/site/news/1.html").exists()


@pytest.mark.slow
def test_what_lies_in_the_working_directory_is_not_taken_for_the_program(tmp_path: Path) -> None:
    """Somebody's own ``selectors.py`` may lie there, and a checkout of feedsvc holds another version of it."""
    write(tmp_path / "articles", {f"{number}.md": f"# Story {number}\n\nWords.\n" for number in range(250)})
    assert run_command(tmp_path, "publish", base_url="https://e.example").returncode == 0
    for name in ("selectors.py", "feedsvc.py"):
        (tmp_path / name).write_text("raise SystemExit('this is not the program')\n")
    program = Path(sys.executable).with_name("feedsvc")
    done = subprocess.run(
        [program, "export", "out"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "out/site").glob("*.html"))) > 250
