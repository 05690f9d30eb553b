"""The command line as its users see it: one line that helps when something is wrong, and a status for scripts."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import run_command
from serving import PATIENCE, command, environment, write

from feedsvc import __version__
from feedsvc.store.store import REVISIONS

WITHOUT_PRIVILEGE = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and shutil.which("setpriv")
    else []
)
"""Root may read everything; so the superuser runs ``serve`` without that power."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A working directory with one article in ``articles``."""
    write(tmp_path / "articles", {"story.txt": "A story\n\nIt is short.\n"})
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def refuses(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with status 2 and one line that has all the ``words``."""
    assert done.returncode == 2, done
    (line,) = done.stderr.splitlines()
    assert line.startswith("feedsvc: ")
    for word in words:
        assert word in line


class TestServeRefuses:
    """What cannot work is told before anything starts."""

    def test_a_directory_that_is_not_there(self, home: Path) -> None:
        """The line names the directory and how to name another."""
        refuses(run_command(home, "serve", "nowhere"), "nowhere")

    def test_a_file_as_directory(self, home: Path) -> None:
        """A single article is no directory."""
        refuses(run_command(home, "serve", "articles/story.txt"), "story.txt", "director")

    @pytest.mark.skipif(
        os.geteuid() == 0 and not shutil.which("setpriv"), reason="root reads all; no setpriv here"
    )
    def test_a_directory_that_cannot_be_read(self, home: Path) -> None:
        """The line says that rights are missing."""
        (home / "articles").chmod(0)
        done = subprocess.run(
            [*WITHOUT_PRIVILEGE, *command("serve")],
            cwd=home, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        (home / "articles").chmod(0o755)
        refuses(done, "articles", "read")

    def test_a_port_in_use(self, home: Path, taken: int) -> None:
        """The line names the port and the remedy."""
        refuses(run_command(home, "serve", "--port", taken), str(taken), "choose another --host or --port")

    def test_a_host_that_is_not_ours(self, home: Path) -> None:
        """The line names the host."""
        refuses(run_command(home, "serve", "--host", "host.invalid"), "host.invalid")

    def test_a_wrong_setting(self, home: Path) -> None:
        """The line names the variable."""
        refuses(run_command(home, "serve", site__time_zone="Mars/Base"), "FEEDSVC_SITE__TIME_ZONE", "Mars/Base")

    def test_a_wrong_configuration_file(self, home: Path) -> None:
        """The line names the file and its unknown key."""
        (home / "feedsvc.toml").write_text("intervall = 5\n")
        refuses(run_command(home, "serve"), "feedsvc.toml", "intervall", "did you mean [scan] interval?")

    def test_a_store_of_a_newer_version(self, home: Path) -> None:
        """It is not touched, and the line says to upgrade."""
        refuses(run_command(home, "serve", "--host", "host.invalid"), "host.invalid")  # makes the store
        with sqlite3.connect(home / "feedsvc.db") as database:
            database.execute(f"UPDATE {REVISIONS} SET version_num = '9999'")  # noqa: S608 - our own name
        database.close()
        refuses(run_command(home, "serve"), "feedsvc.db", "newer", "upgrade")

    STORES = (
        ("sqlite:///no/such/folder/feedsvc.db", "folder"),
        ("sqlite:///articles", "is a folder"),
        ("sqlite:///articles/story.txt", "story.txt"),
        ("mysql://localhost/x", "mysql"),
        ("nonsense", "nonsense"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", "cannot be reached"),
    )

    @pytest.mark.parametrize(("url", "word"), STORES, ids=[url for url, _ in STORES])
    def test_a_store_that_cannot_be_opened(self, home: Path, url: str, word: str) -> None:
        """The line names the store, never its password, and says why."""
        done = run_command(home, "serve", "--store", url, "--port", 0)
        refuses(done, word)
        assert "secret" not in done.stderr


class TestCheck:
    """``feedsvc check`` names what is wrong, and publishes nothing."""

    def test_good_articles_pass(self, home: Path) -> None:
        """Exit status 0, and no store is made."""
        done = run_command(home, "check")
        assert (done.returncode, done.stdout) == (0, "1 article read, 0 problems, 0 warnings\n")
        assert not (home / "feedsvc.db").exists()

    def test_a_bad_article_is_named_with_its_line(self, home: Path) -> None:
        """Exit status 1, and path:line as editors take it."""
        write(home / "articles", {"bad.md": "---\ntitle: Fine\ndate: yesterday\n---\nText.\n"})
        done = run_command(home, "check", "articles")
        assert done.returncode == 1
        assert "\narticles/bad.md:3  problem  " in done.stdout
        assert done.stdout.endswith("\n1 article read, 1 problem, 0 warnings\n")

    def test_warnings_count_where_they_are_asked_to(self, home: Path) -> None:
        """They are told in any case, and end in status 1 only with ``--strict``."""
        write(home / "articles", {"odd.md": "![](gone.png)\n\nText.\n"})
        assert run_command(home, "check").returncode == 0
        assert run_command(home, "check", "--strict").returncode == 1

    def test_a_workflow_gets_annotations(self, home: Path) -> None:
        """``--format github`` writes its commands to standard output, with the path from here."""
        write(home / "articles", {"odd.md": "![](gone.png)\n\nText.\n"})
        assert run_command(home, "check", "--format", "github").stdout.startswith(
            "::warning file=articles/odd.md,line=1::"
        )

    def test_a_missing_directory_is_refused(self, home: Path) -> None:
        """That is no finding about an article, so the status is 2."""
        refuses(run_command(home, "check", "nowhere"), "nowhere")


class TestPublish:
    """``feedsvc publish`` runs one round, and its exit status says how it went."""

    def test_it_publishes_once_and_tells_what(self, home: Path) -> None:
        """Exit status 0; a second time nothing is new."""
        first, second = run_command(home, "publish"), run_command(home, "publish")
        assert (first.returncode, second.returncode) == (0, 0)
        assert first.stdout.startswith("published: /story\n1 published, 1 read, ")
        assert second.stdout == "1 published, 0 read, 0 documents changed\n"

    def test_what_is_set_aside_is_named(self, home: Path) -> None:
        """Exit status 1, though the rest is published."""
        write(home / "articles", {"bad.md": "---\ntitle: Fine\ndate: yesterday\n---\nText.\n"})
        done = run_command(home, "publish")
        assert done.returncode == 1
        assert "bad.md:3: problem: " in done.stdout
        assert "published: /story" in done.stdout

    def test_a_missing_directory_is_refused(self, home: Path) -> None:
        """Exit status 2, and the status of a site that was published before remembers why."""
        run_command(home, "publish")
        refuses(run_command(home, "publish", "nowhere"), "nowhere")
        assert "failed: the articles directory nowhere does not exist" in run_command(home, "status").stdout

    def test_a_safeguard_is_named_with_its_remedy(self, home: Path) -> None:
        """Exit status 3, until the operator overrides the safeguard, which counts once."""
        run_command(home, "publish")
        story = home / "articles/story.txt"
        text = story.read_text()
        for _ in range(2):
            story.unlink()
            done = run_command(home, "publish")
            assert done.returncode == 3
            assert "feedsvc publish --accept-removals" in done.stdout
            assert run_command(home, "publish", "--accept-removals").returncode == 0
            story.write_text(text)
            assert run_command(home, "publish").returncode == 0

    def test_json_is_for_programs(self, home: Path) -> None:
        """The same in one object."""
        told = json.loads(run_command(home, "publish", "--format", "json").stdout)
        assert told["exit_status"] == 0
        assert told["round"]["published"] == {"count": 1, "pages": ["/story"]}

    def test_a_title_cannot_steer_the_terminal(self, home: Path) -> None:
        """What articles say is shown, and never obeyed."""
        write(home / "articles", {"x\u202ey.md": "---\ndate: yesterday\n---\nText.\n"})
        done = run_command(home, "publish")
        assert "x\\u202ey.md" in done.stdout
        assert "\u202e" not in done.stdout


class TestStatus:
    """``feedsvc status`` tells from the store how things stand."""

    def test_before_anything_was_published(self, home: Path) -> None:
        """That is a state too."""
        (home / "articles/story.txt").write_text("")
        run_command(home, "publish")
        assert "\nedition      1\n" in run_command(home, "status").stdout

    def test_where_no_store_is(self, home: Path) -> None:
        """In the wrong folder it says so, and makes none."""
        refuses(run_command(home, "status"), "does not exist", "--store")
        refuses(run_command(home, "store", "backup", "-"), "does not exist")
        assert not (home / "feedsvc.db").exists()

    def test_a_store_that_was_deleted_has_its_ids_again(self, home: Path) -> None:
        """Also by a single round: the copy of the ledger beside it fills the new one."""
        run_command(home, "publish")
        before = json.loads((home / "feedsvc.ledger.json").read_text())
        for file in home.glob("feedsvc.db*"):
            file.unlink()
        (home / "articles/story.txt").rename(home / "articles/renamed.txt")
        run_command(home, "publish")
        run_command(home, "store", "backup", "after.json")
        after = json.loads((home / "after.json").read_text())
        kept = [
            [(each["id"], each["page"], each["published"]) for each in told["articles"]]
            for told in (before, after)
        ]
        assert kept[0] == kept[1]

    def test_all_of_it_for_programs(self, home: Path) -> None:
        """Edition, articles by state, problems, safeguards, next moment, publisher."""
        write(home / "articles", {
            "later.md": "---\ndate: 2999-01-01\n---\nLater.\n",
            "draft.md": "---\ndraft: true\n---\nNot yet.\n",
            "bad.md": "---\ntitle: Fine\ndate: yesterday\n---\nText.\n",
        })  # fmt: skip
        run_command(home, "publish")
        told = json.loads(run_command(home, "status", "--format", "json").stdout)
        assert told["edition"] == 1
        assert told["next_moment"] == "2999-01-01T00:00:00Z"
        assert told["publisher"] is None
        assert told["articles"] == {
            "published": 1, "unlisted": 0, "scheduled": 1, "drafts": 1, "withdrawn": 0, "set_aside": 1
        }  # fmt: skip
        ((problem),) = told["problems"]
        assert (problem["path"], problem["line"]) == ("bad.md", 3)
        assert told["safeguards"] == []

    def test_a_refused_round_is_shown_and_what_it_left_alone_too(self, home: Path) -> None:
        """The safeguard with its remedy, and the articles that are still published."""
        run_command(home, "publish")
        (home / "articles/story.txt").unlink()
        run_command(home, "publish")
        told = json.loads(run_command(home, "status", "--format", "json").stdout)
        assert told["safeguards"] == ["removals"]
        assert "--accept-removals" in told["refusals"][0]["remedy"]
        assert told["articles"]["published"] == 1
        assert told["rounds"] == {"all": 2, "refused": 1, "failed": 0}
        assert "safeguards   removals" in run_command(home, "status").stdout


def test_the_version_is_shown(home: Path) -> None:
    """``--version`` names program and version."""
    assert run_command(home, "--version").stdout == f"feedsvc {__version__}\n"


COMMANDS = [
    "readers",
    "readers add",
    "readers list",
    "readers revoke",
    "serve",
    "publish",
    "check",
    "status",
    "adopt",
    "store",
    "store backup",
    "store restore",
    "store rebuild",
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(home: Path, name: str) -> None:
    """A person learns a command from its help alone."""
    done = run_command(home, *name.split(), "--help")
    assert done.returncode == 0
    assert "Example: feedsvc" in done.stdout
