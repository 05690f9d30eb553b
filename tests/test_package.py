"""The package as others get it: what its metadata say, what it needs, and that it installs from an index."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from repository import DEPLOY, ROOT
from serving import PATIENCE

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Source"]
UV = Path(sys.executable).with_name("uv")
NOT_IMPORTED = {"tzdata", "uvloop"}
"""Python's ``zoneinfo`` reads the first, and uvicorn chooses the second."""
WITH_ANOTHER = {"pydantic-core": "pydantic"}
"""Of these the other names the one version that it works with."""


def test_every_library_that_is_imported_is_named_and_no_other() -> None:
    """What comes only because another needs it may be gone with its next release."""
    required = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"]]
    named = {normalized(re.split(r"[\[<>=;~! ]", each)[0]) for each in required}
    providers = packages_distributions()
    imported = {normalized(providers[name][0]) for name in imports() - sys.stdlib_module_names - {"feedsvc"}}
    assert {WITH_ANOTHER.get(name, name) for name in imported} == named - NOT_IMPORTED


def imports() -> set[str]:
    """The top-level modules that the package imports anywhere."""
    found = set()
    for file in (ROOT / "feedsvc").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module))
    return {name.partition(".")[0] for name in found}


def normalized(name: str) -> str:
    """The name of a distribution as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_page_on_dependencies_names_the_lower_bounds() -> None:
    """Those that its table has; all others are the releases of three years ago."""
    page = (ROOT / "docs/explanation/dependencies.md").read_text("utf-8").partition("## Lower bounds")[2]
    told = dict(re.findall(r"(?m)^\| ([\w-]+) \| ([\d.]+) \|", page))
    required = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"]]
    bounds = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", "\n".join(required), re.MULTILINE))
    assert told.items() <= bounds.items()
    assert len(told) > 20


@pytest.mark.parametrize(
    "file",
    [ROOT / "pyproject.toml", ROOT / "mkdocs.yml", ROOT / "SECURITY.md", DEPLOY / "Dockerfile"],
    ids=lambda file: file.name,
)
def test_the_repository_has_one_address(file: Path) -> None:
    """That of ``[project.urls]``, wherever it is named."""
    owner, name = REPOSITORY.split("/")[-2:]
    found = re.findall(r"https://(?:github|raw\.githubusercontent)\.com/([\w.-]+/[\w-]+)", file.read_text("utf-8"))
    assert {*found} == {f"{owner}/{name}"}


def test_types_are_shipped() -> None:
    """The marker by which a type checker looks into the package (PEP 561)."""
    assert (ROOT / "feedsvc/py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["classifiers"]


@pytest.mark.slow
def test_it_runs_from_an_index_without_being_installed(tmp_path: Path) -> None:
    """``uvx feedsvc`` and ``pipx run feedsvc`` take the newest package, and run it in an environment of its own.

    The index is a folder with what is built here; what feedsvc depends on comes from the usual one.
    """
    build = run("build", "--quiet", "--out-dir", tmp_path / "index", ROOT)
    if "error sending request" in build.stderr:
        pytest.skip("there is no index to take the build system and the dependencies from")
    assert build.returncode == 0, build.stderr
    assert {file.suffix for file in (tmp_path / "index").iterdir()} >= {".whl", ".gz"}
    ran = run(
        "tool", "run", "--python", sys.executable, "--find-links", tmp_path / "index",
        "--constraints", ROOT / "constraints.txt", "--refresh-package", "feedsvc",
        "feedsvc", "check", ROOT / "articles",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "articles" in ran.stdout + ran.stderr


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command of uv."""
    return subprocess.run(
        [UV, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=2 * PATIENCE
    )
