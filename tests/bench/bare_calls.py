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

WALKS = 5


def main(directory: Path) -> None:
    """Print the seconds of the walks."""
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.strikethrough = extensions.tasklist = True
    extensions.footnotes = extensions.autolink = True
    cleaner = nh3.Cleaner()
    for path in _walk(str(directory)):
        _, header, body = Path(path).read_bytes().decode().split("---\n", 2)
        yaml.load(header, yaml.CBaseLoader)  # noqa: S506 - the base loader makes nothing but strings
        cleaner.clean(comrak.render_markdown(body, extension_options=extensions))
    seconds = []
    for _ in range(WALKS):
        begin = time.perf_counter()
        assert sum(1 for _ in _walk(str(directory)))
        seconds.append(time.perf_counter() - begin)
    sys.stdout.write(json.dumps(seconds))


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
