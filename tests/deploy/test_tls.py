"""``deploy/nginx-tls.conf``: nginx with TLS in front, with a certificate made for the test."""

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from http_caches import free_port, nginx_with_tls
from serving import PATIENCE, Service, wait_for, write

pytestmark = pytest.mark.slow

NAME = "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """Where nginx answers."""

    plain: str
    secure: str
    trust: ssl.SSLContext
    home: Path

    def get(self, url: str, **headers: str) -> httpx2.Response:
        """Ask, and follow no redirect."""
        with httpx2.Client(verify=self.trust, timeout=PATIENCE) as client:
            return client.get(url, headers=headers)


def certificate_for(name: str, home: Path) -> Path:
    """A certificate that signs itself, with its key in the same file."""
    file = home / "pair.pem"
    made = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    about = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    command = ["openssl", "req", *made, *about, "-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text((home / "cert.pem").read_text() + (home / "key.pem").read_text())
    return file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A feedsvc with an https base URL, and nginx on two ports."""
    home = tmp_path_factory.mktemp("tls")
    pair = certificate_for(NAME, home)
    plain, port = free_port(), free_port()
    secure = f"https://{NAME}:{port}"
    (home / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
    directory = write(home / "stories", {"2026-03-01-harbour.txt": "The harbour opens\n\nThe boats are back.\n"})
    trust = ssl.create_default_context(cafile=str(pair))
    with (
        Service(home, directory, "--port", 0, "--interval", 3600, "--base-url", secure) as service,
        nginx_with_tls(service.ready(), home, plain, port, pair),
    ):
        yield Site(f"http://{NAME}:{plain}", secure, trust, home)


def test_http_leads_to_https(site: Site) -> None:
    """With path and query; over plain HTTP no transport policy is told (RFC 6797, 7.2)."""
    answer = site.get(f"{site.plain}/atom.xml?a=1")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{site.secure}/atom.xml?a=1")
    assert "strict-transport-security" not in answer.headers


def test_a_secret_address_is_in_no_log(site: Site) -> None:
    """Also not in that of the redirect, which is answered before nginx looks where the request leads."""
    for base in (site.plain, site.secure):
        site.get(f"{base}/private/0f1e2d3c4b5a/rss.xml")
        site.get(f"{base}/what-was-asked-last")
    wait_for(lambda: (site.home / "access.log").read_text().count("/what-was-asked-last") == 2, "the log")
    assert "0f1e2d3c4b5a" not in (site.home / "access.log").read_text()
    assert "0f1e2d3c4b5a" not in (site.home / "nginx.log").read_text()


@pytest.mark.parametrize("path", ["/atom.xml", "/", "/nothing-here", "/private/0f1e2d3c4b5a/rss.xml"])
def test_https_is_to_be_kept_to(site: Site, path: str) -> None:
    """RFC 6797, 6.1, also with a page that is not there."""
    assert site.get(site.secure + path).headers["strict-transport-security"] == "max-age=31536000"


def test_a_poll_is_still_a_304_from_the_cache(site: Site) -> None:
    """TLS changes nothing about conditions and codings."""
    tag = site.get(f"{site.secure}/atom.xml", **{"accept-encoding": "br"}).headers["etag"]
    answer = site.get(f"{site.secure}/atom.xml", **{"accept-encoding": "br", "if-none-match": tag})
    assert answer.status_code == 304
    assert answer.headers["strict-transport-security"]
    wait_for(lambda: site.get(f"{site.secure}/atom.xml").headers["x-cache"] == "HIT", "a hit")


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/", "/feeds.opml"])
def test_every_link_is_https(site: Site, path: str) -> None:
    """They come from the base URL, whatever nginx and feedsvc speak between them."""
    answer = site.get(site.secure + path)
    assert site.secure in answer.text
    assert f"http://{NAME}" not in answer.text
    assert "http://127.0.0.1" not in answer.text + str(answer.headers)


def test_http_2_is_spoken(site: Site) -> None:
    """RFC 9113, 3.2: chosen in the TLS handshake."""
    command = ("curl", "-s", "--http2", "--cacert", str(site.home / "pair.pem"), "-o", "/dev/null")
    done = subprocess.run(
        [*command, "-w", "%{http_version} %{response_code}", f"{site.secure}/atom.xml"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2 200"


@pytest.mark.parametrize(
    ("version", "spoken"), [("tls1", False), ("tls1_1", False), ("tls1_2", True), ("tls1_3", True)]
)
def test_old_versions_of_tls_are_refused(site: Site, version: str, *, spoken: bool) -> None:
    """RFC 8996 gave up all before 1.2; the client here would still speak them."""
    wire = site.secure.removeprefix("https://")
    command = ["openssl", "s_client", "-brief", f"-{version}", "-cipher", "ALL:@SECLEVEL=0", "-connect", wire]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert ("CONNECTION ESTABLISHED" in done.stderr) is spoken, done.stderr
    assert ("alert protocol version" in done.stderr) is not spoken, done.stderr


def test_a_certificate_authority_finds_its_file_over_http(site: Site) -> None:
    """RFC 8555, 8.3: it asks over plain HTTP first, and a renewal must not depend on the certificate."""
    (site.home / "acme" / ".well-known" / "acme-challenge" / "token").write_text("it is us")
    answer = site.get(f"{site.plain}/.well-known/acme-challenge/token")
    assert (answer.status_code, answer.text) == (200, "it is us")
