"""A private site: its readers, by command and on the wire, and who else gets nothing."""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import feedparser
import httpx2
import pytest
from commands import run_command
from readers import Newsboat, missing
from serving import PATIENCE, Service, command, environment, wait_for, write
from stored_site import served_paths

from feedsvc.core.errors import PrivacyError, ReaderError
from feedsvc.operations.private_readers import add, revoke
from feedsvc.responses.site_readers import Access, Reader
from feedsvc.store.operator_store import OperatorStore
from feedsvc.store.store import open_store

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ARTICLES = {
    "hello.md": "---\ntitle: Hello\ndate: 2026-05-01\ntags: hush\n---\nFor few. ![A](a.png)\n",
    "diary/monday.md": "---\ntitle: Monday\ndate: 2026-05-02\n---\nRain.\n",
    "a.png": "no picture, really",
}
CONFIG = """\
access = "private"
[push]
hubs = ["https://hub.example"]
[feeds]
size = 1
days = 0
archive_size = 1
"""
MOVED = '[redirects]\n"/old/" = "/diary/"\n'


@pytest.fixture
def register(tmp_path: Path) -> Iterator[OperatorStore]:
    """A store that is for nobody yet."""
    with closing(open_store(f"sqlite:///{tmp_path}/register.db")) as store:
        yield store.operator


def test_a_token_is_long_and_nowhere_kept(register: OperatorStore) -> None:
    """RFC 6749, 10.10: not to be guessed with a probability above 2 to the power of -128."""
    tokens = {add(register, name, NOW) for name in ("Ada", "Bob", "Eve")}
    assert {len(token) * 4 for token in tokens} == {160}
    assert not any(token in repr(register.privacy()) for token in tokens)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "a\nb", "a\x00", "\u202eada", "x" * 101])
def test_what_no_client_can_send_is_no_name(register: OperatorStore, name: str) -> None:
    """RFC 7617, 2: a user-id has no colon, and no control character."""
    with pytest.raises(ReaderError, match="cannot be a reader's name"):
        add(register, name, NOW)


def test_one_name_is_one_reader(register: OperatorStore) -> None:
    """Until the token is revoked; however the name is composed (Unicode, NFC)."""
    add(register, "Zoë", NOW)
    with pytest.raises(ReaderError, match="has a token already"):
        add(register, " Zoe\u0308", NOW)
    revoke(register, "Zoe\u0308", NOW)
    assert add(register, "Zoë", NOW)


def test_a_reader_is_named_by_name_token_address_or_its_beginning(register: OperatorStore) -> None:
    """Whatever the operator has at hand."""
    tokens = [add(register, name, NOW) for name in ("Ada", "Bob", "Eve", "Zoë")]
    for which in ("Ada", tokens[1], f"https://x.example/private/{tokens[2]}/rss.xml", tokens[3][:8]):
        assert len(revoke(register, which, NOW)) == 1
    assert all(reader.revoked for reader in register.privacy().readers)


@pytest.mark.parametrize("which", ["", "Eve", "abc", "x" * 40])
def test_what_names_nobody_revokes_nothing(register: OperatorStore, which: str) -> None:
    """Nor does a name that is no more, or too short a beginning; what may be a token is not told whole."""
    register.keep_readers([Reader("d", "abcdef01", "Ada", 1), Reader("e", "0", "Eve", 1, 2)])
    with pytest.raises(ReaderError, match="readers list") as caught:
        revoke(register, which, NOW)
    assert "x" * 40 not in str(caught.value)


def test_a_beginning_that_fits_several_revokes_none(register: OperatorStore) -> None:
    """There is no apology for the wrong reader's 401."""
    register.keep_readers([Reader(digest, f"abcdef{digest}0", f"R{digest}", 1) for digest in ("1", "2")])
    with pytest.raises(ReaderError, match="2 tokens begin"):
        revoke(register, "abcde", NOW)
    assert len(revoke(register, "abcdef2", NOW)) == 1


@pytest.mark.parametrize(
    ("found", "wanted", "words"),
    [
        (None, "public", None),
        (None, "private", None),
        ("public", "public", None),
        ("private", "private", None),
        ("private", "public", 'access = "private" with --config, .*: feedsvc store access public$'),
        ("public", "private", 'access = "public" with --config, .*: feedsvc store access private$'),
        ("channels", "public", "docs/how-to/private-site.md.*feedsvc store access public, or private"),
        ("channels", "private", "docs/how-to/private-site.md.*feedsvc store access public, or private"),
    ],
)
def test_a_store_is_for_those_for_whom_it_was(
    register: OperatorStore, found: Access | None, wanted: Access, words: str | None
) -> None:
    """The first word counts; another one needs the command that the error names."""
    if found is not None:
        register.set_access(found)
    if words is None:
        register.claim(wanted)
        assert register.privacy().access == wanted
        return
    with pytest.raises(PrivacyError, match=words):
        register.claim(wanted)
    assert register.privacy().access == found


@dataclass(frozen=True)
class Member:
    """A reader as the operator made one."""

    name: str
    token: str

    @property
    def basic(self) -> str:
        """The value of an Authorization field."""
        return "Basic " + base64.b64encode(f"{self.name}:{self.token}".encode()).decode()

    @property
    def place(self) -> str:
        """What the addresses of the feeds begin with."""
        return f"/private/{self.token}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A private site, served by two workers."""
    home: Path = tmp_path_factory.mktemp("home")
    (home / "feedsvc.toml").write_text(CONFIG + MOVED, "utf-8")
    arguments = (write(home / "articles", ARTICLES), "--port", 0, "--interval", 3600, "--workers", 2)
    with Service(home, *arguments, settings={"http__metrics": "true"}) as running:
        yield running.ready()


def feedsvc(service: Service, *arguments: object, status: int = 0) -> str:
    """What a command prints."""
    done = run_command(service.home, *arguments, base_url=service.url)
    assert done.returncode == status, done.stderr
    return done.stdout or done.stderr


def joins(service: Service, name: str) -> Member:
    """A new reader, once all workers know."""
    told = json.loads(feedsvc(service, "readers", "add", name, "--format", "json"))
    member = Member(name, told["token"])
    assert told["feeds"] == [
        f"{service.url}{member.place}/{file}" for file in ("rss.xml", "atom.xml", "feed.json")
    ]
    wait_for(lambda: seen(service, f"{member.place}/rss.xml") == {200}, "the workers to know")
    return member


def seen(service: Service, path: str, **headers: str) -> set[int]:
    """What the workers answer."""
    return {each.status_code for each in service.of_each_worker(path, **headers)}


@pytest.fixture(scope="module")
def ada(service: Service) -> Member:
    """A reader."""
    return joins(service, "ada")


@pytest.fixture(scope="module")
def paths(service: Service) -> tuple[str, ...]:
    """Every address of the site, from its store, beside some that it has not."""
    with closing(open_store(f"sqlite:///{service.home}/feedsvc.db")) as store:
        known = served_paths(store)
    odd = (
        "//rss.xml",
        "/rss.xml/",
        "/%61tom.xml",
        "/diary/../rss.xml",
        "/nothing",
        "/feed",
        "/old/rss.xml",
        "/metrics",
    )
    return (*(path for path in known if path.startswith("/")), *odd)


def test_nobody_gets_anything_without_a_token(service: Service, paths: tuple[str, ...]) -> None:
    """Whatever is asked, the answer is the same 401 with a challenge (RFC 7617)."""
    heads, bodies = set(), set()
    asked = [path for path in paths if not path.startswith("/media/")]
    assert len(asked) > 40
    for path in asked:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            answer = service.client.request(method, path)
            assert answer.status_code == 401, (method, path)
            fields = {name: value for name, value in answer.headers.items() if name != "date"}
            heads.add(tuple(sorted(fields.items())))
            bodies.add(answer.text)
    realm = service.url
    assert [dict(head) for head in heads] == [
        {
            "cache-control": "no-store",
            "content-length": "68",
            "content-type": "text/plain; charset=utf-8",
            "referrer-policy": "no-referrer",
            "www-authenticate": f'Basic realm="{realm}", charset="UTF-8"',
            "x-content-type-options": "nosniff",
            "x-robots-tag": "noindex",
        }
    ]
    assert bodies == {"", "This site is for its readers: please give your name and your token.\n"}


def test_a_reader_gets_everything(service: Service, ada: Member, paths: tuple[str, ...]) -> None:
    """Each answer tells shared caches and search engines to keep out, also a 304, a redirect and a 404."""
    for path in paths:
        answer = service.get(path, authorization=ada.basic)
        assert answer.status_code in {200, 301, 404}, path
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"].startswith(("private, ", "no-store")), path
        if "etag" in answer.headers:
            again = service.get(path, authorization=ada.basic, if_none_match=answer.headers["etag"])
            assert again.status_code == 304
            assert again.headers["cache-control"].startswith("private, ")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_need_no_token(service: Service, path: str) -> None:
    """They tell nothing of what is published."""
    assert service.get(path).status_code == 200


def test_metrics_are_for_readers(service: Service, ada: Member) -> None:
    """How much is published, and when, is nobody else's business; Prometheus sends name and password."""
    assert service.get("/metrics").status_code == 401
    assert "feedsvc_" in service.get("/metrics", authorization=ada.basic).text


def test_media_are_open_to_who_knows_their_address(service: Service, ada: Member) -> None:
    """Players send no credentials. An address that is none answers like any other."""
    page = service.get("/hello", authorization=ada.basic)
    found = re.search(r"/media/([0-9a-f]{16,})/a\.png", page.text)
    assert found
    whole = service.get(found[0])
    assert (whole.status_code, whole.text) == (200, ARTICLES["a.png"])
    assert whole.headers["cache-control"].startswith("private, ")
    part = service.get(found[0], range="bytes=0-1")
    assert (part.status_code, part.text) == (206, "no")
    for path in (f"/media/{'0' * 16}/a.png", f"{found[0]}/", "/media/", f"/media/{found[1]}/b.png"):
        assert service.get(path).status_code == 401


def test_feeds_have_addresses_for_programs_that_send_no_name(service: Service, ada: Member) -> None:
    """They are those of any other feed: codings, conditions, archives; and pages have none."""
    whole = service.get(f"{ada.place}/atom.xml", accept_encoding="gzip")
    assert feedparser.parse(whole.content).entries[0].title == "Monday"
    assert whole.headers["content-encoding"] == "gzip"
    assert (
        whole.headers["etag"]
        == service.get("/atom.xml", authorization=ada.basic, accept_encoding="gzip").headers["etag"]
    )
    assert service.get(f"{ada.place}/atom.xml", if_none_match=whole.headers["etag"]).status_code == 304
    for path in ("/diary/rss.xml", "/tags/hush/feed.json", "/archive/1/atom.xml"):
        assert service.get(f"{ada.place}{path}").status_code == 200, path
        assert (
            service.get(f"{ada.place}{path}", sec_fetch_dest="document").headers["content-type"][:9] != "text/html"
        )
    for path in (
        "/",
        "/hello",
        "/feeds.opml",
        "/metrics",
        "/nothing/rss.xml",
        "",
        "/healthz",
        f"{ada.place}/rss.xml",
    ):
        assert service.get(f"{ada.place}{path}").status_code == 401, path


def test_a_feed_that_has_moved_is_found_with_the_same_token(service: Service, ada: Member) -> None:
    """A redirect to the address without one would lose the reader (RFC 9110, 15.4.2: it is kept)."""
    answer = service.get(f"{ada.place}/old/rss.xml")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{service.url}{ada.place}/diary/rss.xml")
    plain = service.get("/old/rss.xml", authorization=ada.basic)
    assert plain.headers["location"] == f"{service.url}/diary/rss.xml"


def test_the_bytes_of_a_feed_name_no_address_of_a_reader(service: Service, ada: Member) -> None:
    """All share them: no self link, no hub, relative links to the archive; and directories must not list it."""
    for file in ("rss.xml", "atom.xml"):
        answer = service.get(f"/{file}", authorization=ada.basic)
        rels = {link.rel: link.href for link in feedparser.parse(answer.content).feed.links}
        assert rels == {"alternate": f"{service.url}/", "prev-archive": f"archive/1/{file}"}
        assert "xml-stylesheet" not in answer.text
        assert re.findall(r'rel="(\w+)"', answer.headers["link"]) == ["alternate"]
    told = service.get("/feed.json", authorization=ada.basic).json()
    assert not {"feed_url", "hubs"} & told.keys()
    assert told["next_url"] == "archive/1/feed.json"
    assert service.get("/sitemap.xml", authorization=ada.basic).status_code == 404


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Basic",
        "Basic ====",
        "Basic YWRh",
        "Bearer {token}",
        "Basic {other}",
        "Basic {nameless}",
        "Basic {twice}",
        "Digest username=ada",
        "Basic " + "A" * 20_000,
    ],
)
def test_what_is_no_name_with_its_token_opens_nothing(service: Service, ada: Member, field: str) -> None:
    """Nor another reader's name, or a part of the token."""

    def packed(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    words = {
        "token": ada.token,
        "other": packed(f"bob:{ada.token}"),
        "nameless": packed(f":{ada.token}"),
        "twice": packed(f"ada:{ada.token}{ada.token}"),
    }
    assert service.get("/rss.xml", authorization=field.format(**words)).status_code == 401


@pytest.mark.parametrize("scheme", ["basic", "BASIC", "Basic "])
def test_the_scheme_is_written_in_any_case(service: Service, ada: Member, scheme: str) -> None:
    """RFC 9110, 11.1: and a client may put more spaces than one behind it."""
    assert service.get("/rss.xml", authorization=ada.basic.replace("Basic", scheme)).status_code == 200


def test_two_fields_are_no_credentials(service: Service, ada: Member) -> None:
    """Which of them a proxy had checked nobody knows."""
    fields = [("authorization", ada.basic), ("authorization", ada.basic)]
    assert service.client.get("/rss.xml", headers=fields).status_code == 401


def test_a_name_may_have_any_letters(service: Service) -> None:
    """In UTF-8, as the challenge asks, composed or not; and in Latin-1, which some clients send all the same."""
    zoe = joins(service, "Zoë B.")
    for name in ("Zoë B.".encode(), "Zoe\u0308 B.".encode(), "Zoë B.".encode("latin-1")):
        basic = base64.b64encode(name + b":" + zoe.token.encode()).decode()
        assert service.get("/rss.xml", authorization=f"Basic {basic}").status_code == 200


def _is_refused(client: httpx2.Client, address: str) -> bool:
    return client.get(address).status_code == 401


def test_a_revoked_token_opens_nothing_within_a_second(service: Service, ada: Member) -> None:
    """On all workers, also on a connection that was open before, without a round; the other readers go on."""
    seconds: list[float] = []
    edition = service.edition()
    # On a busy machine any one of them may take longer, and be no fault.
    while not seconds or (min(seconds) >= 1 and len(seconds) < 5):
        gone = joins(service, f"gone {len(seconds)}")
        with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:
            assert client.get(f"{gone.place}/rss.xml").status_code == 200
            feedsvc(service, "readers", "revoke", gone.name)
            begin = time.monotonic()
            address = f"{gone.place}/rss.xml"
            wait_for(partial(_is_refused, client, address), "the worker to know")
            seconds.append(time.monotonic() - begin)
            assert client.get("/rss.xml", headers={"authorization": gone.basic}).status_code == 401
    assert min(seconds) < 1
    wait_for(lambda: seen(service, f"{gone.place}/rss.xml") == {401}, "the other worker to know")
    assert service.get(f"{ada.place}/rss.xml").status_code == 200
    assert service.edition() == edition


@pytest.mark.skipif(bool(missing(Newsboat)), reason="newsboat is not installed")
def test_newsboat_reads_it_by_name_and_token_and_by_address(service: Service, ada: Member, tmp_path: Path) -> None:
    """A reader as people run it."""
    host = service.url.removeprefix("http://")
    for place in (f"http://ada:{ada.token}@{host}", f"{service.url}{ada.place}"):
        home = tmp_path / str(len(place))
        home.mkdir()
        assert [one.title for one in Newsboat(home, f"{place}/rss.xml").poll().new] == ["Monday"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_answers_the_challenge(service: Service, ada: Member) -> None:
    """Only after a 401 does it show what it has (``--anyauth``), as browsers do."""
    arguments = ("curl", "-s", "--anyauth", "-u", f"ada:{ada.token}", f"{service.url}/hello")
    assert "For few" in subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def test_no_token_is_written_down(service: Service) -> None:
    """Not by odd requests either: the log, the store, its copy, and what the commands tell afterwards."""
    member = joins(service, "mallory")
    odd = ("", "/", "/atom.xml/", "/../x", "/nothing")
    for path in (*(f"{member.place}{each}" for each in odd), f"/{member.place}/rss.xml"):
        service.get(path)
    files = [file.read_bytes() for file in service.home.glob("feedsvc.*")]
    asked = (
        ("readers", "list"),
        ("status",),
        ("store", "backup", "-"),
        ("settings",),
        ("readers", "revoke", "mallory"),
    )
    told = [feedsvc(service, *words) for words in asked]
    assert f"{member.token[:8]}…  mallory" in told[0]
    assert not [text for text in (*told, service.log) if member.token in text]
    assert not [content for content in files if member.token.encode() in content]


@pytest.mark.parametrize(
    "arguments", [("serve", "articles"), ("publish", "articles"), ("export", "out")], ids=" ".join
)
def test_a_public_service_refuses_the_store_of_a_private_one(service: Service, arguments: tuple[str, ...]) -> None:
    """A lost file of settings lets nobody in; the error names the command that says it is meant."""
    done = run_command(service.home, *arguments, "--config", "/dev/null", port="0")
    assert done.returncode == 2
    assert "feedsvc store access public" in done.stderr


@pytest.mark.slow
def test_a_public_web_worker_refuses_the_store_of_a_private_one(service: Service) -> None:
    """A second host may lose its settings too; the error names the same command."""
    done = subprocess.run(
        command("serve", "articles", "--role", "web", "--config", "/dev/null"), cwd=service.home,
        env=environment(port="0"), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "feedsvc store access public" in done.stderr


def test_a_private_site_is_exported_only_if_that_is_said(service: Service) -> None:
    """A host of files lets everybody in, unless it asks for a password itself."""
    assert "--private" in feedsvc(service, "export", "out", status=2)
    assert not (service.home / "out").exists()
    feedsvc(service, "export", "out", "--private")
    assert "For few" in next((service.home / "out" / "site").glob("hello*")).read_text()


@pytest.mark.slow
def test_a_public_site_has_no_readers_and_becomes_private_only_if_that_is_said(tmp_path: Path) -> None:
    """And the other way round, by the same command."""
    articles = write(tmp_path / "articles", ARTICLES)

    def run(*arguments: object, status: int, **settings: str) -> str:
        done = run_command(tmp_path, *arguments, **settings)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    run("publish", articles, status=0)
    assert 'set access = "private"' in run("readers", "add", "ada", status=2)
    assert "feedsvc store access private" in run("publish", articles, access="private", status=2)
    assert run("store", "access", status=0) == "public\n"
    assert run("store", "access", "private", status=0) == "private\n"
    run("publish", articles, access="private", status=0)
    assert "feedsvc store access public" in run("publish", articles, status=2)
