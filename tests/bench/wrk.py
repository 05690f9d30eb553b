"""wrk, and what it measured."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

NO_TWO_ALIKE = """
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", nil, { ["X-Number"] = tostring(number) })
end
"""
"""Every request with a field of its own, as if each came from another client."""


_AT_ONCE = ("chrt", "--fifo", "1")


@dataclass(frozen=True, slots=True)
class Speed:
    """What wrk measured."""

    requests: float
    """A second."""
    p99: float
    """In milliseconds."""


def wrk(
    url: str,
    headers: Mapping[str, str],
    cores: str,
    load: tuple[int, int],
    *,
    threads: int = 1,
    script: str | None = None,
    at_once: bool = False,
) -> Speed:
    """Ask for ``url`` from ``cores``; the load is a number of connections and one of seconds.

    A client that gets a core ``at_once`` stands for one that has a machine of its own; that takes root.

    Raises:
        AssertionError: An answer was missing, or had another status than 2xx or 3xx.
    """
    command = [*(_AT_ONCE if at_once else ()), "taskset", "-c", cores, "wrk", "--latency", "--timeout", "60s"]
    command += [f"-t{threads}", f"-c{load[0]}", f"-d{load[1]}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", script]
    output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if fault := re.search(r"(Non-2xx|Socket errors).*", output):
        raise AssertionError(f"wrk saw failures: {fault[0]}")
    return _parse(output)


def middle(speeds: Sequence[Speed]) -> Speed:
    """The medians."""
    return Speed(median(speed.requests for speed in speeds), median(speed.p99 for speed in speeds))


def _parse(output: str) -> Speed:
    requests = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output)
    if requests is None or p99 is None:
        raise ValueError(f"wrk printed what cannot be understood: {output}")
    return Speed(float(requests[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])
