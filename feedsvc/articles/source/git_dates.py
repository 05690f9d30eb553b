"""History: when each file was first committed, where the articles directory lies in a checkout of git.

Git is asked once for all files, and only when a new article has no date of its own. It runs without a shell, for a
bounded time, and neither the network nor anything that a repository's configuration names is let in.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from feedsvc.articles.model import Problem, ReadArticle
from feedsvc.articles.source.listing import Known

_LOG = (
    *("-c", "log.showRoot=true", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"),
    *("log", "--reverse", "--diff-filter=AR", "--find-renames=100%", "--name-status", "--relative", "-z"),
    *("--no-show-signature", "--no-ext-diff", "--no-textconv", "--format=%x01%at", "--", "."),
)
"""Only renames of the very same bytes are followed: they are found without reading any file's content."""
_SHALLOW = ("rev-parse", "--is-shallow-repository")
_LONGEST = 60
"""In seconds."""
_LAST_SECOND = 253_402_300_799
"""Of the year 9999; a commit may claim any."""
_ELSE = "the files' times count in place of their first commits"


@dataclass(frozen=True, slots=True)
class GitHistory:
    """The history as git knows it."""

    first_commits: Mapping[str, datetime] = field(default_factory=dict)
    """By path relative to the articles directory: when the author of the first commit made it; aware, in UTC."""
    problem: Problem | None = None
    """A warning, where there is a checkout whose history cannot be read."""


class _NoHistoryError(Exception):
    """Git could not tell; ``remedy`` says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def with_first_commits(
    directory: Path, found: Sequence[ReadArticle], known: Mapping[str, Known], problems: list[Problem]
) -> Sequence[ReadArticle]:
    """The articles; each new one without a date gets the date of its first commit.

    Args:
        directory: The articles directory.
        found: The articles that were read.
        known: What the last round read, by path. Git is not asked for an article whose date is settled.
        problems: Takes a warning if the history cannot be read.
    """
    paths = {each.article.path for each in found if each.article.published is None}
    undated = {path for path in paths if path not in known or not known[path].settled}
    if not undated:
        return found
    history = history_of(directory)
    if history.problem is not None:
        problems.append(history.problem)
    return [
        replace(each, committed=history.first_commits.get(path))
        if (path := each.article.path) in undated
        else each
        for each in found
    ]


def history_of(directory: Path) -> GitHistory:
    """The history of the files in ``directory``; empty where it lies in no checkout.

    A clone without its whole history, a checkout of another user that git does not trust, and a missing git are a
    warning, and the history is empty.
    """
    place = Path(os.path.realpath(directory))
    if not any((folder / ".git").exists() for folder in (place, *place.parents)):
        return GitHistory()
    try:
        _refuse_shallow(place)
        return GitHistory(_first(_git(place, _LOG)))
    except _NoHistoryError as error:
        return GitHistory(problem=Problem(".", None, f"{error.what}; {_ELSE}", error.remedy, "warning"))


def _refuse_shallow(place: Path) -> None:
    if _git(place, _SHALLOW).strip() == b"true":
        raise _NoHistoryError("this is a shallow clone", "fetch the whole history (git fetch --unshallow)")


def _git(place: Path, arguments: tuple[str, ...]) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise _NoHistoryError("this is a checkout of git, and git is not installed", "install git")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603  no shell, and nothing of the articles is in the arguments
            (program, "-C", str(place), *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _NoHistoryError(
            f"git did not answer ({type(error).__name__})", "see what git log does there"
        ) from error
    if done.returncode:
        raise _refusal(done.stderr.decode(errors="replace"), place)
    return done.stdout


def _refusal(said: str, place: Path) -> _NoHistoryError:
    if "dubious ownership" in said:
        remedy = f"if you trust it, run git config --global --add safe.directory {place}"
        return _NoHistoryError("git does not trust a checkout of another user", remedy)
    if "does not have any commits" in said:
        return _NoHistoryError(
            "nothing is committed yet", "commit the articles, or write dates into their headers"
        )
    first = " ".join(said.split())[:200]
    return _NoHistoryError(f"git cannot read the history ({first})", "see what git log says there")


def _first(log: bytes) -> Mapping[str, datetime]:
    """The paths with the time of the commit in which each first appeared, under this or an earlier name."""
    found: dict[str, datetime] = {}
    moment = datetime.fromtimestamp(0, UTC)
    tokens = iter(log.split(b"\0"))
    for token in tokens:
        status = token.lstrip(b"\n")
        if status.startswith(b"\x01"):
            moment = datetime.fromtimestamp(min(max(int(status[1:]), 0), _LAST_SECOND), UTC)
        elif status.startswith(b"R"):
            before, after = os.fsdecode(next(tokens)), os.fsdecode(next(tokens))
            found[after] = found.get(before, moment)
        elif status:
            found.setdefault(os.fsdecode(next(tokens)), moment)
    return found
