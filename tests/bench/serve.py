"""Requests a second: one feedsvc web worker beside nginx with the same bytes, in the same run.

    python tests/bench/serve.py [--rounds 7] [--seconds 5] [--connections 64]

Both servers are pinned to one core and wrk to another; they take turns, and medians are compared. nginx
holds the feed as a file with its brotli form beside it. Needs nginx with the static brotli module, wrk,
taskset and two cores with nothing else to do: on a busy machine the slower server looks better than it is.
"""

import argparse
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import write_corpus

FEED = "/atom.xml"
ARTICLES, WORDS = 60, 110
"""They make a feed of about 80 kB."""
BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NGINX = """
daemon off;
worker_processes 1;
{user}
pid {root}/nginx.pid;
error_log {root}/error.log;
load_module {module};
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1h;
  types {{ application/atom+xml xml; }}
  add_header Cache-Control "public, max-age=60";
  add_header Vary Accept-Encoding;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    root {root}/www;
    brotli_static on;
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked for, and what the answer has to be."""

    name: str
    coding: str
    status: int


CASES = (Case("200 br", "br", 200), Case("200 identity", "identity", 200), Case("304", "br", 304))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, undecoded."""

    status: int
    coding: str
    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Speed:
    """What wrk measured."""

    requests: float
    """A second."""
    p99: float
    """In milliseconds."""


def main() -> None:
    """Measure and print a table."""
    for line in _report(_options()):
        print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _report(options: argparse.Namespace) -> Iterator[str]:
    if reason := _missing():
        yield f"skipped: {reason}"
        return
    server_core, client_core = sorted(os.sched_getaffinity(0))[:2]
    with (
        tempfile.TemporaryDirectory() as name,
        _feedsvc(Path(name), server_core) as ours,
        _nginx(Path(name), ours, server_core) as theirs,
    ):
        for case in CASES:
            _check(case, ours, theirs)
        yield f"{_sizes(ours)}; load average at the start {os.getloadavg()[0]:.1f}"
        yield ""
        yield f"| {options.connections} connections | feedsvc | nginx | ratio | p99 feedsvc | p99 nginx |"
        yield "|---|---:|---:|---:|---:|---:|"
        for case, speeds in _measure((ours, theirs), client_core, options).items():
            yield _row(case, speeds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=int, default=5, help="length of a measurement")
    parser.add_argument("--connections", type=int, default=64)
    return parser.parse_args()


def _missing() -> str | None:
    for program in ("nginx", "wrk", "taskset"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if not BROTLI_MODULE.exists():
        return "nginx's static brotli module is not installed"
    if len(os.sched_getaffinity(0)) < 2:
        return "it takes two cores, one for the server and one for wrk"
    return None


@contextlib.contextmanager
def _feedsvc(root: Path, core: int) -> Iterator[int]:
    """A running feedsvc; gives its port."""
    write_corpus(root / "articles", ARTICLES, WORDS)
    port = _free_port()
    command = [_feedsvc_program(), "serve", str(root / "articles"), "--workers", "1", "--port", str(port)]
    command += ["--store", f"sqlite:///{root}/bench.db", "--interval", "3600"]
    with _running(command, core, root):
        _await_feed(port, root / "output.log")
        yield port


@contextlib.contextmanager
def _nginx(root: Path, ours: int, core: int) -> Iterator[int]:
    """A running nginx that holds what feedsvc on port ``ours`` serves; gives its port."""
    (root / "www").mkdir()
    (root / "www/atom.xml").write_bytes(_ask(ours, {"Accept-Encoding": "identity"}).body)
    (root / "www/atom.xml.br").write_bytes(_ask(ours, {"Accept-Encoding": "br"}).body)
    port = _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    config = root / "nginx.conf"
    config.write_text(NGINX.format(user=user, root=root, module=BROTLI_MODULE, port=port), "utf-8")
    with _running(["nginx", "-c", str(config), "-e", str(root / "error.log")], core, root):
        _await_feed(port, root / "output.log")
        yield port


def _feedsvc_program() -> str:
    return str(Path(sys.executable).parent / "feedsvc")


@contextlib.contextmanager
def _running(command: Sequence[str], core: int, directory: Path) -> Iterator[None]:
    """Run ``command`` on one ``core`` until the block ends."""
    with (directory / "output.log").open("ab") as log:
        process = subprocess.Popen(["taskset", "-c", str(core), *command], cwd=directory, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_feed(port: int, log: Path) -> None:
    """Return once the feed is served.

    Raises:
        TimeoutError: It was not, within half a minute.
    """
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if _ask(port, {}).status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing serves {FEED} on port {port}:\n{log.read_text()}")


def _ask(port: int, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", FEED, headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
    coding = response.headers.get("Content-Encoding", "identity")
    return Answer(response.status, coding, response.headers.get("ETag", ""), body)


def _headers(case: Case, port: int) -> dict[str, str]:
    """What to send for ``case``; each server is asked with its own entity tag."""
    headers = {"Accept-Encoding": case.coding}
    if case.status == 304:
        headers["If-None-Match"] = _ask(port, headers).etag
    return headers


def _check(case: Case, ours: int, theirs: int) -> None:
    """See that both servers answer ``case`` as meant, and alike."""
    answers = [_ask(port, _headers(case, port)) for port in (ours, theirs)]
    for answer in answers:
        if answer.status != case.status or (case.status == 200 and answer.coding != case.coding):
            raise AssertionError(f"{case.name}: got {answer.status} {answer.coding}")
    if answers[0].body != answers[1].body:
        raise AssertionError(f"{case.name}: the servers send different bytes")


def _sizes(port: int) -> str:
    plain, brotli = (len(_ask(port, {"Accept-Encoding": coding}).body) for coding in ("identity", "br"))
    return f"{FEED}: {plain:,} bytes, br {brotli:,} bytes"


def _measure(
    ports: tuple[int, int], core: int, options: argparse.Namespace
) -> Mapping[Case, Sequence[tuple[Speed, Speed]]]:
    """Let both servers take turns at every case, so that what else the machine does strikes all alike."""
    speeds: dict[Case, list[tuple[Speed, Speed]]] = {case: [] for case in CASES}
    for turn in range(options.rounds):
        for case in CASES:
            order = ports if turn % 2 == 0 else ports[::-1]
            pair = {port: _wrk(port, _headers(case, port), core, options) for port in order}
            speeds[case].append((pair[ports[0]], pair[ports[1]]))
    return speeds


def _row(case: Case, speeds: Sequence[tuple[Speed, Speed]]) -> str:
    """Medians of both servers; the ratio is the median of the turns' ratios."""
    ours, theirs = (_median(several) for several in zip(*speeds, strict=True))
    ratio = statistics.median(our.requests / their.requests for our, their in speeds)
    return (
        f"| {case.name} | {ours.requests:,.0f}/s | {theirs.requests:,.0f}/s | **{ratio:.2f}** "
        f"| {ours.p99:.1f} ms | {theirs.p99:.1f} ms |"
    )


def _median(speeds: Sequence[Speed]) -> Speed:
    return Speed(
        statistics.median(speed.requests for speed in speeds), statistics.median(speed.p99 for speed in speeds)
    )


def _wrk(port: int, headers: Mapping[str, str], core: int, options: argparse.Namespace) -> Speed:
    command = ["taskset", "-c", str(core), "wrk", "--latency", "-t1", f"-c{options.connections}"]
    command += [f"-d{options.seconds}s", f"http://127.0.0.1:{port}{FEED}"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if fault := re.search(r"(Non-2xx|Socket errors).*", output):
        raise AssertionError(f"wrk saw failures: {fault[0]}")
    return _parse(output)


def _parse(output: str) -> Speed:
    """What wrk printed, as numbers."""
    requests = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output)
    if requests is None or p99 is None:
        raise ValueError(f"wrk printed what cannot be understood: {output}")
    return Speed(float(requests[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


if __name__ == "__main__":
    main()
