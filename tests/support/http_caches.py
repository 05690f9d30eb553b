"""Caches as ``deploy/`` configures them, in front of a real feedsvc."""

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx2
import pytest
from repository import DEPLOY
from serving import PATIENCE, Service, wait_for, write


class Cached:
    """A service, and the address of the cache in front of it."""

    def __init__(self, service: Service, url: str) -> None:
        self.service = service
        self.url = url

    def ask(self, path: str = "/atom.xml", method: str = "GET", **headers: str) -> httpx2.Response:
        """Ask the cache, with no field of the client's own but these; "_" stands for "-"."""
        with httpx2.Client(timeout=PATIENCE) as client:
            client.headers.clear()
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            return client.request(method, self.url + path, headers=fields)

    def forget(self, path: str = "/atom.xml", **headers: str) -> httpx2.Response:
        """Have the copy that a request like this is answered with fetched anew, as an operator does."""
        varnish = "x-varnish" in self.ask(path).headers
        return self.ask(path, "PURGE") if varnish else self.ask(path, x_refresh="1", **headers)

    def settled(self) -> Self:
        """Wait until the cache holds what feedsvc serves now, whatever an earlier test has published."""
        wait_for(lambda: self._tags(self.url) == self._tags(self.service.url), "the newest copies")
        return self

    @staticmethod
    def _tags(url: str) -> list[str]:
        """The feed's tag in each coding."""
        asked = [{"accept-encoding": coding} for coding in ("", "gzip", "br")]
        return [
            httpx2.get(f"{url}/atom.xml", headers=fields, timeout=PATIENCE).headers["etag"] for fields in asked
        ]

    def write(self, name: str, title: str, text: str = "Nothing more is known.") -> None:
        """Publish another story, and wait until feedsvc itself serves it."""
        write(self.service.home / "stories", {name: f"{title}\n\n{text}\n"})
        self.service.scan()
        wait_for(lambda: title in self.service.get("/atom.xml").text, title)


def _needs(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def free_port() -> int:
    """A port that nothing listens on, and that the system does not give to whoever asks for any port."""
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311 - no secret
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def adapted(name: str, changes: dict[str, str]) -> str:
    """A file of ``deploy/`` with just these places changed, each of which has to be there once."""
    return _changed((DEPLOY / name).read_text("utf-8"), changes)


def _changed(text: str, changes: dict[str, str]) -> str:
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


@contextmanager
def nginx(
    service: Service,
    home: Path,
    upstream: str = "nginx-upstream.conf",
    *,
    behind: Sequence[str] = (),
    more: Sequence[str] = (),
) -> Iterator[str]:
    """Nginx before a service, with its files in ``home``; gives its address.

    Args:
        service: What it asks.
        home: A folder for all that it writes.
        upstream: The file that says where feedsvc is.
        behind: ``host:port`` of each process that serves, in place of the service's own.
        more: Configuration for its ``http`` block, beside that of ``deploy/``.
    """
    port = free_port()
    servers = [f"server {each};" for each in behind or (service.url.removeprefix("http://"),)]
    server = "server 127.0.0.1:8000;" if upstream == "nginx-upstream.conf" else "server web:8000;"
    listens = {"listen 80;": f"listen 127.0.0.1:{port};"}
    files = [adapted(upstream, {server: " ".join(servers)}), _site(home, listens)]
    with nginx_with(home, [*files, *more], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_with_tls(service: Service, home: Path, plain: int, port: int, certificate: Path) -> Iterator[None]:
    """Nginx before a service, on two ports, with the certificate of a PEM file that holds its key too."""
    (home / "feedsvc.d").mkdir()
    names = ("fullchain", "privkey")
    keys = {f"/etc/letsencrypt/live/news.example.org/{name}.pem": str(certificate) for name in names}
    places = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "listen [::]:80;": "",
        "root /var/www/acme;": f"root {home}/acme;",
        "access_log /var/log/nginx/access.log": f"access_log {home}/access.log",
        "https://$host$request_uri": f"https://$host:{port}$request_uri",
    }
    tls = adapted("nginx-tls.conf", places | keys)
    (home / "feedsvc.d" / "nginx-tls.conf").write_text(tls, "utf-8")
    upstream = {"server 127.0.0.1:8000;": f"server {service.url.removeprefix('http://')};"}
    files = [adapted("nginx-upstream.conf", upstream), _site(home, {"listen 80;": f"listen 127.0.0.1:{plain};"})]
    with nginx_with(home, files, port):
        yield


@contextmanager
def caddy(service: Service, home: Path, configuration: str | None = None) -> Iterator[str]:
    """Caddy before a service, without TLS; gives its address.

    Args:
        service: What it asks.
        home: A folder for all that it writes.
        configuration: In place of ``deploy/Caddyfile``, for the same host name and service.
    """
    program = _needs("caddy")
    port = free_port()
    text = configuration or (DEPLOY / "Caddyfile").read_text("utf-8")
    places = {
        "news.example.org {": f"http://127.0.0.1:{port} {{",
        "reverse_proxy 127.0.0.1:8000": f"reverse_proxy {service.url.removeprefix('http://')}",
    }
    file = home / "Caddyfile"
    options = f"{{\n\tadmin off\n\tstorage file_system {home}/caddy\n}}\n"
    file.write_text(options + _changed(text, places), "utf-8")
    with _running([program, "run", "--config", str(file), "--adapter", "caddyfile"], port, home / "caddy.log"):
        yield f"http://127.0.0.1:{port}"


def _site(home: Path, listens: dict[str, str]) -> str:
    """``nginx.conf`` with its own files below ``home``."""
    places = {
        "proxy_cache_path /var/cache/nginx/feedsvc": f"proxy_cache_path {home}/cache",
        "include /etc/nginx/feedsvc.d/*.conf;": f"include {home}/feedsvc.d/*.conf;",
    }
    return adapted("nginx.conf", places | listens)


@contextmanager
def nginx_with(home: Path, files: Sequence[str], port: int) -> Iterator[None]:
    """Nginx with these files in its ``http`` block, one of which lets it listen on ``port``."""
    program = _needs("nginx")
    (home / "cache").mkdir()
    (home / "feedsvc.conf").write_text("\n".join(files), "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {home}/{kind};" for kind in kinds)
    inner = f"access_log {home}/access.log; {folders} include {home}/feedsvc.conf;"
    main = f"daemon off; {user} pid {home}/nginx.pid; events {{}} http {{ {inner} }}"
    (home / "nginx.conf").write_text(main, "utf-8")
    with _running([program, "-c", f"{home}/nginx.conf", "-e", f"{home}/nginx.log"], port, home / "nginx.log"):
        yield


@contextmanager
def varnish(service: Service, home: Path, port: int | None = None) -> Iterator[str]:
    """Varnish before a service, on a port or a free one, with its files in ``home``; gives its address."""
    program, port = _needs("varnishd"), port or free_port()
    _needs("gcc")  # varnish compiles its configuration
    host, _, behind = service.url.removeprefix("http://").partition(":")
    places = {'.host = "127.0.0.1";': f'.host = "{host}";', '.port = "8000";': f'.port = "{behind}";'}
    (home / "feedsvc.vcl").write_text(adapted("varnish.vcl", places), "utf-8")
    command = [program, "-F", "-n", f"{home}/varnish", "-a", f"127.0.0.1:{port}", "-f", f"{home}/feedsvc.vcl"]
    command += ["-p", "http_gzip_support=off", "-s", "default,32m"]
    if os.geteuid() == 0:  # it would become a user who may not read the test's folder
        command[1:1] = ["-j", "none"]
    with _running(command, port, home / "varnish.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a program until the block ends; it begins once something listens on the port."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            wait_for(lambda: _listens(port) or process.poll() is not None, f"port {port}")
            assert process.poll() is None, log.read_text("utf-8")
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
