from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from every_document import Served, every_document, prepared
from lxml import etree, html

from feedsvc.articles.model import Author, MediaFile
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.kinds import tag_path
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.documents.model import (
    GONE,
    MEDIA,
    NOT_FOUND,
    NOT_FOUND_PATH,
    PAGE,
    Document,
    preview_path,
)
from feedsvc.documents.on_demand import idle_aliases
from feedsvc.documents.redirects import REDIRECTS
from feedsvc.documents.snapshot import MemorySnapshot

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")
LATER = NOON + timedelta(hours=1)
Composing = Callable[..., dict[str, Served]]


def _body(digest: str) -> str:
    return f"<p>{digest}</p>"


def _no_body(digest: str) -> str:
    pytest.fail(f"asked for {digest}")


@pytest.fixture(name="recipes")
def _recipes(site: Site) -> Composing:
    def make(
        *public: Record,
        site: Site = site,
        withdrawn: Sequence[Record] = (),
        dropped: Sequence[ChannelSummary] = (),
        body: Callable[[str], str] = _body,
    ) -> dict[str, Served]:
        return every_document(site, public, withdrawn=withdrawn, dropped=dropped, body=body)

    return make


def _ids(document: Document) -> list[str]:
    return [entry.id for entry in feedparser.parse(document.content).entries]


def test_an_empty_site_has_everything_but_articles(recipes: Composing) -> None:
    """The feeds, the page, the stylesheet, the answer for the unknown, and the redirects."""
    found = {path: recipe.make() for path, recipe in recipes().items()}
    assert {path for path, document in found.items() if document.traits.status != 301} == {
        "/",
        "/rss.xml",
        "/atom.xml",
        "/feed.json",
        "/feeds.opml",
        "/style.css",
        "/feed.css",
        "/robots.txt",
        "/sitemap.xml",
        preview_path("/"),
        NOT_FOUND_PATH,
    }
    assert feedparser.parse(found["/atom.xml"].content).feed.updated == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml"])
def test_a_feed_holds_the_newest(
    recipes: Composing, make_record: Callable[..., Record], site: Site, path: str
) -> None:
    """As many as the site says, in the order given."""
    public = [make_record(str(number)) for number in range(5)]
    document = recipes(*public, site=replace(site, feed_size=3, feed_days=0))[path].make()
    assert _ids(document) == [record.id for record in public[:3]]


def test_a_feed_links_to_itself_as_its_header_does(recipes: Composing) -> None:
    """Exactly one self link, in the header and in the body alike."""
    document = recipes()["/rss.xml"].make()
    (own,) = (link for link in document.links if link.rel == "self")
    (told,) = (link for link in feedparser.parse(document.content).feed.links if link.rel == "self")
    assert own.href == told.href == "https://example.org/rss.xml"
    assert [link.href for link in document.links if link.rel == "alternate"] == ["https://example.org/"]


def test_making_is_left_to_who_asks(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Listing the recipes fetches no body, nor do the keys or the page that has only summaries."""
    recipes(make_record(), body=_no_body)["/"].make()


def test_the_formats_share_one_fetch_of_a_body(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """The three feeds tell the same entries."""
    asked: list[str] = []

    def body(digest: str) -> str:
        asked.append(digest)
        return digest

    found = recipes(make_record(), body=body)
    for path in ("/rss.xml", "/atom.xml", "/feed.json"):
        found[path].make()
    assert asked == ["body of tide"]


def test_an_article_has_a_page(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """With its body; and cold, since there are many and few are asked for."""
    document = recipes(make_record())["/news/tide"].make()
    assert (document.traits, document.media_type) == (PAGE, "text/html; charset=utf-8")
    assert b"<p>body of tide</p>" in document.content
    assert [link.href for link in document.links] == [
        "https://example.org/rss.xml",
        "https://example.org/atom.xml",
        "https://example.org/feed.json",
    ]


def test_a_withdrawn_articles_page_is_gone(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """RFC 9110, section 15.5.11: 410 tells readers to stop asking; not a word of the article is left."""
    document = recipes(withdrawn=[make_record()], body=_no_body)["/news/tide"].make()
    assert document.traits == GONE
    assert b"tide" not in document.content


def test_a_live_page_stands_before_a_withdrawn_one(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Should two records ever claim a path, what can be read is what is served."""
    found = recipes(make_record(), withdrawn=[make_record("old", page="/news/tide")])
    assert found["/news/tide"].make().traits.status == 200


def test_a_redirect_never_stands_before_a_page(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """An article that came to be at ``/json`` stays there."""
    assert recipes(make_record(page="/json"))["/json"].make().traits.status == 200


ALIASES = ("/2019/old-tide.html", "/p/7/", "/p/8")


def test_every_former_address_leads_to_the_page(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """The pages it had and the aliases of its header, with and without a slash at the end, in one hop."""
    found = recipes(make_record(former_pages=("/tide", "/sea/tide"), aliases=ALIASES))
    for path in ("/tide", "/sea/tide", "/2019/old-tide.html", "/p/7", "/p/7/", "/p/8", "/p/8/"):
        document = found[path].make()
        assert (document.traits.status, document.location) == (301, "https://example.org/news/tide")
        assert not document.traits.prepared


def test_every_former_address_of_a_withdrawn_article_is_gone(
    recipes: Composing, make_record: Callable[..., Record]
) -> None:
    """A redirect to what is not there helps nobody."""
    found = recipes(withdrawn=[make_record(former_pages=("/tide",), aliases=ALIASES)], body=_no_body)
    assert {found[path].make().traits.status for path in ("/news/tide", "/tide", *ALIASES)} == {410}


@pytest.mark.parametrize(
    "path",
    ["/", "/rss.xml", "/feed", "/style.css", "/news/tide", "/news/ebb", "/media/0f3a/a.png"],
)
def test_an_alias_takes_the_place_of_nothing(
    recipes: Composing, make_record: Callable[..., Record], path: str
) -> None:
    """No page, feed, file or address of the site's own can be led elsewhere; a redirect to itself is none."""
    file = MediaFile("a.png", "/media/0f3a/a.png", "image/png", 9, "0f3a")
    ebb = make_record("ebb", media=(file,))
    plain = recipes(make_record(), ebb)[path]
    assert recipes(make_record(aliases=(path,), former_pages=(path,)), ebb)[path].key == plain.key


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/hub", "/hub/", "/api/1", "/"])
def test_an_alias_is_not_heard_where_operators_ask(
    recipes: Composing, make_record: Callable[..., Record], path: str
) -> None:
    """Nor does one for the whole site hide its first page."""
    assert recipes(make_record(aliases=(path,))).keys() == recipes(make_record()).keys()


def test_of_two_articles_with_one_alias_the_older_has_it(
    recipes: Composing, make_record: Callable[..., Record]
) -> None:
    """A new article takes no link away from another."""
    old = make_record("old", aliases=("/p",))
    new = make_record("new", aliases=("/p",), published=NOON)
    for public in ((new, old), (old, new)):
        assert recipes(*public)["/p"].make().location == "https://example.org/news/old"


def test_an_alias_may_take_over_what_is_gone(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """The successor of a withdrawn article can be found under its address."""
    found = recipes(make_record(aliases=("/news/old",)), withdrawn=[make_record("old")])
    assert found["/news/old"].make().traits.status == 301


@pytest.mark.parametrize(
    ("aliases", "idle"),
    [
        ((), []),
        (("/old", "/news/tide"), []),
        (("/news/ebb", "/old", "/rss.xml"), ["/news/ebb", "/rss.xml"]),
        (("/feed", "/news", "/healthz"), ["/feed", "/news", "/healthz"]),
        (("/p",), ["/p"]),
    ],
    ids=str,
)
def test_an_alias_without_effect_is_told(
    make_record: Callable[..., Record], site: Site, aliases: tuple[str, ...], idle: list[str]
) -> None:
    """Its author believes that it works; that of the page itself does no harm."""
    public = [
        make_record(aliases=aliases),
        make_record("ebb", aliases=("/p",), published=NOON - timedelta(days=900)),
    ]
    public = [replace(record, settled=True, listed=True) for record in public]
    records = {record.id: record for record in public}
    snapshot = MemorySnapshot(site, records, select(site, records.values()), _body)
    told = [*idle_aliases(snapshot, public, {*prepared(site, snapshot.selection, public, _body)})]
    assert [(each.path, each.what.split('"')[1], each.severity) for each in told] == [
        (public[0].article.path, alias, "warning") for alias in idle
    ]


@pytest.mark.parametrize(
    ("expiries", "sunset"),
    [
        ([None], None),
        ([NOON], NOON),
        ([NOON, LATER], LATER),
        ([LATER, NOON], LATER),
        ([NOON, None], None),
        ([None, NOON], None),
    ],
    ids=["never", "it expires", "the first expires", "the last expires", "the last never", "the first never"],
)
def test_a_file_ends_with_the_last_article_that_uses_it(
    recipes: Composing,
    make_record: Callable[..., Record],
    expiries: list[datetime | None],
    sunset: datetime | None,
) -> None:
    """RFC 8594, section 3; and nobody is told to keep it for ever."""
    file = MediaFile("a.png", "/media/0f3a/a.png", "image/png", 9, "0f3a")
    public = [make_record(str(number), media=(file,), expires=end) for number, end in enumerate(expiries)]
    found = recipes(*public)
    assert found["/media/0f3a/a.png"].make().sunset == sunset
    assert [found[record.page].make().sunset for record in public] == expiries


def test_another_expiry_makes_page_and_file_anew(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Both say when it is."""
    file = MediaFile("a.png", "/media/0f3a/a.png", "image/png", 9, "0f3a")
    one, other = (recipes(make_record(media=(file,), expires=end)) for end in (NOON, LATER))
    assert {path for path in one if one[path].key != other[path].key} == {"/media/0f3a/a.png", "/news/tide"}


def test_every_redirect_leads_to_a_document(recipes: Composing) -> None:
    """With an absolute address, which no Host header can bend."""
    found = recipes()
    for guess, path in REDIRECTS.items():
        document = found[guess].make()
        assert (document.traits.status, document.location) == (301, f"https://example.org{path}")
        assert found[path].make().traits.status == 200


def test_the_answer_for_the_unknown_is_kept_at_hand(recipes: Composing) -> None:
    """A 404 is asked for more often than any article."""
    document = recipes()[NOT_FOUND_PATH].make()
    assert document.traits == NOT_FOUND


def test_a_file_is_served_once_however_many_use_it(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Of two equal files under one path always the same is taken, whichever article comes first."""
    one, two = (MediaFile(source, "/media/0f3a/a.png", "image/png", 9, "0f3a") for source in ("a.png", "b/a.png"))
    first, second = make_record("first", media=(two,)), make_record("second", media=(one, two))
    found = recipes(first, second)["/media/0f3a/a.png"]
    document = found.make()
    assert (document.file, document.traits, document.content, document.media_type) == (one, MEDIA, b"", "")
    assert recipes(second, first)["/media/0f3a/a.png"].key == found.key


def test_a_withdrawn_articles_files_are_not_served(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Nothing that no public article uses is served."""
    file = MediaFile("a.png", "/media/0f3a/a.png", "image/png", 9, "0f3a")
    assert file.path not in recipes(withdrawn=[make_record(media=(file,))])


def test_equal_inputs_give_equal_keys(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """So nothing is made twice."""
    once, again = (recipes(make_record("a"), make_record("b"), withdrawn=[make_record("c")]) for _ in range(2))
    assert {path: recipe.key for path, recipe in once.items()} == {
        path: recipe.key for path, recipe in again.items()
    }


def _moved(before: dict[str, Served], after: dict[str, Served]) -> set[str]:
    return {path for path in before if before[path].key != after[path].key}


def test_an_edit_makes_only_what_shows_it(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """The article's page and the channel's feeds; no other article's page, and no list of titles."""
    before = recipes(make_record("a"), make_record("b"))
    after = recipes(make_record("a"), make_record("b", body="edited"))
    assert _moved(before, after) == {"/news/b", *FEEDS, *(f"/news{path}" for path in FEEDS)}


def test_an_edit_leaves_the_channels_it_is_not_in(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Another section, tag or author has nothing to tell of it."""
    other = make_record("a", section="arts", tags=("film",), authors=(Author("Jo"),))
    before = recipes(other, make_record("b"))
    after = recipes(other, make_record("b", body="edited"))
    assert not [path for path in _moved(before, after) if path.startswith(("/arts/", "/tags/", "/authors/"))]
    assert {"/arts/rss.xml", "/tags/film/atom.xml", "/authors/jo/feed.json"} <= before.keys()


def test_an_edit_below_the_newest_leaves_the_feeds(
    recipes: Composing, make_record: Callable[..., Record], site: Site
) -> None:
    """An article that is in no feed any more moves its page, and where it stands in the archives."""
    short = replace(site, feed_size=1, feed_days=0)
    before = recipes(make_record("a"), make_record("b"), site=short)
    after = recipes(make_record("a"), make_record("b", body="edited"), site=short)
    archives = {f"{channel}archive/1{feed}" for channel in ("/", "/news/") for feed in FEEDS}
    assert _moved(before, after) == {"/news/b", *archives}


def test_a_removal_moves_the_feeds(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """Also where the article removed was too old to be in them: their date tells the change."""
    left = (MembershipChange("section", "news", "News", NOON),)
    gone = make_record("b", withdrawn=NOON, listed=False, changed=NOON, membership_changes=left)
    moved = _moved(recipes(make_record("a")), recipes(make_record("a"), withdrawn=[gone]))
    dated = [path for path in FEEDS if path != "/feed.json"]  # which has no date of its own
    assert moved == {*dated, *(f"/news{path}" for path in dated), "/sitemap.xml"}


def test_every_channel_has_an_address_without_its_slash(
    recipes: Composing, make_record: Callable[..., Record]
) -> None:
    """People write addresses from memory."""
    document = recipes(make_record())["/news"].make()
    assert (document.traits.status, document.location) == (301, "https://example.org/news/")


def test_all_channels_stand_in_one_list(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """OPML 2.0: a feed reader that imports it subscribes to each."""
    document = recipes(make_record(tags=("Sea & air",)))["/feeds.opml"].make()
    outlines = etree.fromstring(document.content).findall("body/outline")
    assert [outline.get("xmlUrl") for outline in outlines] == [
        "https://example.org/atom.xml",
        "https://example.org/news/atom.xml",
        f"https://example.org{tag_path('sea & air')}atom.xml",
    ]
    assert [outline.get("text") for outline in outlines][1:] == ["News · The Gazette", "Sea & air · The Gazette"]
    assert {outline.get("type") for outline in outlines} == {"rss"}


def test_the_sites_page_leads_to_every_channel(recipes: Composing, make_record: Callable[..., Record]) -> None:
    """And is made anew when one is added."""
    before, after = recipes(make_record()), recipes(make_record(tags=("Sea",)))
    page = html.fromstring(after["/"].make().content.decode())
    hrefs = [link.get("href") for link in page.findall(".//ul[@class='channels']/li/a")]
    assert hrefs == ["https://example.org/news/", "https://example.org/tags/sea/"]
    assert before["/"].key != after["/"].key


def test_every_document_with_an_address_moves_with_the_base_url(recipes: Composing, site: Site) -> None:
    """Only the stylesheets name none."""
    before, after = recipes(), recipes(site=replace(site, base_url="https://other.example"))
    assert before.keys() - _moved(before, after) == {"/style.css", "/feed.css"}


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        pytest.param(
            ("/old/", "/news/"),
            {"/old/": "https://example.org/news/", "/old/atom.xml": "https://example.org/news/atom.xml"},
            id="to another channel",
        ),
        pytest.param(
            ("/old/", "https://pod.example/show/"),
            {"/old/": "https://pod.example/show/", "/old/feed.json": "https://pod.example/show/feed.json"},
            id="to another site",
        ),
        pytest.param(
            ("/old/", "/rss.xml"), {"/old/rss.xml": "https://example.org/rss.xml"}, id="all of it to one feed"
        ),
        pytest.param(("/index.rdf", "/rss.xml"), {"/index.rdf": "https://example.org/rss.xml"}, id="one address"),
        pytest.param(
            ("/news/", "/"), {"/news/rss.xml": "https://example.org/rss.xml"}, id="a channel that is there"
        ),
    ],
)
def test_a_former_path_leads_on(
    recipes: Composing,
    make_record: Callable[..., Record],
    site: Site,
    move: tuple[str, str],
    expected: dict[str, str],
) -> None:
    """The operator's word goes before what is there by itself; each format leads to its own."""
    found = recipes(make_record(), site=replace(site, moved=(move,)))
    for path, location in expected.items():
        document = found[path].make()
        assert (document.traits.status, document.location) == (301, location)


def test_a_former_path_can_be_gone(recipes: Composing, site: Site) -> None:
    """Readers that heed a 410 stop asking (RFC 9110, section 15.5.11)."""
    found = recipes(site=replace(site, moved=(("/old/", None),)))
    assert {found[f"/old{path}"].make().traits.status for path in FEEDS} == {410}


@pytest.mark.parametrize(("positions", "pages"), [(1, 0), (10, 0), (11, 1), (49, 1), (50, 2), (101, 3)])
def test_every_path_of_a_dropped_channel_is_gone_and_none_is_pinned(
    recipes: Composing, positions: int, pages: int
) -> None:
    """Its page, its feeds and its archive, if it had one, answer 410, and no worker keeps them in memory."""
    archives = [f"/tags/sea/archive/{number}" for number in range(1, pages + 1)]
    found = recipes(dropped=[ChannelSummary("/tags/sea/", "tag", positions=positions, is_dropped=True)])
    made = {path: recipe.make() for path, recipe in found.items() if path.startswith("/tags/")}
    folders = ["/tags/sea", *archives]
    assert made.keys() == {
        "/tags/sea",
        *(f"{folder}/" for folder in folders),
        *(f"{folder}{feed}" for folder in folders for feed in FEEDS),
    }
    assert {document.traits for document in made.values()} == {GONE}


def test_what_has_content_or_leads_elsewhere_keeps_its_address_before_a_dropped_channel(
    recipes: Composing, make_record: Callable[..., Record]
) -> None:
    """An article at the address of a channel without its slash stays there."""
    record = replace(make_record(), page="/tide")
    found = recipes(record, dropped=[ChannelSummary("/tide/", "tag", positions=1, is_dropped=True)])
    assert (found["/tide"].make().traits.status, found["/tide/"].make().traits.status) == (200, 410)
