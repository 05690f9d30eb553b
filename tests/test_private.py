"""Private feeds: given, read and revoked, by command and on the wire."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from serving import Service, command, environment, wait_for, write

from feedsvc.channels.query import Query
from feedsvc.channels.site import Site
from feedsvc.errors import PrivacyError, TicketError
from feedsvc.private import give, guard, revoke
from feedsvc.responses.ticket import Ticket

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CONFIG = '[[channels]]\npath = "/members"\ntitle = "For members"\nsections = ["members"]\nprivate = true\n'
ARTICLES = {
    "open.md": "---\ntitle: Open\ndate: 2026-05-01\n---\nFor everybody.\n",
    "members/secret.md": "---\ntitle: Secret\ndate: 2026-05-02\ntags: hush\n---\nFor few. ![A](a.png)",
    "members/a.png": "no picture, really",
}


class Shelf:
    """Tickets in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Ticket] = {}

    def tickets(self) -> Sequence[Ticket]:
        """All of them."""
        return tuple(self.kept.values())

    def keep_tickets(self, given: Sequence[Ticket]) -> None:
        """Put these in."""
        self.kept.update({ticket.digest: ticket for ticket in given})


@pytest.fixture
def store() -> Shelf:
    """Tickets in memory, none yet."""
    return Shelf()


def test_a_token_is_long_and_nowhere_kept(store: Shelf) -> None:
    """RFC 6749, 10.10: not to be guessed with a probability above 2 to the power of -128."""
    tokens = {give(store, ["/members/"], "members", "Ada", NOW).split("/")[2] for _ in range(3)}
    assert {len(token) * 4 for token in tokens} == {160}
    assert not any(token in repr(store.kept) for token in tokens)


@pytest.mark.parametrize("wanted", ["/news", "", "/members/x", "/membersx"])
def test_only_a_private_channel_has_tickets(store: Shelf, wanted: str) -> None:
    """The error names those there are, or how to make one."""
    with pytest.raises(TicketError, match="/members/"):
        give(store, ["/members/"], wanted, "", NOW)
    with pytest.raises(TicketError, match="private = true"):
        give(store, [], wanted, "", NOW)


def test_a_reader_is_named_by_name_token_address_or_its_beginning(store: Shelf) -> None:
    """Whatever the operator has at hand."""
    places = [give(store, ["/members/"], "/members/", name, NOW) for name in ("Ada", "Ada", "Bob", "", "")]
    tokens = [place.split("/")[2] for place in places]
    for which, count in [
        ("Ada", 2),
        (tokens[2], 1),
        (f"https://x.example{places[3]}rss.xml", 1),
        (tokens[4][:8], 1),
    ]:
        assert len(revoke(store, which, NOW)) == count
    assert all(ticket.revoked for ticket in store.tickets())


@pytest.mark.parametrize("which", ["", "Eve", "abc", "x" * 40])
def test_what_names_nobody_revokes_nothing(store: Shelf, which: str) -> None:
    """Nor does a name that is no more, or too short a beginning."""
    store.keep_tickets([Ticket("d", "/members/", "abcdef01", "", 1), Ticket("e", "/members/", "0", "Eve", 1, 2)])
    with pytest.raises(TicketError, match="private list"):
        revoke(store, which, NOW)


def test_a_beginning_that_fits_several_revokes_none(store: Shelf) -> None:
    """RFC 9110 knows no apology for the wrong reader's 404."""
    store.keep_tickets([Ticket(digest, "/members/", f"abcdef{digest}0", "", 1) for digest in ("1", "2")])
    with pytest.raises(TicketError, match="2 addresses begin"):
        revoke(store, "abcde", NOW)
    assert len(revoke(store, "abcdef2", NOW)) == 1


@pytest.mark.parametrize(
    ("channels", "lost"),
    [
        ({"/members/": True, "/board/": True}, None),
        ({"/members/": True}, None),
        ({}, "/members/ is not private"),
        ({"/members/": False}, "/members/ is not private"),
        ({"/board/": True, "/old/": True}, "/members/ is not private"),
    ],
    ids=["as it was", "without what was revoked", "no settings", "not private any more", "others"],
)
def test_no_round_goes_by_settings_that_would_let_all_out(
    store: Shelf, channels: dict[str, bool], lost: str | None
) -> None:
    """What readers have addresses of has to be private; an address that was revoked promises nothing."""
    store.keep_tickets([Ticket("d", "/members/", "0", "Ada", 1), Ticket("e", "/old/", "1", "Eve", 1, 2)])
    queries = tuple(Query(path, "X", private=private) for path, private in channels.items())
    site = Site("https://example.org", "News", "All", "en", queries=queries)
    if lost is None:
        guard(store, site)
        return
    with pytest.raises(PrivacyError, match=f"{lost} .*--config.*private revoke"):
        guard(store, site)


def test_all_channels_that_would_be_public_are_named(store: Shelf) -> None:
    """The operator sees which file is missing by what it should have said."""
    store.keep_tickets([Ticket("d", "/members/", "0", "", 1), Ticket("e", "/board/", "1", "", 1)])
    with pytest.raises(PrivacyError, match="/board/, /members/ are not private"):
        guard(store, Site("https://example.org", "News", "All", "en"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of two workers with a private channel."""
    home: Path = tmp_path_factory.mktemp("home")
    (home / "feedsvc.toml").write_text(CONFIG, "utf-8")
    arguments = (write(home / "articles", ARTICLES), "--port", 0, "--interval", 3600, "--workers", 2)
    with Service(home, *arguments, settings={"metrics": "true"}) as running:
        yield running.ready()


def feedsvc(service: Service, *arguments: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        command(*arguments), cwd=service.home, env=environment(base_url=service.url), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def given(service: Service, name: str) -> str:
    """What the paths of a new reader's feeds begin with, once all workers know."""
    urls = feedsvc(service, "private", "add", "/members", "--name", name).splitlines()
    paths = [url.removeprefix(service.url) for url in urls]
    assert [path.rpartition("/")[2] for path in paths] == ["rss.xml", "atom.xml", "feed.json"]
    wait_for(lambda: seen(service, paths[0]) == {200}, "the workers to know")
    return paths[0].removesuffix("rss.xml")


def seen(service: Service, path: str) -> set[int]:
    """What the workers answer; each new connection may come to another."""
    return {service.get(path, connection="close").status_code for _ in range(12)}


def test_a_reader_gets_the_feed_by_all_rules_of_feeds(service: Service) -> None:
    """Codings, conditions and archives are those of any other channel; caches in between keep nothing."""
    place = given(service, "ada")
    whole = service.get(f"{place}atom.xml", accept_encoding="gzip")
    assert feedparser.parse(whole.content).entries[-1].title == "Secret"
    assert whole.headers["content-encoding"] == "gzip"
    assert whole.headers["cache-control"].startswith("private, max-age=")
    assert (whole.headers["referrer-policy"], whole.headers["x-robots-tag"]) == ("no-referrer", "noindex")
    again = service.get(f"{place}atom.xml", if_none_match=whole.headers["etag"])
    assert (again.status_code, again.headers["cache-control"][:8]) == (304, "private,")
    picture = re.search(r"/media/[^\"&]*a\.png", whole.text)
    assert picture
    assert service.get(picture[0]).headers["cache-control"].startswith("private, ")


def test_a_revoked_address_is_as_an_unknown_one(service: Service) -> None:
    """On all workers, without a round, and with every field; the other readers go on."""
    kept, gone = given(service, "kept"), given(service, "gone")
    edition = service.edition()
    feedsvc(service, "private", "revoke", "gone")
    wait_for(lambda: seen(service, f"{gone}rss.xml") == {404}, "the workers to know")
    unknown = service.get(f"/private/{'0' * 40}/rss.xml")
    answer = service.get(f"{gone}rss.xml")
    for each in (answer, unknown):
        del each.headers["date"]
    assert (answer.headers, answer.content) == (unknown.headers, unknown.content)
    assert service.get(f"{kept}rss.xml").status_code == 200
    assert service.edition() == edition


def test_no_public_answer_knows_the_secret(service: Service) -> None:
    """Whatever is asked: lists, pages, feeds, metrics, and the addresses it would have in public."""
    place = given(service, "eve")
    for path in ("/", "/rss.xml", "/atom.xml", "/feed.json", "/feeds.opml", "/metrics", "/readyz"):
        text = service.get(path).text
        assert not [word for word in ("ecret", "embers", "hush", place) if word in text], path
    hidden = (
        "/members/secret",
        "/members/",
        "/members",
        "/members/atom.xml",
        "/tags/hush/",
        "/tags/hush/atom.xml",
    )
    assert {path: service.get(path).status_code for path in hidden} == dict.fromkeys(hidden, 404)


def test_no_token_is_written_down(service: Service) -> None:
    """Not by odd requests either: the log, the store, its copy, and what the commands tell afterwards."""
    token = given(service, "zoe").split("/")[2]
    for path in (
        f"/private/{token}/atom.xml/",
        f"/private/{token}",
        f"/private/{token}/../x",
        f"//private/{token}/",
    ):
        assert token not in service.get(path).headers.get("location", "")
    files = [file.read_bytes() for file in service.home.glob("feedsvc.*")]
    told = [feedsvc(service, *words) for words in (("private", "list"), ("status",), ("store", "export", "-"))]
    assert f"{token[:8]}…" in told[0]
    assert "zoe" in told[0]
    assert not [text for text in (*told, service.log) if token in text]
    assert not [content for content in files if token.encode() in content]
