"""Measured by round.py: read, YAML, comrak and nh3 over DIRECTORY as single calls with nothing between them.

Then bare walks of the tree, with scandir and stat.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import comrak
import nh3
import yaml

WALKS = 9


def main(directory: Path) -> None:
    """Print the seconds of the walks, on the processor and by the clock."""
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.strikethrough = extensions.tasklist = True
    extensions.footnotes = extensions.autolink = True
    cleaner = nh3.Cleaner()
    for path in _walk(str(directory)):
        _, header, body = Path(path).read_bytes().decode().split("---\n", 2)
        yaml.load(header, yaml.CBaseLoader)  # noqa: S506 - the base loader makes nothing but strings
        cleaner.clean(comrak.render_markdown(body, extension_options=extensions))
    walks = []
    for _ in range(WALKS):
        processor, clock = time.process_time(), time.perf_counter()
        assert sum(1 for _ in _walk(str(directory)))
        walks.append((time.process_time() - processor, time.perf_counter() - clock))
    sys.stdout.write(json.dumps({"walks": walks}))


def _walk(directory: str) -> Iterator[str]:
    """Every file of the tree, each looked at with stat."""
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                yield entry.path


if __name__ == "__main__":
    main(Path(sys.argv[1]))
