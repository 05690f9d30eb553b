"""Finds the lowest release of a library that passes tests, for a lower bound in pyproject.toml.

    .venv/bin/python tests/support/lower_bound.py babel 2.13 tests/core/i18n tests/documents/pages

Only the library changes, from the named release on; all others have the versions of constraints.txt, in an
environment of its own (build/lower-bound). A release without a wheel for this Python counts as one that fails. If
the named release fails, the others are halved, so a release that fails between two that pass may be overlooked;
``.ci/other-pythons`` tries the bounds together.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version
from repository import ROOT

ENVIRONMENT = ROOT / "build/lower-bound"
UV = Path(sys.executable).with_name("uv")


def main() -> None:
    """Print what each release that is tried does, and the lowest that passes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", help="its name on the package index")
    parser.add_argument("first", type=Version, help="the lowest release to try")
    parser.add_argument("tests", nargs="+", help="arguments of pytest")
    parser.add_argument(
        "--python", default=sys.executable, help="the interpreter; the oldest one that is supported"
    )
    options = parser.parse_args()
    _uv("venv", "--quiet", "--clear", "--python", options.python, ENVIRONMENT)
    _uv("pip", "install", "--quiet", "--python", ENVIRONMENT, "-c", "constraints.txt", "-e", ".[test]")
    found = lowest(
        [each for each in releases(options.library) if each >= options.first],
        lambda release: passes(f"{options.library}=={release}", options.tests),
    )
    sys.stdout.write(f"the lowest release that passes: {found}\n")


def releases(library: str) -> Sequence[Version]:
    """All final releases that have a wheel for this Python, from the oldest on."""
    command = [sys.executable, "-m", "pip", "index", "versions", "--only-binary", ":all:", library]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Available versions: (.*)", told)
    return sorted(filter(None, map(_final, found[1].split(", ")))) if found else []


def _final(name: str) -> Version | None:
    try:
        version = Version(name)
    except InvalidVersion:  # as early packages have them
        return None
    return None if version.is_prerelease else version


def passes(requirement: str, tests: Sequence[str]) -> bool:
    """Whether the tests pass with this release, and what it needs itself."""
    installed = _uv("pip", "install", "--only-binary", ":all:", "--python", ENVIRONMENT, requirement, check=False)
    if installed.returncode:
        sys.stdout.write(f"{requirement} cannot be installed\n")
        return False
    command = [str(ENVIRONMENT / "bin/python"), "-m", "pytest", "-q", "-x", "-m", "not slow", *tests]
    tested = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = ["", *filter(None, tested.stdout.splitlines())][-1]
    is_good = tested.returncode == 0
    sys.stdout.write(f"{requirement} {'passes' if is_good else 'fails'}: {told}\n")
    return is_good


def lowest(candidates: Sequence[Version], is_good: Callable[[Version], bool]) -> Version:
    """The lowest of the candidates that is good, of which the last one is known to be, by halving.

    Raises:
        ValueError: There are no candidates.
    """
    if not candidates:
        raise ValueError("no release is as new as the first one to try")
    if is_good(candidates[0]):
        return candidates[0]
    bad, good = 0, len(candidates) - 1
    while good - bad > 1:
        middle = (bad + good) // 2
        bad, good = (bad, middle) if is_good(candidates[middle]) else (middle, good)
    return candidates[good]


def _uv(*arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run([UV, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=check)


if __name__ == "__main__":
    main()
