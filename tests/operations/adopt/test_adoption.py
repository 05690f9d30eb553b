"""Moving in with one's subscribers: a platform is left, and nobody sees anything twice."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import feedparser
import pytest
from commands import run_command
from http_stub import DocumentServer
from serving import Service, wait_for, write
from stored_site import response_at

from feedsvc.store.store import open_store

ARTICLES = {
    "nets.md": "---\ntitle: Nets and ropes\ndate: 2024-05-01\n---\nHow to mend what the winter has torn.\n",
    "harbour/2024-06-01-boats.txt": "The boats are back\n\nAfter three winters they came in one by one.\n",
    "fair.html": "<title>The fair</title><article><p>Come all, and bring your own chair, as each year there is "
    "nothing but grass to sit on.</p></article>",
    "brand-new.md": "---\ntitle: Brand new\ndate: 2024-09-01\n---\nNobody has read this.\n",
}
WORDPRESS = {
    "/feed/": """<rss version="2.0"><channel><generator>https://wordpress.org/?v=6.5</generator>
      <item><title>Nets &amp;#038; ropes</title><link>{url}/2024/05/nets/</link>
      <guid isPermaLink="false">{url}/?p=17</guid><pubDate>Wed, 01 May 2024 09:15:00 +0000</pubDate></item>
      <item><title>The boats are back</title><link>{url}/2024/06/the-return/</link>
      <guid isPermaLink="false">{url}/?p=23</guid><pubDate>Sat, 01 Jun 2024 10:00:00 +0000</pubDate></item>
      </channel></rss>""",
    "/feed/?paged=2": """<rss version="2.0"><channel><generator>https://wordpress.org/?v=6.5</generator>
      <item><title>The Fair of 2023</title><link>{url}/2023/07/come/</link>
      <guid isPermaLink="false">{url}/?p=5</guid><pubDate>Sat, 01 Jul 2023 10:00:00 +0000</pubDate>
      <description>&lt;p&gt;Come all, and bring your own chair, as each year there is nothing but grass
      to sit on, friends.&lt;/p&gt;</description></item>
      <item><title>About ads</title><link>{url}/2023/01/ads/</link>
      <guid isPermaLink="false">{url}/?p=2</guid></item></channel></rss>""",
}
ATOM = {
    "/feed.xml": """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed2.xml"/>
      <entry><id>tag:old.example.org,2024:nets</id><title>Nets and ropes</title><link href="/nets.html"/>
      <published>2024-05-01T09:15:00Z</published><updated>2024-05-03T00:00:00Z</updated></entry></feed>""",
    "/feed2.xml": """<feed xmlns="http://www.w3.org/2005/Atom">
      <entry><id>urn:uuid:60a76c80</id><title>The boats are back</title><link href="/boats"/>
      <published>2024-06-01T10:00:00Z</published><updated>2024-06-01T10:00:00Z</updated></entry></feed>""",
}
JSON_FEED = {
    "/feed.json": """{"items": [{"id": "{url}/?p=17", "url": "{url}/nets",
      "date_published": "2024-05-01T09:15:00Z"}],
      "next_url": "{url}/2.json"}""",
    "/2.json": '{"items": [{"id": "b-0a1", "url": "{url}/boats", "date_published": "2024-06-01T10:00:00Z"}]}',
}
PLATFORMS = {"WordPress": WORDPRESS, "Atom": ATOM, "JSON Feed": JSON_FEED}


@pytest.fixture
def platform() -> Iterator[DocumentServer]:
    """The platform that is left."""
    with DocumentServer() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A working directory with the articles that were moved."""
    write(tmp_path / "articles", ARTICLES)
    return tmp_path


def run(home: Path, *arguments: str, status: int = 0, base_url: str = "https://new.example.org") -> str:
    """Run a command in ``home``; gives what it says."""
    done = run_command(home, *arguments, base_url=base_url)
    assert done.returncode == status, done
    return done.stdout or done.stderr


def entries(home: Path, path: str = "/atom.xml") -> Mapping[str, str]:
    """The titles of a published feed by id, as a reader takes them."""
    store = open_store(f"sqlite:///{home}/feedsvc.db")
    found = response_at(store, path)
    store.close()
    assert found is not None
    (plain,) = (form for form in found[1].representations if form.coding == "identity")
    return {entry.id: entry.title for entry in feedparser.parse(plain.body).entries}


def old_ids(platform: DocumentServer) -> set[str]:
    """What the subscribers' readers have kept of the old feed and its pages."""
    found: set[str] = set()
    for text in platform.documents.values():
        text = text.replace("{url}", platform.url)  # noqa: PLW2901 - as the server gives it
        if text.startswith("{"):
            found |= {item["id"] for item in json.loads(text)["items"]}
        else:
            found |= {entry.id for entry in feedparser.parse(text).entries}
    return found


@pytest.mark.parametrize("documents", PLATFORMS.values(), ids=PLATFORMS)
def test_subscribers_see_nothing_twice(home: Path, platform: DocumentServer, documents: Mapping[str, str]) -> None:
    """Of the new feeds their readers take for new only what is."""
    platform.documents = dict(documents)
    run(home, "adopt", f"{platform.url}{next(iter(documents))}", "--write")
    run(home, "publish")
    for path in ("/rss.xml", "/atom.xml"):
        new = {title for own, title in entries(home, path).items() if own not in old_ids(platform)}
        assert new == ({"Brand new"} if documents is WORDPRESS else {"Brand new", "The fair"})


def test_what_it_would_do_is_shown_before(home: Path, platform: DocumentServer) -> None:
    """Which article by which sign, and what is left over on both sides; nothing is changed."""
    platform.documents = dict(WORDPRESS)
    write(home / "articles", {"bad.md": "---\ntitle: [\n---\nText.\n"})
    told = run(home, "adopt", f"{platform.url}/feed/")
    lines = {line.split()[0]: line for line in told.splitlines()}
    assert " name " in lines["nets.md"]
    assert " title and date " in lines["harbour/2024-06-01-boats.txt"]
    assert f"no article for the entry “About ads” {platform.url}/2023/01/ads/" in told
    assert "no entry for the article brand-new.md: it will be new" in told
    assert "set aside: bad.md:" in told
    assert told.endswith("; --write does it\n")
    run(home, "publish", status=1)
    assert not old_ids(platform) & entries(home).keys()
    told = run(home, "adopt", f"{platform.url}/feed/")
    assert "no entry for the article brand-new.md: it stays as it is" in told


def test_a_second_time_changes_nothing(home: Path, platform: DocumentServer) -> None:
    """Before and after the first publishing, and after an edit."""
    platform.documents = dict(WORDPRESS)
    adopt = ("adopt", f"{platform.url}/feed/", "--write", "--format", "json")
    first = json.loads(run(home, *adopt))
    assert {match["state"] for match in first["matches"]} == {"adopt"}
    for _ in range(2):
        again = json.loads(run(home, *adopt))
        assert {match["state"] for match in again["matches"]} == {"same"}
        run(home, "publish")
        (home / "articles/fair.html").write_text(
            "<title>The fair</title><p>Come all, and bring your own chair!</p>"
        )


def answer(home: Path, path: str) -> tuple[int, str | None]:
    """The status of what is at a path, and where it leads."""
    store = open_store(f"sqlite:///{home}/feedsvc.db")
    found = response_at(store, path)
    store.close()
    return (404, None) if found is None else (found[1].status, dict(found[1].headers).get("location"))


def test_articles_stay_at_their_old_addresses(home: Path, platform: DocumentServer) -> None:
    """Where the site stays at its address, links to it that stand elsewhere go on working."""
    platform.documents = dict(WORDPRESS)
    run(home, "adopt", f"{platform.url}/feed/", "--write", base_url=platform.url)
    run(home, "publish", base_url=platform.url)
    assert answer(home, "/2024/05/nets/") == (200, None)
    assert answer(home, "/2024/06/the-return/") == (200, None)
    assert answer(home, "/nets") == (404, None)


def test_what_is_a_draft_now_is_not_shown_at_its_old_address(home: Path, platform: DocumentServer) -> None:
    """Also between the command and the next round, when a running service renders pages by the new ledger."""
    platform.documents = dict(WORDPRESS)
    nets = ARTICLES["nets.md"]
    write(home / "articles", {"nets.md": nets.replace("title:", "draft: true\ntitle:")})
    run(home, "publish", base_url=platform.url)
    run(home, "adopt", f"{platform.url}/feed/", "--write", base_url=platform.url)
    assert answer(home, "/2024/05/nets/")[0] == 410
    write(home / "articles", {"nets.md": nets})
    run(home, "publish", base_url=platform.url)
    assert answer(home, "/2024/05/nets/") == (200, None)
    assert f"{platform.url}/?p=17" in entries(home)


def test_old_addresses_lead_to_articles_that_were_published(home: Path, platform: DocumentServer) -> None:
    """They keep the address that they have here."""
    platform.documents = dict(WORDPRESS)
    run(home, "publish", base_url=platform.url)
    run(home, "adopt", f"{platform.url}/feed/", "--write", "--include-published", base_url=platform.url)
    run(home, "publish", base_url=platform.url)
    assert answer(home, "/nets") == (200, None)
    assert answer(home, "/2024/05/nets") == (301, f"{platform.url}/nets")


def test_an_old_address_that_is_not_free_redirects(home: Path, platform: DocumentServer) -> None:
    """It is that of another article, of a folder, or the site's own."""
    links = {17: "/brand-new", 23: "/harbour/", 5: "/tags/"}
    items = "".join(
        f'<item><title>{title}</title><link>{{url}}{links[number]}</link><guid isPermaLink="false">{number}</guid>'
        f"<pubDate>{date}</pubDate></item>"
        for number, title, date in [
            (17, "Nets and ropes", "Wed, 01 May 2024 09:15:00 +0000"),
            (23, "The boats are back", "Sat, 01 Jun 2024 10:00:00 +0000"),
        ]
    )
    platform.documents = {"/feed": f'<rss version="2.0"><channel>{items}</channel></rss>'}
    run(home, "adopt", f"{platform.url}/feed", "--write", base_url=platform.url)
    run(home, "publish", base_url=platform.url)
    assert answer(home, "/brand-new") == (200, None)
    assert answer(home, "/nets") == (200, None)
    assert answer(home, "/harbour/") == (200, None)
    assert answer(home, "/harbour/boats") == (200, None)
    assert set(entries(home)) >= {"17", "23"}


SUGGESTED = [
    ("/2024/05/{name}/", "/{year}/{month}/{slug}/"),
    ("/2024-05-01-{name}.html", "/{year}-{month}-{day}-{slug}.html"),
    ("/posts/{name}", "/posts/{slug}"),
    ("/{folder}/{name}/", "/{section}/{slug}/"),
]


@pytest.mark.parametrize(("link", "pattern"), SUGGESTED)
def test_the_pattern_of_most_old_addresses_is_suggested(
    home: Path, platform: DocumentServer, link: str, pattern: str
) -> None:
    """So that new articles get such addresses too; not where it is set already."""
    names = [(number, f"story-{number}") for number in range(5)]
    write(
        home / "articles",
        {
            f"sea/{name}.md": f"---\ntitle: Story {number}\ndate: 2024-05-01\n---\nText {number}\n"
            for number, name in names
        },
    )
    items = "".join(
        f"<item><title>Story {number}</title><guid>{{url}}{link.format(name=name, folder='sea')}</guid>"
        "<pubDate>Wed, 01 May 2024 09:15:00 +0000</pubDate></item>"
        for number, name in names
    )
    items += "<item><title>Brand new</title><guid>{url}/odd</guid>"
    items += "<pubDate>Sun, 01 Sep 2024 01:00:00 GMT</pubDate></item>"
    platform.documents = {"/feed": f'<rss version="2.0"><channel>{items}</channel></rss>'}
    adopt = ("adopt", f"{platform.url}/feed", "--format", "json")
    told = json.loads(run(home, *adopt, base_url=platform.url))
    assert told["article_url"] == {"pattern": pattern, "fits": 5, "of": 6}
    assert f'article_url = "{pattern}" gives 5 of the 6 old addresses' in run(
        home, *adopt[:2], base_url=platform.url
    )
    again = run(home, *adopt, "--article-url", pattern, base_url=platform.url)
    assert json.loads(again)["article_url"] is None


def test_an_old_address_elsewhere_stays_where_the_articles_are_elsewhere(
    home: Path, platform: DocumentServer
) -> None:
    """The feed moves, the articles do not."""
    platform.documents = dict(WORDPRESS)
    pattern = ("--article-url", f"{platform.url}/{{year}}/{{slug}}/")
    run(home, "adopt", f"{platform.url}/feed/", "--write", *pattern)
    run(home, "publish", *pattern)
    store = open_store(f"sqlite:///{home}/feedsvc.db")
    pages = {record.article.path: record.page for record in store.publisher.state().records.values()}
    store.close()
    assert pages["nets.md"] == f"{platform.url}/2024/05/nets/"
    assert pages["brand-new.md"] == f"{platform.url}/2024/brand-new/"


HOSTILE = [
    *(
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "0000-00-00",
        "-1",
        "x" * 9999,
    ),
    *(
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "1970-01-01T00:00:00Z",
        "2999-01-01T00:00:00Z",
        "12345678901234567890",
        "١",
    ),
]


@pytest.mark.parametrize("date", HOSTILE)
def test_a_date_that_is_none_is_none(home: Path, platform: DocumentServer, date: str) -> None:
    """The article keeps its own, whatever the feed says; nothing that goes out is still to come."""
    platform.documents = {
        "/feed.xml": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x:nets</id>'
        f'<title>Nets and ropes</title><link href="/nets"/>'
        f"<published>{date}</published><updated>{date}</updated></entry></feed>"
    }
    run(home, "adopt", f"{platform.url}/feed.xml", "--write")
    run(home, "publish")
    assert entries(home)["urn:x:nets"] == "Nets and ropes"
    assert "2024-05-01" in run(home, "adopt", f"{platform.url}/feed.xml")


def test_dates_are_taken_over(home: Path, platform: DocumentServer) -> None:
    """Readers sort by them."""
    platform.documents = dict(ATOM)
    told = json.loads(run(home, "adopt", f"{platform.url}/feed.xml", "--write", "--format", "json"))
    assert {match["published"] for match in told["matches"]} == {"2024-05-01T09:15:00Z", "2024-06-01T10:00:00Z"}


def test_what_feedsvc_has_published_keeps_its_id(home: Path, platform: DocumentServer) -> None:
    """It may have subscribers by now; the operator who knows that it has none may say so."""
    platform.documents = dict(ATOM)
    run(home, "publish")
    before = entries(home)
    assert "left alone" in run(home, "adopt", f"{platform.url}/feed.xml", "--write")
    run(home, "publish")
    assert entries(home) == before
    run(home, "adopt", f"{platform.url}/feed.xml", "--write", "--include-published")
    run(home, "publish")
    assert old_ids(platform) <= entries(home).keys()


@pytest.mark.slow
def test_a_running_publisher_learns_of_it(home: Path, platform: DocumentServer) -> None:
    """The ledger is taken from it for a moment, and read again before its next round."""
    platform.documents = dict(ATOM)
    (home / "articles").rename(home / "later")
    (home / "articles").mkdir()
    with Service(home, "--port", 0, "--interval", 1) as service:
        service.ready()
        run(home, "adopt", f"{platform.url}/feed.xml", "--articles", "later", "--write")
        (home / "later").rename(home / "moved")
        for name in ("nets.md", "harbour"):
            (home / "moved" / name).rename(home / "articles" / name)
        wait_for(lambda: old_ids(platform) <= {entry.id for entry in service.feed().entries}, "the articles")


def test_what_is_no_feed_is_told(home: Path, platform: DocumentServer) -> None:
    """With the address and what to do; exit status 2."""
    platform.documents = {"/": "<!doctype html><html><body>Hello</body></html>"}
    assert "is no feed" in run(home, "adopt", f"{platform.url}/", status=2)
    assert "cannot be read" in run(home, "adopt", "none.xml", status=2)
