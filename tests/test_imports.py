"""What a process loads: no more than it works with."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from repository import SAMPLES
from serving import Service, environment

import feedsvc
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import role as roles
from feedsvc.operations.serve.role import role_command

HOUSE = Path(feedsvc.__file__).parent
DOORS = {HOUSE / "__init__.py": "says the version", HOUSE / "cli/__init__.py": "is the program that is installed"}
FRONTS = sorted(path.relative_to(HOUSE).as_posix() for path in {*HOUSE.rglob("__init__.py")} - DOORS.keys())


@pytest.mark.parametrize("front", FRONTS)
def test_a_package_says_what_it_is_for_and_imports_nothing(front: str) -> None:
    """Who imports one module of a package loads that module; the package's own loads nothing beside it."""
    module = ast.parse((HOUSE / front).read_text("utf-8"))
    assert ast.get_docstring(module)
    assert len(module.body) == 1


PARSERS = {
    "babel", "charset_normalizer", "comrak", "feedgen", "jinja2", "linkify_it", "lxml", "nh3", "slugify", "yaml"
}  # fmt: skip
"""What reading articles and writing documents takes."""


COMMAND_LINE = {"pygments", "typer"}
"""What the command line takes; Pygments is what rich loads, whose own name is listed also where it is kept out."""


def test_the_service_loads_no_library_that_it_does_not_work_with() -> None:
    """It validates what it is given, and becomes the supervisor."""
    strangers = PARSERS | {"alembic", "apscheduler", "starlette", "uvicorn", "watchfiles"}
    assert strangers.isdisjoint(loaded_by("import feedsvc.cli.serve, feedsvc.operations.serve.service"))


def test_serve_loads_nothing_that_prints_tables(tmp_path: Path) -> None:
    """What it logs before it becomes the supervisor needs no rich, which would load Pygments."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "feedsvc", "serve", tmp_path, "--store", "sqlite:////missing/s.db"],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=environment(),
    )  # fmt: skip
    assert "create the folder, or name another file" in ended.stderr
    loaded = set(re.findall(r"(?m)^import time:.*\| +(\w+)", ended.stderr))
    assert {"sqlalchemy", "structlog"} <= loaded
    assert loaded.isdisjoint({"attr", "markdown_it", "pygments"})


def test_the_supervisor_loads_nothing_but_a_little_of_the_standard_library() -> None:
    """It lives as long as the service, and starts processes: whatever it loads is dead weight."""
    loaded = loaded_by("import feedsvc.operations.serve.supervisor") - loaded_by("")
    ours = {name for name in loaded if name.startswith("feedsvc")}
    rooms = {"feedsvc", "feedsvc.operations", "feedsvc.operations.serve"}
    modules = {f"feedsvc.operations.serve.{name}" for name in ("children", "supervisor")}
    assert ours == rooms | modules
    assert {name.partition(".")[0] for name in loaded - ours} <= sys.stdlib_module_names
    assert loaded.isdisjoint({"asyncio", "ctypes", "dataclasses", "email", "inspect", "logging", "ssl"})


def loaded_by(code: str) -> set[str]:
    """The modules that a process has loaded when it has run some code."""
    code = f"import sys\n{code}\nprint(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


@pytest.mark.parametrize(
    ("role", "strangers"),
    [
        ("publisher", COMMAND_LINE | {"alembic", "click", "httpx2", "markdownify", "starlette", "uvicorn"}),
        (
            "web",
            COMMAND_LINE | PARSERS
            | {"alembic", "apscheduler", "httpx2", "pathspec", "prometheus_client", "tinytag"},
        ),
    ],
)  # fmt: skip
def test_a_role_loads_no_library_that_it_does_not_work_with(
    role: str, strangers: set[str], tmp_path: Path
) -> None:
    """There is a web worker for each core, and each lives for months: what it never calls is dead weight."""
    assert all(map(find_spec, strangers))
    program, *arguments = role_command(role)
    settings = Settings.model_validate({"store": {"url": f"sqlite:///{tmp_path}/missing/feedsvc.db"}})
    inherited = roles.write(roles.Handover(settings, None, {}, None))
    ended = subprocess.run(
        [program, "-X", "importtime", *arguments], capture_output=True, text=True, check=False,
        env=environment() | {roles.VARIABLE: str(inherited)}, pass_fds=[inherited],
    )  # fmt: skip
    os.close(inherited)
    assert "create the folder, or name another file" in ended.stderr
    assert ended.returncode == 2
    loaded = set(re.findall(r"(?m)^import time:.*\| +(\w+)", ended.stderr))
    assert "sqlalchemy" in loaded
    assert strangers.isdisjoint(loaded)


def test_the_service_needs_little_memory_at_rest(tmp_path: Path) -> None:
    """With the sample articles: three processes in at most 140 MB, of which the supervisor has at most 25.

    What processes share counts once (PSS). The tools that measure coverage need memory too, so none is measured
    here. Readers are not counted: they end some time after their work.
    """
    unmeasured = ["env", "-u", "COVERAGE_PROCESS_CONFIG", "-u", "COVERAGE_PROCESS_START"]
    with Service(tmp_path, SAMPLES, "--port", 0, "--workers", 1, prefix=unmeasured) as service:
        service.ready()
        supervisor = psutil.Process(service.process.pid)
        processes = [supervisor, *service.children("publisher"), *service.children("web")]
        megabytes = [process.memory_full_info().pss / 1e6 for process in processes]
    assert len(processes) == 3
    assert megabytes[0] <= 25, megabytes
    assert sum(megabytes) <= 140, megabytes
