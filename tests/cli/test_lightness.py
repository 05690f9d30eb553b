"""What the command line loads before it knows what to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from serving import PATIENCE, environment

HEAVY = {"lxml", "feedgen", "sqlalchemy", "comrak", "starlette", "uvicorn", "apscheduler", "httpx2", "structlog"}
"""Libraries, each of which takes longer to load than help takes to be told."""
SCRIPT = """
import json, sys
from feedsvc.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("serve", "--help"), ("store", "--help"), ("settings", "--help")]
)
def test_help_loads_no_room_that_works(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Only the settings are loaded, and no other room: help and completion answer at once."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    loaded = set(json.loads(done.stderr))
    assert not loaded & HEAVY
    rooms = {"articles", "channels", "documents", "responses", "store", "web", "publishing", "operations"}
    assert not loaded & {f"feedsvc.{name}" for name in rooms}
    assert done.stdout
