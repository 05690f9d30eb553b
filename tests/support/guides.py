"""A guide of ``docs/``, as the commands that a reader would copy from it."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

_BLOCK = re.compile(r"(?ms)^( *)```sh\n(.*?)^\1```$")


def blocks(text: str) -> list[str]:
    """The shell commands of a page in Markdown, block by block, as they are copied from it."""
    return [textwrap.dedent(found[2]) for found in _BLOCK.finditer(text)]


def run(block: str, home: Path, tools: str = "") -> str:
    """Run a block in ``home``, with the folders ``tools`` and feedsvc on the path; gives what it printed.

    The first failure ends it.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    path = ":".join(filter(None, [tools, str(Path(sys.executable).parent), plain["PATH"]]))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=home,
        env=plain | {"PATH": path, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout
