"""The ledger outlives its store: backed up, restored, copied, rebuilt; on both databases where it can be."""

import errno
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import structlog
from builders import record
from commands import run_command
from postgres import Postgres
from serving import Service, command, environment, wait_for, write
from structlog.testing import capture_logs

from feedsvc.articles.record import Record
from feedsvc.cli.options import Exit
from feedsvc.core.errors import LedgerError
from feedsvc.operations.ledger import _completed
from feedsvc.responses.edition import Edition, PublisherState
from feedsvc.responses.site_readers import Privacy, Reader
from feedsvc.store.ledger_copy import PAUSE, LedgerCopy, copy_file, warn_of_loose_files, write_ledger
from feedsvc.store.ledger_file import Ledger, ledger_lines
from feedsvc.store.store import open_store

BASE = "https://news.example.org"


def feedsvc(home: Path, *arguments: object, **settings: str) -> CompletedProcess[str]:
    """Run a command in ``home``."""
    return run_command(home, *arguments, base_url=BASE, **settings)


def told(home: Path, **settings: str) -> dict[str, tuple[object, ...]]:
    """What a subscriber knows of each article, by title: id, page, date and where the archives have it."""
    done = feedsvc(home, "store", "backup", "-", **settings)
    assert done.returncode == 0, done.stderr
    articles = json.loads(done.stdout)["articles"]
    return {each["article"]["title"]: promise(each) for each in articles}


def promise(told: Mapping[str, Any]) -> tuple[object, ...]:
    """Of one article of a ledger."""
    return told["id"], told["page"], told["published"], told["archive_positions"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was served; one file was renamed since and one removed, so files alone do not tell the ids."""
    place = tmp_path_factory.mktemp("served")
    articles = write(
        place / "articles", {"one.txt": "One\n\nFirst.\n", "two.txt": "Two\n\nSecond.\n", "3.txt": "Three\n\n3.\n"}
    )
    with Service(place, "--port", 0, "--interval", 3600, settings={"base_url": BASE}) as service:
        service.ready()
        (articles / "one.txt").rename(articles / "uno.txt")
        (articles / "two.txt").unlink()
        service.scan()
    return place


@pytest.fixture
def home(served: Path, tmp_path: Path) -> Path:
    """That site, to do with as one pleases."""
    return shutil.copytree(served, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def damaged(home: Path) -> Path:
    """The same, with a store of which all pages but the first were overwritten."""
    store = home / "feedsvc.db"
    content = store.read_bytes()
    store.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    return home


def refused(*_: object) -> None:
    """Do what a file system does that knows no second names."""
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of another, empty store."""
    if request.param == "SQLite":
        return f"sqlite:///{tmp_path}/elsewhere.db"
    server = request.getfixturevalue("postgres")
    assert isinstance(server, Postgres)
    return server.new_database()


class TestMoving:
    def test_a_ledger_moves_to_another_store(self, home: Path, elsewhere: str) -> None:
        """Ids, pages and dates are the same there, those of removed articles included; twice is as once."""
        assert feedsvc(home, "store", "backup", "l.json").stdout == "3 records written to l.json\n"
        done = feedsvc(home, "store", "restore", "l.json", store__url=elsewhere)
        assert (done.returncode, done.stdout) == (0, "3 records restored, 0 removed\n")
        again = feedsvc(home, "store", "restore", "l.json", store__url=elsewhere)
        assert again.stdout == "0 records restored, 0 removed\n"
        assert told(home, store__url=elsewhere) == told(home)

    @pytest.mark.slow
    def test_the_next_round_knows_the_files_by_it(self, home: Path, elsewhere: str) -> None:
        """Nothing is new to a subscriber of the moved site, and editions go on rising."""
        before = told(home)
        feedsvc(home, "store", "backup", "l.json")
        feedsvc(home, "store", "restore", "l.json", store__url=elsewhere)
        with Service(home, "--port", 0, settings={"base_url": BASE, "store__url": elsewhere}) as service:
            wait_for(lambda: service.get("/atom.xml").status_code == 200, "the first round")
            assert {entry.title: entry.id for entry in service.feed().entries} == {
                title: before[title][0] for title in ("One", "Three")
            }
            assert service.edition() > 1000
        assert told(home, store__url=elsewhere) == before

    @pytest.mark.slow
    def test_an_import_reaches_a_running_service(self, home: Path) -> None:
        """It goes before the publisher, which then works on with what was restored."""
        feedsvc(home, "store", "backup", "l.json")
        with Service(home, "--port", 0, "--interval", 3600, settings={"base_url": BASE}) as service:
            service.ready()
            done = feedsvc(home, "store", "restore", "l.json", "--replace")
            assert done.returncode == 0, done.stderr
            write(home / "articles", {"four.txt": "Four\n\nLast.\n"})
            service.process.send_signal(signal.SIGHUP)
            wait_for(lambda: sorted(service.titles()) == ["Four", "One", "Three"], "the new article")

    def test_what_is_public_is_not_changed_by_an_import(self, home: Path) -> None:
        """It is named, and the exit status tells a script."""
        before = told(home)
        feedsvc(home, "store", "backup", "l.json")
        ledger = home / "l.json"
        ledger.write_text(ledger.read_text("utf-8").replace(":one", ":other"), "utf-8")
        done = feedsvc(home, "store", "restore", "l.json")
        assert done.returncode == 1
        assert done.stdout.startswith("not restored: tag:news.example.org,")
        assert told(home) == before

    def test_what_is_no_ledger_is_refused(self, home: Path) -> None:
        """One line, and nothing changed."""
        done = feedsvc(home, "store", "restore", "articles/uno.txt")
        assert done.returncode == 2
        assert done.stderr.startswith("feedsvc: articles/uno.txt is no JSON")


class TestRebuilding:
    def test_a_damaged_store_is_rebuilt_from_the_copy(self, damaged: Path) -> None:
        """Ids and dates are those of before, and the damaged file is kept."""
        before = json.loads((damaged / "feedsvc.ledger.json").read_text("utf-8"))["articles"]
        broken = (damaged / "feedsvc.db").read_bytes()
        refused = feedsvc(damaged, "store", "backup", "-")
        assert "is damaged: stop feedsvc and run `feedsvc store rebuild`" in refused.stderr
        done = feedsvc(damaged, "store", "rebuild")
        assert done.returncode == 0, done.stderr
        assert "2 articles published as edition" in done.stdout
        assert told(damaged) == {each["article"]["title"]: promise(each) for each in before}
        (aside,) = damaged.glob("feedsvc.db.damaged-*")
        assert aside.read_bytes() == broken

    def test_a_store_is_rebuilt_where_a_file_can_have_one_name_only(
        self, damaged: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As on a USB stick, or where the store is another user's: the damaged file is kept as a copy."""
        broken = (damaged / "feedsvc.db").read_bytes()
        monkeypatch.setattr(Path, "hardlink_to", refused)
        done = feedsvc(damaged, "store", "rebuild")
        assert done.returncode == 0, done.stderr
        (aside,) = damaged.glob("feedsvc.db.damaged-*")
        assert (aside.read_bytes(), stat.S_IMODE(aside.stat().st_mode)) == (broken, 0o600)

    def test_a_rebuilt_store_is_served(self, damaged: Path) -> None:
        """What was renamed keeps its id, what was removed is still gone and not unknown."""
        feedsvc(damaged, "store", "rebuild")
        with Service(damaged, "--port", 0, settings={"base_url": BASE}) as service:
            service.ready()
            assert sorted(service.titles()) == ["One", "Three"]
            assert service.get("/two").status_code == 410
            assert service.feed().entries[0].content[0].value.strip() != ""

    def test_a_store_that_vanished_is_filled_from_the_copy(self, home: Path) -> None:
        """Who deletes the store by mistake loses no id."""
        before = told(home)
        for file in home.glob("feedsvc.db*"):
            file.unlink()
        with Service(home, "--port", 0, settings={"base_url": BASE}) as service:
            wait_for(lambda: service.get("/atom.xml").status_code == 200, "the first round")
            assert "new store filled from the copy of the ledger" in service.log
        assert told(home) == before

    def test_without_any_ledger_it_is_refused(self, damaged: Path) -> None:
        """Ids would be made anew, which only the operator may decide."""
        (damaged / "feedsvc.ledger.json").unlink()
        done = feedsvc(damaged, "store", "rebuild")
        assert done.returncode == 2
        assert "no ledger of" in done.stderr
        done = feedsvc(damaged, "store", "rebuild", "--without-ledger")
        assert done.returncode == 0, done.stderr
        assert told(damaged).keys() == {"One", "Three"}

    def test_a_rail_holds_in_a_rebuild_too(self, damaged: Path) -> None:
        """Its remedy is one that works: a round of its own would meet the damaged store."""
        broken = (damaged / "feedsvc.db").read_bytes()
        for file in (damaged / "articles").iterdir():
            file.unlink()
        done = feedsvc(damaged, "store", "rebuild")
        assert (done.returncode, done.stderr) == (Exit.REFUSED, "")
        assert "no article is left of the 2 that are published" in done.stdout
        assert "or run feedsvc store rebuild --accept-removals if it is meant\n" in done.stdout
        assert (damaged / "feedsvc.db").read_bytes() == broken
        assert not list(damaged.glob("*.rebuilding*"))
        done = feedsvc(damaged, "store", "rebuild", "--accept-removals")
        assert done.returncode == Exit.OK, done.stderr
        assert "0 articles published as edition" in done.stdout

    def test_a_file_that_is_set_aside_is_told_by_the_status(self, damaged: Path) -> None:
        """The store is rebuilt all the same."""
        write(damaged / "articles", {"broken.md": "---\ndate: 31 February\n---\nText.\n"})
        done = feedsvc(damaged, "store", "rebuild")
        assert done.returncode == Exit.PROBLEMS, done.stderr
        assert "articles/broken.md:2: problem: " in done.stdout
        assert "2 articles published as edition" in done.stdout

    def test_a_sound_store_gives_its_own_ledger(self, home: Path) -> None:
        """It is newer than any copy."""
        before = told(home)
        (home / "feedsvc.ledger.json").unlink()
        done = feedsvc(home, "store", "rebuild")
        assert "ids and dates from the store itself" in done.stdout, done.stderr
        assert told(home) == before

    def test_a_store_in_use_is_left_alone(self, home: Path) -> None:
        """A running service would go on writing into the file that was set aside."""
        with closing(open_store(f"sqlite:///{home}/feedsvc.db")) as store:
            assert store.editions.newest().number
            # Not in this process, whose own locks do not keep it out.
            done = subprocess.run(
                command("store", "rebuild"),
                cwd=home,
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 2
        assert "is in use: stop feedsvc first" in done.stderr

    def test_a_server_is_left_to_its_keeper(self, home: Path) -> None:
        """There is no file to set aside."""
        done = feedsvc(home, "store", "rebuild", "--store", "postgresql://nobody@127.0.0.1:1/x")
        assert done.returncode == 2
        assert "is not a file that can be renamed" in done.stderr


class TestCompleting:
    """What a sound store lacks comes from the file, and its own drafts give way to it."""

    def test_what_was_public_takes_the_place_of_a_draft(self) -> None:
        """Under the same id there is one record, and of two with one page there is the public one."""
        public, other = record("a", settled=True), record("b", settled=True)
        own = Ledger(5, (record("a", settled=False), record("draft", page="/b", settled=False)))
        assert _completed(own, Ledger(3, (public, other))) == Ledger(5, (public, other))

    def test_what_is_public_in_the_store_stays(self) -> None:
        """The store is newer than any export of it; drafts that are in nobody's way stay too."""
        own = Ledger(5, (record("a", page="/new", settled=True), record("draft", settled=False)))
        assert _completed(own, Ledger(3, (record("a", settled=True),))) == own


def _flip(file: Path) -> None:
    """Change one byte, as a bad disk does."""
    content = bytearray(file.read_bytes())
    content[content.index(b'"title"') + 11] ^= 1
    file.write_bytes(content)


def answers(*given: bool) -> Callable[[], bool]:
    """A function that gives these values, one a call."""
    return iter(given).__next__


class TestTheCopy:
    MEMORY = PublisherState(Edition(1, 5))

    @pytest.fixture
    def copy(self, tmp_path: Path) -> tuple[LedgerCopy, Path]:
        """A copy that was never written, and where it goes."""
        file = tmp_path / "feedsvc.ledger.json"
        return LedgerCopy(file), file

    @staticmethod
    def records(*names: str) -> dict[str, Record]:
        """Records of settled articles, by id."""
        return {each.id: each for each in (record(name, settled=True) for name in names)}

    def test_it_lies_beside_the_store(self, tmp_path: Path) -> None:
        """A server's ledger is kept by whoever keeps the server."""
        assert copy_file(f"sqlite:///{tmp_path}/news.db") == tmp_path / "news.ledger.json"
        assert copy_file("postgresql://host/news") is None

    def test_it_is_written_once_a_minute_at_most(self, copy: tuple[LedgerCopy, Path]) -> None:
        """However often the ledger changes; and not at all while it does not."""
        keeper, file = copy
        keeper.write_if_due(0.0)
        assert not file.exists()
        keeper.note(self.MEMORY)
        keeper.write_if_due(1.0)
        first = file.stat().st_ino
        keeper.note(self.MEMORY)
        keeper.write_if_due(1.0 + 2 * PAUSE)
        keeper.note(PublisherState(Edition(2, 5)))
        keeper.write_if_due(PAUSE)
        assert file.stat().st_ino == first
        keeper.write_if_due(1.0 + PAUSE)
        assert json.loads(file.read_text("utf-8"))["edition"] == 2

    def test_it_is_left_off_while_somebody_waits(self, copy: tuple[LedgerCopy, Path]) -> None:
        """An edit does not wait for it. It goes on afterwards, and the next copy holds what has changed since."""
        keeper, file = copy
        early, late = (PublisherState(Edition(number, 5), self.records("a", "b", "c")) for number in (1, 2))
        keeper.note(early)
        keeper.write_if_due(1.0, answers(*[False] * 4, True))
        assert not file.exists()
        keeper.note(late)
        keeper.write_if_due(2.0)
        assert file.read_text("utf-8") == "".join(ledger_lines(early))
        keeper.write_if_due(2.0 + PAUSE)
        assert file.read_text("utf-8") == "".join(ledger_lines(late))

    @pytest.mark.parametrize("edition", [1, 2])
    def test_an_orderly_end_finishes_what_was_left_off(self, copy: tuple[LedgerCopy, Path], edition: int) -> None:
        """With the newest ledger, whether or not it is the one that the copy had begun with."""
        keeper, file = copy
        states = [PublisherState(Edition(number, 5), self.records("a", "b")) for number in (1, 2)]
        keeper.note(states[0])
        keeper.write_if_due(1.0, answers(False, False, True))
        keeper.note(states[edition - 1])
        keeper.write()
        assert file.read_text("utf-8") == "".join(ledger_lines(states[edition - 1]))
        assert list(file.parent.iterdir()) == [file]

    def test_a_copy_that_is_given_up_leaves_nothing_behind(self, copy: tuple[LedgerCopy, Path]) -> None:
        """Neither in the file nor beside it: another publisher may have written it meanwhile."""
        keeper, file = copy
        keeper.note(PublisherState(Edition(1, 5), self.records("a", "b")))
        keeper.write_if_due(1.0, answers(False, False, True))
        file.write_text("of another publisher", "utf-8")
        keeper.drop_unfinished()
        assert file.read_text("utf-8") == "of another publisher"
        assert list(file.parent.iterdir()) == [file]

    def test_a_full_disk_keeps_nobody_from_giving_up_a_copy(
        self, copy: tuple[LedgerCopy, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is given up need not be written; a publisher that ends gives its lease back all the same."""
        keeper, _ = copy
        with monkeypatch.context() as patch:
            patch.setattr("feedsvc.store.ledger_copy._private", lambda *_: os.open("/dev/full", os.O_WRONLY))
            keeper.note(PublisherState(Edition(1, 5), self.records("a", "b")))
            keeper.write_if_due(1.0, answers(False, False, True))
        keeper.drop_unfinished()

    def test_an_orderly_end_tells_who_was_given_a_token_just_now(self, tmp_path: Path) -> None:
        """Or a reader whose token was taken back would have it again in a rebuilt store."""
        given: list[Reader] = []
        keeper = LedgerCopy(tmp_path / "copy.json", lambda: Privacy("private", tuple(given)))
        keeper.note(self.MEMORY)
        keeper.write_if_due(1.0)
        given.append(Reader("ab" * 32, "0a1b2c3d", "ada", 5))
        keeper.write_if_due(2.0)
        assert "ada" not in (tmp_path / "copy.json").read_text("utf-8")
        keeper.write()
        assert "ada" in (tmp_path / "copy.json").read_text("utf-8")

    def test_a_failure_leaves_the_last_one(self, copy: tuple[LedgerCopy, Path]) -> None:
        """It is whole or not written, and tried again."""
        keeper, file = copy
        (file.parent / f".{file.name}.new").mkdir()
        keeper.note(self.MEMORY)
        keeper.write()
        assert not file.exists()
        (file.parent / f".{file.name}.new").rmdir()
        keeper.write()
        assert file.exists()

    @pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:-20]), _flip])
    def test_a_copy_that_was_harmed_is_written_anew(
        self, copy: tuple[LedgerCopy, Path], harm: Callable[[Path], object]
    ) -> None:
        """Unchanged lines are taken from the last copy only if it is what was written, byte for byte."""
        keeper, file = copy
        records = self.records("a", "b")
        keeper.note(PublisherState(Edition(1, 5), records))
        keeper.write()
        harm(file)
        later = PublisherState(Edition(2, 5), records)
        keeper.note(later)
        keeper.write()
        assert file.read_text("utf-8") == "".join(ledger_lines(later))
        assert list(file.parent.iterdir()) == [file]

    @pytest.mark.slow
    def test_none_is_written_where_none_is_wanted(self, home: Path) -> None:
        """The setting turns it off."""
        (home / "feedsvc.ledger.json").unlink()
        settings = {"base_url": BASE, "store__ledger_copy": "false"}
        with Service(home, "--port", 0, "--interval", 3600, settings=settings) as service:
            service.ready().scan()
        assert not (home / "feedsvc.ledger.json").exists()
        with closing(sqlite3.connect(home / "feedsvc.db")) as database:
            assert database.execute("SELECT owner FROM lease").fetchone() == (None,)


def test_the_copy_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the process makes other files like, and whatever is left of one that was killed."""
    file = tmp_path / "feedsvc.ledger.json"
    (tmp_path / ".feedsvc.ledger.json.new").touch(0o666)
    before = os.umask(0)
    try:
        write_ledger(PublisherState(), file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    """As to a disk for backups, where the file would stay as it was for ever."""
    link, target = tmp_path / "ledger.json", tmp_path / "backups" / "ledger.json"
    target.parent.mkdir()
    link.symlink_to(target)
    write_ledger(PublisherState(), link)
    assert (link.readlink(), target.read_text("utf-8")) == (target, "".join(ledger_lines(PublisherState())))


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    """As of a shell's >(gzip > ledger.gz), or /dev/stdout, in whose place root would put a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_ledger(PublisherState(), pipe)
    assert os.read(reader, 4096).decode() == "".join(ledger_lines(PublisherState()))
    assert pipe.is_fifo()
    os.close(reader)


def test_what_is_said_of_a_backup_is_no_part_of_it(home: Path) -> None:
    """Standard output may be the pipe that it is written to."""
    told = command("store", "backup", "/dev/stdout")
    done = subprocess.run(
        told, cwd=home, env=environment(base_url=BASE), capture_output=True, text=True, check=True
    )
    assert len(json.loads(done.stdout)["articles"]) == 3
    assert done.stderr.endswith("3 records written to /dev/stdout\n")


def test_a_folder_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    """Here its name is longer than any may be."""
    with pytest.raises(LedgerError, match="cannot be written to"):
        write_ledger(PublisherState(), tmp_path / ("x" * 300) / "ledger.json")


def test_a_file_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    """It names the file and the command that mends it; one for its owner alone is none."""
    structlog.reset_defaults()
    url = f"sqlite:///{tmp_path}/feedsvc.db"
    (tmp_path / "feedsvc.db").touch(0o600)
    (tmp_path / "feedsvc.ledger.json").touch(0o600)
    with capture_logs() as logs:
        warn_of_loose_files(url)
        assert not logs
        (tmp_path / "feedsvc.ledger.json").chmod(0o640)
        (tmp_path / "feedsvc.db").chmod(0o604)
        warn_of_loose_files(url)
        warn_of_loose_files("postgresql://user@host/database")
    files = [str(tmp_path / name) for name in ("feedsvc.db", "feedsvc.ledger.json")]
    assert [(line["file"], line["mode"]) for line in logs] == list(zip(files, ("0604", "0640"), strict=True))
    assert all(line["remedy"] == f"chmod 600 {line['file']}" for line in logs)
