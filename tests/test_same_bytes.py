"""The same articles and the same ledger give the same bytes, on whatever machine."""

import subprocess
import sys
from pathlib import Path

import pytest
from repository import SUPPORT
from serving import environment

ONE_EDITION = SUPPORT / "one_edition.py"


def published(home: Path, *arguments: str, **variables: str) -> list[str]:
    """What a process of its own publishes in ``home``: a line for each path and each record."""
    home.mkdir(parents=True)
    command = [sys.executable, str(ONE_EDITION), str(home), *arguments]
    done = subprocess.run(command, env=environment() | variables, capture_output=True, text=True, check=False)
    if "unsupported locale setting" in done.stderr:
        pytest.skip(f"the locale {variables['LC_ALL']} is not installed")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_paths_locales_time_zones_and_hash_seeds_change_nothing(tmp_path: Path) -> None:
    """Nor does the order in which the files were written: every byte, header, tag, id and date is the same."""
    one = published(tmp_path / "a", PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    other = published(
        tmp_path / "another folder" / "b",
        "backward",
        PYTHONHASHSEED="4711",
        LC_ALL="de_DE.UTF-8",
        TZ="Pacific/Auckland",
    )
    assert len(one) > 100
    assert one == other
