"""The Dockerfile: what a linter says, and what it promises."""

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from dockerfile import environment, instructions
from repository import DEPLOY

FILE = DEPLOY / "Dockerfile"
ROOT = DEPLOY.parent
FOUND = list(instructions(FILE))


def test_a_linter_has_nothing_to_say() -> None:
    """hadolint, with every rule and the shell's."""
    program = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([program, "--no-color", FILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_base_is_named_by_its_version() -> None:
    """To the last number, the same for both stages, and in the series that the tests run with."""
    bases = {each.rest.split(" ")[0] for each in FOUND if each.word == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", bases.pop())


def test_its_labels_say_what_the_package_says() -> None:
    """By the names that the OCI has for them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (labels,) = (each.rest for each in FOUND if each.word == "LABEL")
    assert dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]+)"', labels)) == {
        "title": project["name"],
        "description": project["description"],
        "source": project["urls"]["Source"],
        "documentation": project["urls"]["Documentation"],
        "licenses": project["license"],
    }


def test_it_runs_as_an_unprivileged_user() -> None:
    """By number, so that an orchestrator can tell (runAsNonRoot), and until the end."""
    users = [each.rest for each in FOUND if each.word == "USER"]
    assert users == ["10001:10001"]


def test_only_feedgen_may_come_as_source() -> None:
    """It has no wheel. The image itself is made of wheels alone, without asking a registry."""
    runs = [each.rest for each in FOUND if each.word == "RUN"]
    build, install = (run for run in runs if "pip" in run)
    assert re.findall(r"--(?:only|no)-binary \S+", build) == ["--only-binary :all:", "--no-binary feedgen"]
    assert re.findall(r"--(?:only|no)-binary \S+|--no-index", install) == ["--no-index", "--only-binary :all:"]


@pytest.mark.parametrize(
    "name", sorted({word for each in FOUND if each.word == "COPY" for word in each.rest.split()[:-1]})
)
def test_what_is_copied_is_sent_to_the_builder(name: str) -> None:
    """The ignore file beside the Dockerfile holds back all else; its last fitting line counts."""
    source = ROOT / name
    files = [source] if source.is_file() else sorted(source.rglob("*.py"))
    assert files
    assert [file for file in files if held_back(file.relative_to(ROOT))] == []


@pytest.mark.parametrize("name", ["feedsvc.db", ".git/config", ".venv/bin/python", "feedsvc/__pycache__/x.pyc"])
def test_nothing_else_is_sent_to_the_builder(name: str) -> None:
    """Least of all a store, or a history."""
    assert held_back(Path(name))


def held_back(path: Path) -> bool:
    """Whether the ignore file holds back a path: the last line that fits it, or a folder above it, counts."""
    verdict = False
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        above = [path, *path.parents][:-1]
        names = [each.name if "**/" in line else str(each) for each in above]
        if not line.startswith("#") and any(fnmatchcase(each, pattern) for each in names):
            verdict = not line.startswith("!")
    return verdict


def test_the_store_is_in_the_volume() -> None:
    """So that ids and dates outlive the container."""
    (volume,) = [each.listed for each in FOUND if each.word == "VOLUME"]
    assert environment(FILE)["FEEDSVC_STORE__URL"].startswith(f"sqlite:///{volume[0]}/")
