"""A program from its start to its end, and what that took."""

import ctypes
import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Whole:
    """What one process took."""

    seconds: float
    """By the clock on the wall."""
    processor: float
    """Seconds of all cores together, which other programs on the machine change less."""
    megabytes: float
    """Peak resident memory."""
    output: bytes


_PR_SET_CHILD_SUBREAPER = 36
"""This process becomes the parent of those whose own parent ends (prctl(2))."""


def run_whole(command: Sequence[str], folder: Path | None = None) -> Whole:
    """Run a program, in a folder if one is given.

    Raises:
        CalledProcessError: It failed.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)  # the one call that gives the peak of just this process
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    processor = usage.ru_utime + usage.ru_stime + _left_behind()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Whole(seconds, processor, usage.ru_maxrss / 1024, output)


def _left_behind() -> float:
    """The processor time of processes that the program started and did not wait for; they end with it."""
    seconds = 0.0
    with suppress(ChildProcessError):
        while True:
            usage = os.wait4(-1, 0)[2]
            seconds += usage.ru_utime + usage.ru_stime
    return seconds


def timed(whole: Whole) -> Mapping[str, list[tuple[float, float]]]:
    """What the program timed itself, by name: seconds of the processor, and by the clock."""
    found: Mapping[str, list[tuple[float, float]]] = json.loads(whole.output)
    return found


def without_what_it_timed(whole: Whole) -> Whole:
    """The cost of the rest."""
    several = [one for each in timed(whole).values() for one in each]
    processor, clock = (sum(one[number] for one in several) for number in (0, 1))
    return replace(whole, seconds=whole.seconds - clock, processor=whole.processor - processor)
