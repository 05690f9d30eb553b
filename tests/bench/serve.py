"""Requests a second: one feedsvc web worker beside nginx with the same bytes, and beside what Python offers else.

    python tests/bench/serve.py [--rounds 5] [--seconds 2] [--connections 64 512]

All servers are pinned to one core and wrk to another; they take turns, and medians are compared. nginx holds the
feed as a file with its brotli form beside it; ``rivals.py`` says what the others are, which answer in gzip what
the first two answer in brotli. Needs nginx with the static brotli module, wrk, taskset and two cores with nothing
else to do: on a busy machine the slower server looks better than it is. It takes about three minutes.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from corpus import write_corpus
from wrk import NO_TWO_ALIKE, Speed, middle, wrk

FEED = "/atom.xml"
ARTICLES, WORDS = 60, 62
"""They make a feed of about 60 kB."""
BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NGINX = """
daemon off;
worker_processes {workers};
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
    alike: bool = True


CASES = (
    Case("200 br", "br, gzip", 200),
    Case("200 identity", "identity", 200),
    Case("304", "br, gzip", 304),
    Case("304, no two requests alike", "br, gzip", 304, alike=False),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, undecoded."""

    status: int
    coding: str
    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """One of those that take turns."""

    name: str
    port: int


def main() -> None:
    """Measure and print a table."""
    for line in _report(_options()):
        print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _report(options: argparse.Namespace) -> Iterator[str]:
    if reason := missing():
        yield f"skipped: {reason}"
        return
    server_core, client_core = sorted(os.sched_getaffinity(0))[:2]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        root = Path(name)
        ours = Server("feedsvc", running.enter_context(feedsvc(root, str(server_core))))
        nginx = Server("nginx", running.enter_context(nginx_beside(ours.port, root, str(server_core))))
        rivals = [
            Server(words, running.enter_context(_rival(app, root, server_core)))
            for app, words in (("static", "StaticFiles"), ("generated", "one generation per request"))
        ]
        for case in CASES:
            _check(case, ours.port, nginx.port)
        (root / "alike.lua").write_text(NO_TWO_ALIKE, "utf-8")
        yield f"{_sizes(ours.port)}; load average at the start {os.getloadavg()[0]:.1f}"
        for connections in options.connections:
            yield ""
            yield f"| {connections} connections | server | requests | to nginx | p99 | to nginx |"
            yield "|---|---|---:|---:|---:|---:|"
            for case in CASES:
                servers = [ours, nginx, *rivals] if case.alike else [ours, nginx]
                yield from _measure(case, servers, connections, (client_core, root / "alike.lua"), options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=int, default=2, help="length of a measurement")
    parser.add_argument("--connections", type=int, nargs="+", default=[64, 512])
    return parser.parse_args()


def missing() -> str | None:
    """What this machine lacks, if anything."""
    for program in ("nginx", "wrk", "taskset"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if not BROTLI_MODULE.exists():
        return "nginx's static brotli module is not installed"
    if len(os.sched_getaffinity(0)) < 2:
        return "it takes two cores, one for the server and one for wrk"
    return None


@contextlib.contextmanager
def feedsvc(root: Path, cores: str, workers: int = 1) -> Iterator[int]:
    """A running feedsvc with so many web workers; gives its port."""
    write_corpus(root / "articles", ARTICLES, WORDS)
    port = _free_port()
    command = [_feedsvc_program(), "serve", str(root / "articles"), "--workers", str(workers), "--port", str(port)]
    command += ["--store", f"sqlite:///{root}/bench.db", "--interval", "3600"]
    with _running(command, cores, root):
        _await_feed(port, root / "output.log")
        yield port


@contextlib.contextmanager
def nginx_beside(ours: int, root: Path, cores: str, workers: int = 1) -> Iterator[int]:
    """A running nginx that holds what feedsvc on port ``ours`` serves; gives its port."""
    (root / "www").mkdir()
    (root / "www/atom.xml").write_bytes(_ask(ours, {"Accept-Encoding": "identity"}).body)
    (root / "www/atom.xml.br").write_bytes(_ask(ours, {"Accept-Encoding": "br"}).body)
    port = _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    config = root / "nginx.conf"
    text = NGINX.format(user=user, root=root, module=BROTLI_MODULE, port=port, workers=workers)
    config.write_text(text, "utf-8")
    with _running(["nginx", "-c", str(config), "-e", str(root / "error.log")], cores, root):
        _await_feed(port, root / "output.log")
        yield port


@contextlib.contextmanager
def _rival(app: str, root: Path, core: int) -> Iterator[int]:
    """One of the applications of ``rivals.py`` under uvicorn; gives its port."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", f"rivals:{app}", "--port", str(port), "--no-access-log"]
    command += ["--app-dir", str(Path(__file__).parent), "--log-level", "warning", "--backlog", "2048"]
    with _running(["env", f"RIVAL_FEED={root}/www/atom.xml", *command], str(core), root):
        _await_feed(port, root / "output.log")
        yield port


def _feedsvc_program() -> str:
    return str(Path(sys.executable).parent / "feedsvc")


@contextlib.contextmanager
def _running(command: Sequence[str], cores: str, directory: Path) -> Iterator[None]:
    """Run ``command`` on these ``cores`` until the block ends."""
    with (directory / "output.log").open("ab") as log:
        process = subprocess.Popen(["taskset", "-c", cores, *command], cwd=directory, stdout=log, stderr=log)
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
        TimeoutError: It was not, within two minutes.
    """
    end = time.monotonic() + 120
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


def headers_of(case: Case, port: int) -> dict[str, str]:
    """What to send for ``case``; each server is asked with its own entity tag."""
    headers = {"Accept-Encoding": case.coding}
    if case.status == 304:
        headers["If-None-Match"] = _ask(port, headers).etag
    return headers


def _check(case: Case, ours: int, theirs: int) -> None:
    """See that both servers answer ``case`` as meant, and alike."""
    answers = [_ask(port, headers_of(case, port)) for port in (ours, theirs)]
    for answer in answers:
        if answer.status != case.status or (case.status == 200 and answer.coding != case.coding.partition(",")[0]):
            raise AssertionError(f"{case.name}: got {answer.status} {answer.coding}")
    if answers[0].body != answers[1].body:
        raise AssertionError(f"{case.name}: the servers send different bytes")


def _sizes(port: int) -> str:
    plain, brotli = (len(_ask(port, {"Accept-Encoding": coding}).body) for coding in ("identity", "br"))
    return f"{FEED}: {plain:,} bytes, br {brotli:,} bytes"


def _measure(
    case: Case,
    servers: Sequence[Server],
    connections: int,
    client: tuple[int, Path],
    options: argparse.Namespace,
) -> Iterator[str]:
    """Let the servers take turns, so that what else the machine does strikes all alike; give a row for each."""
    core, script = client
    speeds: dict[Server, list[Speed]] = {server: [] for server in servers}
    for turn in range(options.rounds):
        for server in servers if turn % 2 == 0 else servers[::-1]:
            url = f"http://127.0.0.1:{server.port}{FEED}"
            vary = None if case.alike else str(script)
            headers = headers_of(case, server.port)
            speeds[server].append(wrk(url, headers, str(core), (connections, options.seconds), script=vary))
    for server in servers:
        yield _row(case, server, speeds[server], speeds[servers[1]])


def _row(case: Case, server: Server, speeds: Sequence[Speed], nginx: Sequence[Speed]) -> str:
    """Medians, and the medians of the turns' ratios to nginx."""
    pairs = list(zip(speeds, nginx, strict=True))
    faster = median(one.requests / other.requests for one, other in pairs)
    later = median(one.p99 / other.p99 for one, other in pairs)
    typical = middle(speeds)
    return (
        f"| {case.name} | {server.name} | {typical.requests:,.0f}/s | **{faster:.3g}** "
        f"| {typical.p99:.1f} ms | {later:.1f} |"
    )


if __name__ == "__main__":
    main()
