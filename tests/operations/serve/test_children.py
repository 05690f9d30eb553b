"""A role's process is replaced by another without a gap, or goes on if the other cannot do its work."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import processes, wait_for

from feedsvc.operations.serve.children import Child, Log, Role

READY = "from feedsvc.operations.serve.children import tell_ready as t; t(); import signal; signal.pause()"
SILENT = "import signal; signal.pause()"
FAILS = "raise SystemExit(3)"


class Scene:
    """A child whose program can be exchanged, and what it logged."""

    def __init__(self, script: Path) -> None:
        self._script = script
        self.output = io.StringIO()
        self.child = Child(
            Role("web", (sys.executable, str(script)), longest_delay=0.2), Log("logfmt", "info", self.output)
        )

    def play(self, program: str) -> None:
        """Have new processes run a program."""
        self._script.write_text(program)

    def first(self) -> int:
        """The first process, which is ready: what its program was, it has read."""
        (process,) = wait_for(self.processes, "the first process")
        current = self.child._current
        assert current is not None
        wait_for(current.is_ready, "the first process to be ready")
        return process

    def processes(self) -> set[int]:
        """The processes that run now, once all is done that is due."""
        self.child.keep_alive()
        return {each.pid for each in processes(str(self._script))}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A child with a process that is ready."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    scene = Scene(tmp_path / "role.py")
    scene.play(READY)
    yield scene
    scene.child.send(9)  # type: ignore[arg-type] # any number will do
    scene.child.wait()


def test_the_old_process_ends_when_the_new_one_is_ready(scene: Scene) -> None:
    """Until then both run."""
    old = scene.first()
    scene.play(SILENT)
    scene.child.renew()
    wait_for(lambda: len(scene.processes()) == 2, "both processes")
    assert old in scene.processes()
    scene.play(READY)
    scene.child.renew()
    wait_for(lambda: len(scene.processes()) == 1 and old not in scene.processes(), "the new process alone")
    assert scene.output.getvalue() == ""


def test_the_old_process_goes_on_while_a_new_one_fails(scene: Scene) -> None:
    """It is tried again, and taken as soon as it works."""
    old = scene.first()
    scene.play(FAILS)
    scene.child.renew()
    wait_for(lambda: scene.processes() and scene.output.getvalue().count("status=3") > 1, "two failures")
    assert old in scene.processes()
    scene.play(READY)
    wait_for(lambda: len(scene.processes()) == 1 and old not in scene.processes(), "the new process alone")
