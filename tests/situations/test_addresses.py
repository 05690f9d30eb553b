"""Where articles are when the operator sets a pattern for their addresses, changes it, and takes it back."""

import pytest
from site_rounds import Event, Rounds, check, moved, removed, situation, story, written

ONE = story("One", date="2026-05-01")
TWO = story("Two", "Other words.", date="2026-05-02")
THREE = story("Three", "Still others.", date="2026-05-03")
B_LATER = "C Two 05-02 00:00"
A, B = "A One 05-01 00:00", "B Two 05-02 00:00"
BOTH = {"one.md": ONE, "two.md": TWO}
DATED = Event(article_url="/{year}/{month}/{slug}/")
SHORT = Event(article_url="/{slug}.html")
NONE = Event(article_url="")
ELSEWHERE = Event(article_url="https://www.example.com/{year}/{slug}/")
SAME = {"a/x.md": ONE, "b/x.md": TWO}

SITUATIONS = [
    situation(
        "a pattern from the first day", {"one.md": ONE}, feed=(A,), pages={"/2026/05/one/": 200}, first=DATED
    ),
    situation(
        "the default is no address with a pattern",
        {"news/one.md": ONE},
        feed=(A,),
        pages={"/news/one": 404, "/one": 404, "/2026/05/one/": 200},
        first=DATED,
    ),
    situation(
        "a pattern is set later",
        {"news/one.md": ONE},
        DATED,
        feed=(A,),
        pages={"/2026/05/one/": 200, "/news/one": "/2026/05/one/"},
    ),
    situation(
        "a pattern is changed twice",
        {"one.md": ONE},
        DATED,
        SHORT,
        feed=(A,),
        pages={"/one.html": 200, "/one": "/one.html", "/2026/05/one/": "/one.html"},
    ),
    situation(
        "a pattern is changed and changed back",
        {"one.md": ONE},
        SHORT,
        DATED,
        feed=(A,),
        pages={"/one.html": "/2026/05/one/", "/2026/05/one/": 200},
        first=DATED,
    ),
    situation(
        "a pattern is taken back",
        {"one.md": ONE},
        NONE,
        feed=(A,),
        pages={"/one": 200, "/2026/05/one/": "/one"},
        first=DATED,
    ),
    situation(
        "a pattern is taken back where two would have one address",
        {"one.md": ONE, "2026-05-02-one.md": TWO},
        NONE,
        feed=("A Two 05-02 00:00", "B One 05-01 00:00"),
        pages={"/one": 200, "/one-2": 200, "/2026/05/01/one": "/one", "/2026/05/02/one": "/one-2"},
        first=Event(article_url="/{year}/{month}/{day}/{slug}"),
    ),
    situation(
        "one pattern in another notation",
        {"one.md": ONE},
        Event(article_url="/%year%/%monthnum%/%postname%/"),
        feed=(A,),
        pages={"/2026/05/one/": 200},
        first=DATED,
    ),
    situation(
        "the articles live elsewhere",
        {"one.md": ONE},
        feed=(A,),
        pages={"/one": 404, "/2026/one/": 404, "/": 200, "/atom.xml": 200},
        first=ELSEWHERE,
    ),
    situation(
        "the articles move elsewhere",
        {"one.md": ONE},
        ELSEWHERE,
        feed=(A,),
        pages={"/one": "https://www.example.com/2026/one/"},
    ),
    situation(
        "the articles come home",
        {"one.md": ONE},
        DATED,
        feed=(A,),
        pages={"/2026/05/one/": 200},
        first=ELSEWHERE,
    ),
    situation(
        "an article that lives elsewhere is taken back, and nothing here is gone",
        BOTH,
        removed("one.md"),
        feed=("B Two 05-02 00:00",),
        pages={"/one": 404, "/2026/one/": 404},
        first=ELSEWHERE,
    ),
    situation(
        "an alias of an article that lives elsewhere is not served",
        {"one.md": story("One", date="2026-05-01", aliases="/old")},
        feed=(A,),
        pages={"/old": 404},
        first=ELSEWHERE,
    ),
    situation(
        "two new articles ask for one address",
        SAME,
        feed=(A,),
        pages={"/2026/05/x/": 200},
        notices=("b/x.md: its address /2026/05/x/ is that of a/x.md",),
        first=DATED,
    ),
    situation(
        "a new article that is older does not take an address",
        {"b/x.md": TWO},
        written({"a/x.md": ONE}),
        feed=("A Two 05-02 00:00",),
        notices=("a/x.md: its address /2026/05/x/ is that of b/x.md",),
        first=DATED,
    ),
    situation(
        "two public articles ask for one address, and the newer stays where it is",
        SAME,
        DATED,
        feed=(B, A),
        pages={"/2026/05/x/": 200, "/a/x": "/2026/05/x/", "/b/x": 200},
        notices=("b/x.md: its address /2026/05/x/ is that of a/x.md, so it stays at /b/x",),
    ),
    situation(
        "the address is free again",
        SAME,
        removed("a/x.md"),
        feed=("B Two 05-02 00:00",),
        pages={"/2026/05/x/": 200},
        first=DATED,
    ),
    situation(
        "the newer gets a slug of its own",
        SAME,
        DATED,
        written({"b/x.md": story("Two", "Other words.", date="2026-05-02", slug="y")}),
        feed=(B, A),
        pages={"/2026/05/x/": 200, "/2026/05/y/": 200, "/b/x": "/2026/05/y/"},
    ),
    situation(
        "an address that would become the site's own",
        {"tags.md": ONE, "tags.html.md": TWO},
        Event(article_url="/{name}"),
        feed=("A Two 05-02 00:00", "B One 05-01 00:00"),
        pages={"/tags-2": 200, "/tags.html": 200},
        notices=("tags.md: its address /tags is the site's own, so it stays at /tags-2",),
    ),
    situation(
        "an address that is the site's own",
        {"tags.md": ONE, "two.md": TWO},
        feed=("A Two 05-02 00:00",),
        pages={"/two/": 200},
        notices=("tags.md: its address /tags/ is the site's own",),
        first=Event(article_url="/{slug}/"),
    ),
    situation(
        "an address that is a section's",
        {"news.md": ONE, "news/two.md": TWO},
        feed=("A Two 05-02 00:00",),
        pages={"/news/": 200, "/two/": 200},
        notices=("news.md: its address /news/ is the site's own",),
        first=Event(article_url="/{slug}/"),
    ),
    situation(
        "a header names the address",
        {"one.md": story("One", date="2026-05-01", permalink="/about/one.html")},
        feed=(A,),
        pages={"/about/one.html": 200, "/2026/05/one/": 404},
        first=DATED,
    ),
    situation(
        "a header names another address",
        {"one.md": story("One", date="2026-05-01", url="/about/one.html")},
        written({"one.md": story("One", date="2026-05-01", url="/about/uno.html")}),
        feed=(A,),
        pages={"/about/one.html": "/about/uno.html", "/about/uno.html": 200},
        first=DATED,
    ),
    situation(
        "a header names its own address in full",
        {"one.md": story("One", date="2026-05-01", canonical_url="https://example.org/a/one/")},
        feed=(A,),
        pages={"/a/one/": 200},
        first=DATED,
    ),
    situation(
        "renamed, it stays",
        {"one.md": ONE},
        moved("one.md", "uno.md"),
        pages={"/2026/05/one/": 200},
        feed=(A,),
        first=DATED,
    ),
    situation(
        "moved to a folder that is not in the pattern",
        {"one.md": ONE},
        moved("one.md", "news/one.md"),
        feed=(A,),
        pages={"/2026/05/one/": 200},
        first=DATED,
    ),
    situation(
        "moved to a folder that is in the pattern",
        {"one.md": ONE},
        moved("one.md", "news/one.md"),
        feed=(A,),
        pages={"/one/": "/news/one/", "/news/one/": 200},
        first=Event(article_url="/{section}/{slug}/"),
    ),
    situation(
        "another date in the header",
        {"one.md": ONE},
        written({"one.md": story("One", date="2026-04-01")}),
        feed=(A,),
        pages={"/2026/05/one/": 200, "/2026/04/one/": 404},
        first=DATED,
    ),
    situation(
        "the day by the clock of the site",
        {"one.md": story("One", date="2026-04-30T23:30:00Z")},
        feed=("A One 04-30 23:30",),
        pages={"/2026/05/one/": 200},
        first=DATED | Event(zone="Europe/Berlin"),
    ),
    situation(
        "withdrawn, gone at every address",
        BOTH,
        SHORT,
        removed("one.md"),
        feed=(B,),
        pages={"/2026/05/one/": 410, "/one.html": 410},
        first=DATED,
    ),
    situation(
        "withdrawn, and back under another pattern",
        BOTH,
        removed("one.md"),
        SHORT,
        written({"one.md": ONE}),
        feed=(B, A),
        pages={"/2026/05/one/": "/one.html", "/one.html": 200},
        first=DATED,
    ),
    *(
        situation(
            f"back from being {away}, where another has the address by now",
            {"a/x.md": ONE, "c.md": THREE},
            leave,
            written({"b/x.md": TWO}),
            written({"a/x.md": ONE}),
            feed=("B Three 05-03 00:00", B_LATER, A),
            pages={"/2026/05/x/": 200, "/a/x": 200},
            notices=("a/x.md: its address /2026/05/x/ is that of b/x.md, so it stays at /a/x",),
            first=DATED,
        )
        for away, leave in (
            ("removed", removed("a/x.md")),
            ("a draft", written({"a/x.md": story("One", date="2026-05-01", draft="true")})),
        )
    ),
    situation(
        "two articles swap their slugs",
        {
            "one.md": story("One", date="2026-05-01", slug="x"),
            "two.md": story("Two", "Other.", date="2026-05-02", slug="y"),
        },
        written(
            {
                "one.md": story("One", date="2026-05-01", slug="y"),
                "two.md": story("Two", "Other.", date="2026-05-02", slug="x"),
            }
        ),
        feed=(B, A),
        pages={"/x.html": 200, "/y.html": 200},
        first=SHORT,
    ),
    situation(
        "a name in another script",
        {"2026-05-01-Über uns.md": story("One")},
        feed=(A,),
        pages={"/2026/Über-uns.html": 200},
        first=Event(article_url="/:year/:title:output_ext"),
    ),
]


@pytest.mark.parametrize(("events", "feed", "pages", "notices"), SITUATIONS)
def test_an_article_is_where_the_pattern_says(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """Ids stay, no address that was public dies, and no two articles have one."""
    check(rounds, events, feed, pages, notices)


def test_feeds_lead_to_the_site_where_the_articles_live(rounds: Rounds) -> None:
    """By the pattern, or by the address that a header gives."""
    own = {
        "two.md": story("Two", "Other words.", date="2026-05-02", canonical_url="https://cms.example/two?x=1&y")
    }
    rounds.happen(written({"one.md": ONE} | own) | ELSEWHERE)
    assert rounds.links() == ["https://cms.example/two?x=1&y", "https://www.example.com/2026/one/"]


LINKS = [
    "two.md",
    "/notes/two.md",
    "../notes/two/",
    "/notes/two/#end",
    "{% link notes/two.md %}",
    '{{< ref "two.md" >}}',
    "{filename}two.md",
    "https://example.org/notes/two",
]


@pytest.mark.parametrize("link", LINKS)
def test_links_between_articles_lead_to_their_pages(rounds: Rounds, link: str) -> None:
    """Whatever notation they are in, on pages and in feeds, without a redirect, whenever addresses change."""
    words = f'See [the other]({link}), and write `href="https://example.org/notes/two"`.'
    files = {
        "notes/one.md": story("One", words, date="2026-05-01"),
        "notes/two.md": story("Two", date="2026-05-02", slug="due"),
    }
    rounds.happen(written(files))
    end = "#end" if link.endswith("#end") else ""
    for event, one, two in [
        (Event(), "/notes/one", "/notes/due"),
        (DATED, "/2026/05/one/", "/2026/05/due/"),
        (Event(restart=True), "/2026/05/one/", "/2026/05/due/"),
        (
            written({"notes/two.md": story("Two", date="2026-05-02", slug="zwei")}),
            "/2026/05/one/",
            "/2026/05/zwei/",
        ),
        (NONE, "/notes/one", "/notes/zwei"),
    ]:
        rounds.happen(event)
        assert rounds.page(two) == 200
        for path in (one, "/atom.xml", "/rss.xml", "/feed.json"):
            content = rounds.content(path).decode().replace("&lt;", "<").replace('\\"', '"').replace("&gt;", ">")
            assert f'<a href="https://example.org{two}{end}">' in content, path
            assert "<code>href=" in content
            assert 'https://example.org/notes/two"</code>' in content.replace("&quot;", '"'), path


def test_links_lead_to_the_site_where_the_articles_are(rounds: Rounds) -> None:
    """To the article there; a draft is at no page yet."""
    one = story("One", "See [the other](two.md) and [a draft](three.md).", date="2026-05-01")
    rounds.happen(written({"one.md": one, "two.md": TWO, "three.md": story("Three", draft="true")}) | ELSEWHERE)
    content = rounds.content("/atom.xml").decode()
    assert "https://www.example.com/2026/two/" in content
    assert "https://example.org/three" in content
