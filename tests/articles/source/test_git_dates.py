"""When files were first committed, by real repositories."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from builders import Noted
from read_here import ReadHere

from feedsvc.articles.collector import collect
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.git_dates import history_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
Git: TypeAlias = Callable[..., None]
SPRING, SUMMER = "2020-04-01T10:00:00+02:00", "2021-07-01T00:00:00Z"
IN_SPRING, IN_SUMMER = datetime(2020, 4, 1, 8, tzinfo=UTC), datetime(2021, 7, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine, and no repository that a hook is running for, has a say."""
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Runs git in a new repository around the articles directory."""

    def run(*arguments: str, date: str = SPRING) -> None:
        person = {"GIT_AUTHOR_NAME": "Ida", "GIT_AUTHOR_EMAIL": "i@example.org"}
        person |= {"GIT_COMMITTER_NAME": "Ida", "GIT_COMMITTER_EMAIL": "i@example.org", "GIT_AUTHOR_DATE": date}
        subprocess.run(
            ["git", "-C", str(tmp_path), *arguments], check=True, env={**os.environ, **person}, capture_output=True
        )

    run("init", "-q")
    return run


@pytest.fixture
def commit(git: Git) -> Git:
    """Commits everything as it is."""

    def all_(date: str) -> None:
        git("add", "-A")
        git("commit", "-q", "-m", "x", date=date)

    return all_


def test_a_file_is_dated_by_the_commit_that_added_it(directory: Path, commit: Git) -> None:
    """Later edits do not count, nor do files above the articles directory."""
    (directory.parent / "README.md").write_text("x")
    (directory / "a.md").write_text("a")
    commit(SPRING)
    (directory / "a.md").write_text("edited")
    (directory / "in").mkdir()
    (directory / "in" / "ü b.md").write_text("b")
    commit(SUMMER)
    found = history_of(directory)
    assert found.first_commits == {"a.md": IN_SPRING, "in/ü b.md": IN_SUMMER}
    assert found.problem is None


def test_a_rename_keeps_the_first_commit(directory: Path, git: Git, commit: Git) -> None:
    """Also several of them, and one whose bytes were edited in a commit of its own."""
    (directory / "a.md").write_text("a")
    commit(SPRING)
    git("mv", "articles/a.md", "articles/b.md")
    commit(SUMMER)
    (directory / "b.md").write_text("b")
    commit(SUMMER)
    git("mv", "articles/b.md", "articles/c.md")
    commit(SUMMER)
    assert history_of(directory).first_commits["c.md"] == IN_SPRING


def test_a_file_that_is_not_committed_has_no_date(directory: Path, commit: Git) -> None:
    """Its own time counts then."""
    (directory / "a.md").write_text("a")
    commit(SPRING)
    (directory / "new.md").write_text("n")
    assert "new.md" not in history_of(directory).first_commits


def test_a_plain_directory_never_starts_git(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most directories are none of git's, and cost nothing."""
    monkeypatch.setattr("subprocess.run", lambda *_args, **_options: pytest.fail("a program was started"))
    found = history_of(directory)
    assert (found.first_commits, found.problem) == ({}, None)


def test_a_repository_without_a_commit_is_a_warning(directory: Path, git: Git) -> None:
    """It was made and forgotten."""
    git("status")
    problem = history_of(directory).problem
    assert problem is not None
    assert "nothing is committed yet" in problem.what
    assert problem.severity == "warning"


def test_a_shallow_clone_is_a_warning(directory: Path, tmp_path: Path, commit: Git, git: Git) -> None:
    """Its oldest commit seems to add every file, which would date them all alike."""
    for number in range(2):
        (directory / "a.md").write_text(str(number))
        commit(SPRING)
    git("clone", "-q", "--depth=1", f"file://{tmp_path}", str(tmp_path / "clone"))
    found = history_of(tmp_path / "clone" / "articles")
    assert found.first_commits == {}
    assert found.problem is not None
    assert "shallow" in found.problem.what
    assert "--unshallow" in found.problem.remedy


def test_without_git_a_checkout_is_a_warning(directory: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can read its history then."""
    git("status")
    monkeypatch.setenv("PATH", "/nowhere")
    problem = history_of(directory).problem
    assert problem is not None
    assert problem.remedy == "install git"


@pytest.fixture
def impostor(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of git, and lets nobody wait for it longer than a second."""
    git("status")

    def install(script: str) -> None:
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        monkeypatch.setattr("feedsvc.articles.source.git_dates._LONGEST", 1)

    return install


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("echo fatal: detected dubious ownership in repository >&2; exit 128", "does not trust"),
        ("echo fatal: bad object >&2; exit 128", "bad object"),
        ("exec sleep 60", "did not answer"),
    ],
)
def test_a_git_that_refuses_is_a_warning(
    script: str, what: str, directory: Path, impostor: Callable[[str], None]
) -> None:
    """The articles are published by the times of their files, and the operator is told why."""
    impostor(script)
    problem = history_of(directory).problem
    assert problem is not None
    assert what in problem.what
    assert problem.remedy


def test_what_a_repository_configures_is_never_run(directory: Path, git: Git, commit: Git, tmp_path: Path) -> None:
    """A directory of articles may come from anybody, signed commits and the program that checks them included."""
    trap = tmp_path / "trap"
    trap.write_text(
        f"#!/bin/sh\ncat >/dev/null\ncase $* in *--verify*) touch {tmp_path}/sprung;; esac\n"
        "echo '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\n"
    )
    trap.chmod(0o755)
    git("config", "gpg.program", str(trap))
    git("config", "commit.gpgSign", "true")
    git("config", "log.showSignature", "true")
    (directory / "a.md").write_text("a")
    commit(SPRING)
    assert history_of(directory).first_commits == {"a.md": IN_SPRING}
    assert not (tmp_path / "sprung").exists()


def test_only_new_articles_without_a_date_are_looked_up(
    directory: Path, rules: ReadOptions, commit: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Header and name count first; what is settled, and a round without news, never ask git."""
    (directory / "undated.md").write_text("Words.")
    (directory / "2024-05-01-named.md").write_text("Words.")
    (directory / "headed.md").write_text("---\ndate: 2024-06-01\n---\nWords.")
    commit(SPRING)

    def gathered(known: dict[str, Noted]) -> dict[str, datetime | None]:
        found = collect(directory, known, rules, lambda *_: None, lambda *_: None, readers=ReadHere())
        known.update(
            {
                taken.article.path: Noted(taken.stamp, taken.source, taken.article, settled=True)
                for taken in found.readings
            }
        )
        return {taken.article.path: taken.committed for taken in found.readings}

    known: dict[str, Noted] = {}
    assert gathered(known) == {"undated.md": IN_SPRING, "2024-05-01-named.md": None, "headed.md": None}
    monkeypatch.setattr("subprocess.run", lambda *_args, **_options: pytest.fail("git was asked"))
    assert gathered(known) == {}
    (directory / "undated.md").write_text("Edited words.")
    assert gathered(known) == {"undated.md": None}


def test_what_git_cannot_tell_is_told_with_the_other_problems(
    directory: Path, rules: ReadOptions, git: Git
) -> None:
    """The operator sees it where all else is seen."""
    git("status")
    (directory / "undated.md").write_text("Words.")
    found = collect(directory, {}, rules, lambda *_: None, lambda *_: None, readers=ReadHere())
    assert [problem.place for problem in found.problems] == ["."]
