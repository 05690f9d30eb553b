"""Which article each file is, and where its page is: whatever authors do, no subscriber sees an entry twice."""

import feedparser
import pytest
from site_rounds import HOUR_PASSES, Event, Rounds, check, moved, removed, situation, story, written

LONG = " ".join(f"word{number}" for number in range(80))
ONE, TWO = story("One", date="2026-05-01"), story("Two", "Other words.", date="2026-05-02")
LETTER = story("Letter", LONG, date="2026-05-03")
LETTER_EDITED = story("Letter", f"{LONG} And a postscript.", date="2026-05-03")
KEYED = story("Keyed", date="2026-05-04", id="urn:k")
A, B = "A One 05-01 00:00", "B Two 05-02 00:00"
BOTH = {"one.md": ONE, "two.md": TWO}

SITUATIONS = [
    situation("nothing happens", {"one.md": ONE}, HOUR_PASSES, feed=(A,), pages={"/one": 200}),
    situation("touched", {"one.md": ONE}, Event(checkout=True), feed=(A,)),
    situation("renamed", {"one.md": ONE}, moved("one.md", "uno.md"), feed=(A,), pages={"/one": 200, "/uno": 404}),
    situation("renamed by case", {"one.md": ONE}, moved("one.md", "One.md"), feed=(A,), pages={"/one": 200}),
    situation(
        "renamed to another kind of file",
        {"one.md": ONE},
        moved("one.md", "one.markdown"),
        feed=(A,),
        pages={"/one": 200},
    ),
    situation(
        "moved to a folder",
        {"one.md": ONE},
        moved("one.md", "news/one.md"),
        feed=(A,),
        pages={"/news/one": 200, "/one": "/news/one"},
    ),
    situation(
        "moved twice, both addresses lead to the last",
        {"one.md": ONE},
        moved("one.md", "news/one.md"),
        moved("news/one.md", "notes/uno.md"),
        feed=(A,),
        pages={"/notes/uno": 200, "/one": "/notes/uno", "/news/one": "/notes/uno"},
    ),
    situation(
        "moved there and back",
        {"one.md": ONE},
        moved("one.md", "news/one.md"),
        moved("news/one.md", "one.md"),
        feed=(A,),
        pages={"/one": 200, "/news/one": "/one"},
    ),
    situation(
        "a folder is renamed",
        {"a/one.md": ONE, "a/two.md": TWO},
        moved("a/one.md", "b/one.md", "a/two.md", "b/two.md"),
        feed=(B, A),
        pages={"/b/one": 200, "/b/two": 200, "/a/one": "/b/one", "/a/two": "/b/two"},
    ),
    situation(
        "two articles change folders",
        {"a/x.md": ONE, "b/x.md": TWO},
        moved("a/x.md", "b/x.md", "b/x.md", "a/x.md"),
        feed=(B, A),
        pages={"/a/x": "/b/x-2", "/b/x": "/a/x-2", "/a/x-2": 200, "/b/x-2": 200},
    ),
    situation(
        "renamed and edited",
        {"letter.md": LETTER},
        moved("letter.md", "post.md") | written({"post.md": LETTER_EDITED}),
        feed=("A Letter 05-03 00:00 > 06-01 13:00",),
        pages={"/letter": 200, "/post": 404},
    ),
    situation(
        "moved, renamed and edited",
        {"letter.md": LETTER},
        moved("letter.md", "x/post.md") | written({"x/post.md": LETTER_EDITED}),
        feed=("A Letter 05-03 00:00 > 06-01 13:00",),
        pages={"/letter": "/x/post", "/x/post": 200},
    ),
    situation(
        "renamed and edited, with an id",
        {"k.md": KEYED},
        removed("k.md") | written({"j.md": story("Keyed", "All new.", date="2026-05-04", id="urn:k")}),
        feed=("A Keyed 05-04 00:00 > 06-01 13:00",),
    ),
    situation(
        "renamed and written anew",
        BOTH,
        removed("one.md") | written({"other.md": story("Other", LONG, date="2026-05-01")}),
        feed=(B, "C Other 05-01 00:00"),
        pages={"/one": 410},
    ),
    situation(
        "a report like yesterday's, which is gone",
        {"letter.md": LETTER, "one.md": ONE},
        removed("letter.md") | written({"today.md": story("Letter", f"{LONG} Rain.", date="2026-05-04")}),
        feed=("C Letter 05-04 00:00", "B One 05-01 00:00"),
        pages={"/letter": 410, "/today": 200},
    ),
    situation("file names swapped", BOTH, moved("one.md", "two.md", "two.md", "one.md"), feed=(B, A)),
    situation(
        "file names passed around",
        BOTH | {"letter.md": LETTER},
        moved("one.md", "two.md", "two.md", "letter.md", "letter.md", "one.md"),
        feed=("A Letter 05-03 00:00", "C Two 05-02 00:00", "B One 05-01 00:00"),
    ),
    situation(
        "copied", {"one.md": ONE}, written({"copy.md": ONE}), feed=("B One 05-01 00:00", A), pages={"/copy": 200}
    ),
    situation(
        "copied, and the first one removed",
        {"one.md": ONE},
        written({"copy.md": ONE}),
        removed("one.md"),
        feed=("B One 05-01 00:00",),
        pages={"/one": 410, "/copy": 200},
    ),
    situation(
        "edited",
        {"one.md": ONE},
        written({"one.md": story("One", "New.", date="2026-05-01")}),
        feed=("A One 05-01 00:00 > 06-01 13:00",),
        pages={"/one": 200},
    ),
    situation(
        "given another title",
        {"one.md": ONE},
        written({"one.md": story("Uno", date="2026-05-01")}),
        feed=("A Uno 05-01 00:00 > 06-01 13:00",),
        pages={"/one": 200},
    ),
    situation(
        "given an id", {"one.md": ONE}, written({"one.md": story("One", date="2026-05-01", id="urn:x")}), feed=(A,)
    ),
    situation(
        "its id taken away",
        {"k.md": KEYED},
        written({"k.md": story("Keyed", date="2026-05-04")}),
        feed=("A Keyed 05-04 00:00",),
    ),
    situation(
        "a second file with the id of a published one",
        {"k.md": KEYED},
        written({"a.md": story("Thief", date="2026-05-05", id="urn:k")}),
        feed=("A Keyed 05-04 00:00",),
        pages={"/a": 404},
        notices=("a.md: it declares the id 'urn:k', which k.md has already",),
    ),
    situation(
        "two new files with one id",
        {"k.md": KEYED, "l.md": KEYED},
        feed=("A Keyed 05-04 00:00",),
        notices=("l.md: it declares the id 'urn:k', which k.md has already",),
    ),
    situation(
        "of two files with one id the published one goes",
        {"k.md": KEYED},
        written({"l.md": KEYED}),
        removed("k.md"),
        feed=("A Keyed 05-04 00:00",),
    ),
    situation("another base URL", BOTH, Event(base_url="https://other.example"), feed=(B, A), pages={"/one": 200}),
    situation(
        "http, then https",
        {"one.md": ONE},
        Event(base_url="http://example.org"),
        Event(base_url="https://example.org"),
        feed=(A,),
    ),
    situation("a fresh checkout", BOTH, Event(checkout=True, restart=True), feed=(B, A)),
    situation(
        "a backup of the files",
        {"one.md": ONE},
        written({"one.md": story("One", "New.", date="2026-05-01")}),
        written({"one.md": ONE}),
        feed=("A One 05-01 00:00 > 06-01 14:00",),
    ),
    situation(
        "a backup of the store",
        {"one.md": ONE},
        written({"two.md": TWO}) | moved("one.md", "uno.md"),
        Event(rolled_back=True),
        feed=(B, A),
    ),
    situation("removed", BOTH, removed("one.md"), feed=(B,), pages={"/one": 410}),
    situation("removed and restored", BOTH, removed("one.md"), written({"one.md": ONE}), feed=(B, A)),
    situation(
        "removed and restored in a folder",
        BOTH,
        removed("one.md"),
        written({"n/uno.md": ONE}),
        feed=(B, A),
        pages={"/one": "/n/uno", "/n/uno": 200},
    ),
    situation(
        "removed, and back edited elsewhere after the next round",
        {"letter.md": LETTER, "one.md": ONE},
        removed("letter.md"),
        written({"post.md": LETTER_EDITED}),
        feed=("A Letter 05-03 00:00 > 06-01 14:00", "B One 05-01 00:00"),
    ),
    situation(
        "moved, then removed",
        BOTH,
        moved("one.md", "n/one.md"),
        removed("n/one.md"),
        feed=(B,),
        pages={"/n/one": 410, "/one": 410},
    ),
    situation(
        "a new article with the name of a removed one",
        BOTH,
        removed("one.md"),
        written({"one.txt": "Something else\n\nAltogether.\n"}),
        feed=("C Something else 06-01 13:59", B),
        pages={"/one": 410, "/one-2": 200},
    ),
    situation(
        "two articles with one address",
        {"1/x.md": ONE, "x.md": story("X", date="2026-05-09")},
        moved("1/x.md", "y/x.md") | written({"y/x.txt": "Y\n\nWhy.\n"}),
        feed=("C Y 06-01 12:59", "B X 05-09 00:00", A),
        pages={"/x": 200, "/y/x": 200, "/y/x-2": 200, "/1/x": "/y/x"},
    ),
    situation(
        "another slug by its header",
        {"one.md": ONE},
        written({"one.md": story("One", date="2026-05-01", slug="first")}),
        feed=(A,),
        pages={"/first": 200, "/one": "/first"},
    ),
    situation(
        "aliases",
        {"one.md": story("One", date="2026-05-01", aliases="[/2019/uno.html, /p/1/]")},
        feed=(A,),
        pages={"/2019/uno.html": "/one", "/p/1": "/one", "/p/1/": "/one"},
    ),
    situation(
        "an alias where something is",
        {
            "one.md": story("One", date="2026-05-01", aliases="[/two, /rss.xml, /feed, /one, /healthz]"),
            "two.md": TWO,
        },
        feed=(B, A),
        pages={"/two": 200, "/rss.xml": 200, "/feed": "/rss.xml", "/one": 200, "/healthz": 404},
        notices=tuple(
            f'one.md: the alias "{path}" has no effect' for path in ("/two", "/rss.xml", "/feed", "/healthz")
        ),
    ),
    situation(
        "a new article where an alias was",
        {"one.md": story("One", date="2026-05-01", aliases="[/two]")},
        written({"two.md": TWO}),
        feed=(B, A),
        pages={"/two": 200},
        notices=('one.md: the alias "/two" has no effect',),
    ),
    situation(
        "the alias of a removed article",
        {"one.md": story("One", date="2026-05-01", aliases="[/uno]"), "two.md": TWO},
        removed("one.md"),
        feed=(B,),
        pages={"/uno": 410, "/one": 410},
    ),
    situation(
        "a successor takes over the address of a removed article",
        BOTH,
        removed("one.md"),
        written({"two.md": story("Two", "Other words.", date="2026-05-02", aliases="[/one]")}),
        feed=(B,),
        pages={"/one": "/two"},
    ),
]


@pytest.mark.parametrize(("events", "feed", "pages", "notices"), SITUATIONS)
def test_known_again(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """Ids and first dates stay; pages stay or lead on; what cannot be one article is told."""
    check(rounds, events, feed, pages, notices)


def test_translations_name_each_other_where_readers_look(rounds: Rounds) -> None:
    """On pages and in Atom (RFC 4287, section 4.2.7.4); whichever a reader takes, it takes the own one."""
    files = {
        "n/tide.md": story("Tide", date="2026-05-03"),
        "n/tide.pt-br.md": story("Maré", "Em português.", date="2026-05-02"),
        "n/tide.fr.md": story("Marée", "En français.", date="2026-05-01", unlisted="true"),
    }
    rounds.happen(written(files))
    own, other = "https://example.org/n/tide", "https://example.org/n/tide-pt-br"
    entry = feedparser.parse(rounds.content("/atom.xml")).entries[0]
    links = [(link.get("hreflang"), link.href) for link in entry.links if link.rel == "alternate"]
    assert links == [(None, own), ("pt-BR", other), ("en", own)]
    assert entry.link == own
    page = rounds.content("/n/tide-pt-br").decode()
    for language, address in (("en", own), ("pt-BR", other)):
        assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in page
    assert "hreflang" not in rounds.content("/n/tide-fr").decode()
    rounds.happen(removed("n/tide.pt-br.md"))
    assert "hreflang" not in rounds.content("/n/tide").decode()


def test_folders_that_differ_by_a_sign_are_channels_of_their_own(rounds: Rounds) -> None:
    """As tags are; the pages of their articles stay where the names of the folders put them."""
    folders = ("C++", "C#", "\u5317\u4eac", "\u80cc\u666f", "\U0001f680", "news")
    rounds.happen(written({f"{name}/n.md": story(f"In {name}", f"Words of {name}.") for name in folders}))
    paths = [path.removesuffix("atom.xml") for path in rounds.served() if path.endswith("/atom.xml")]
    held = [[entry.split(" ")[2] for entry in rounds.feed(path)] for path in sorted(paths) if path != "/"]
    assert sorted(held) == sorted([name] for name in folders)
    assert [rounds.page(path) for path in ("/c/n", "/c/n-2", "/news/n", "/n")] == [200] * 4
    assert "/news/" in paths
