"""What is public, and from when until when."""

from datetime import timedelta

import pytest
from site_rounds import (
    HOUR_PASSES,
    NOON,
    SECOND,
    Event,
    Rounds,
    at,
    check,
    moved,
    removed,
    situation,
    story,
    written,
)

ONE, TWO = story("One", date="2026-05-01"), story("Two", date="2026-05-02")
A, B = "A One 05-01 00:00", "B Two 05-02 00:00"
TEN = NOON + 10 * SECOND
SOON = story("Soon", date="2026-06-01T12:00:10Z")
SOON_LINE = "B Soon 06-01 12:00"
BRIEF = story("Brief", date="2026-05-03", expires="2026-06-01T12:00:10Z")
LISTED, UNLISTED = story("Two", date="2026-05-02"), story("Two", date="2026-05-02", unlisted="true")


def held_back(name: str, path: str, **header: str) -> object:
    """A row about one way to hold an article back."""
    files = {"one.md": ONE, path: story("Two", date="2026-05-02", **header)}
    return situation(name, files, feed=(A,), pages={"/two": 404, "/drafts/two": 404})


SITUATIONS = [
    held_back("draft: true", "two.md", draft="true"),
    held_back("draft: yes", "two.md", Draft="yes"),
    held_back("status: draft", "two.md", status="draft"),
    held_back("published: false", "two.md", published="false"),
    held_back("a folder of drafts", "drafts/two.md"),
    held_back("Jekyll's folder of drafts", "_drafts/two.md"),
    situation(
        "a draft leaves its folder",
        {"one.md": ONE, "_drafts/two.md": TWO},
        moved("_drafts/two.md", "two.md"),
        feed=(B, A),
    ),
    situation(
        "a draft is published",
        {"one.md": ONE, "two.md": story("Two", draft="true")},
        written({"two.md": TWO}),
        feed=(B, A),
    ),
    situation(
        "a draft is renamed, edited and removed",
        {"one.md": ONE, "two.md": story("Two", draft="true")},
        moved("two.md", "three.md") | written({"three.md": story("Three", draft="true")}),
        removed("three.md"),
        feed=(A,),
        pages={"/two": 404, "/three": 404},
    ),
    situation(
        "made a draft again",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": story("Two", date="2026-05-02", draft="true")}),
        feed=(A,),
        pages={"/two": 410},
    ),
    situation(
        "made a draft again, and published again",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": story("Two", date="2026-05-02", draft="true")}),
        written({"two.md": TWO}),
        feed=(B, A),
        pages={"/two": 200},
    ),
    situation("removed", {"one.md": ONE, "two.md": TWO}, removed("two.md"), feed=(A,), pages={"/two": 410}),
    situation(
        "a draft by a file beside it, which is lost",
        {"one.md": ONE, "two.md": TWO, "two.meta": ".. status: draft\n"},
        removed("two.meta"),
        feed=(A,),
        pages={"/two": 404},
        notices=("two.md: it was a draft by two.meta, and that file is gone; bring two.meta back",),
    ),
    situation(
        "a draft by a file beside it, which is all the header it has, and is lost",
        {"one.md": ONE, "two.md": "Words.\n", "two.meta": ".. title: Two\n.. status: draft\n"},
        removed("two.meta"),
        feed=(A,),
        pages={"/two": 404},
        notices=("two.md: it was a draft by two.meta, and that file is gone; bring two.meta back",),
    ),
    situation(
        "a draft by a file beside it, which changes its mind",
        {"one.md": ONE, "two.md": TWO, "two.meta": ".. status: draft\n"},
        written({"two.meta": ".. status: published\n"}),
        feed=(B, A),
    ),
    situation(
        "a draft by its section, whose page is lost",
        {"one.md": ONE, "n/two.md": TWO, "n/_index.md": "---\ncascade: {draft: true}\n---\n"},
        removed("n/_index.md"),
        feed=(A,),
        pages={"/n/two": 404},
        notices=("n/two.md: it was a draft by n/_index.md, and that file is gone",),
    ),
    situation(
        "a draft by its section, which it leaves",
        {"one.md": ONE, "n/two.md": TWO, "n/_index.md": "---\ncascade: {draft: true}\n---\n"},
        moved("n/two.md", "two.md"),
        feed=(B, A),
    ),
    situation(
        "a draft by its folder's data, which is published",
        {"one.md": ONE, "n/two.md": TWO, "n/n.json": '{"draft": true}'},
        written({"n/n.json": '{"draft": false}'}),
        feed=(B, A),
    ),
    situation(
        "its folder's data makes it a draft",
        {"one.md": ONE, "n/two.md": TWO},
        written({"n/n.11tydata.json": '{"draft": true}'}),
        feed=("B One 05-01 00:00",),
        pages={"/n/two": 410},
    ),
    situation(
        "its folder's data comes and cannot be read",
        {"one.md": ONE, "n/two.md": TWO},
        written({"n/n.11tydata.json": '{"draft": tr', "n/three.md": story("Three", date="2026-05-03")}),
        feed=("A Two 05-02 00:00", "B One 05-01 00:00"),
        pages={"/n/three": 404},
        notices=("n/three.md: n/n.11tydata.json may hide it", "n/two.md: n/n.11tydata.json may hide it"),
    ),
    situation(
        "a file that only leads elsewhere",
        {"one.md": ONE, "two.md": "---\nredirect_to: /one\n---\n"},
        feed=(A,),
        pages={"/two": "/one"},
    ),
    situation(
        "a chain, a loop, and one that leads to itself",
        {"one.md": ONE}
        | {f"{name}.md": f"---\nredirect_to: /{to}\n---\n" for name, to in ("ab", "bx", "cd", "dc", "ee")}
        | {"x.md": "---\nredirect_to: /one\n---\n"},
        feed=(A,),
        pages={"/a": "/one", "/b": "/one", "/c": 404, "/d": 404, "/e": 404},
    ),
    situation(
        "nothing is left of it",
        {"one.md": ONE, "two.md": story("Two", words="{{< recent >}}", date="2026-05-02")},
        feed=(A,),
        pages={"/two": 404},
        notices=("two.md: nothing remains of it", "two.md:"),
    ),
    situation(
        "a file about the project",
        {"one.md": ONE, "README.md": "# Two\n\nWords.\n"},
        feed=(A,),
        pages={"/readme": 404},
    ),
    situation(
        "published before a generator came, in a folder of the generator's",
        {"one.md": ONE, "static/two.html": "<title>Two</title><time pubdate>2026-05-02</time><p>Words."},
        written({"hugo.toml": "title = 'x'\n", "static/three.html": "<title>Three</title><p>Words."}),
        HOUR_PASSES,
        feed=(B, A),
        pages={"/static-2/two": 200, "/static-2/three": 404},
        notices=("static/two.html: this is a file of the site in the folder static; it stays",),
    ),
    situation(
        "a second before its date",
        {"one.md": ONE, "soon.md": SOON},
        at(TEN - SECOND),
        feed=(A,),
        pages={"/soon": 404},
    ),
    situation("at its date", {"one.md": ONE, "soon.md": SOON}, at(TEN), feed=(SOON_LINE, A), pages={"/soon": 200}),
    situation(
        "the service was down at its date",
        {"one.md": ONE, "soon.md": SOON},
        at(TEN + timedelta(days=3)) | Event(restart=True),
        feed=(SOON_LINE, A),
    ),
    situation(
        "the clock is set back after its date",
        {"one.md": ONE, "soon.md": SOON},
        at(TEN),
        at(NOON),
        feed=(SOON_LINE, A),
    ),
    situation(
        "its date is put off",
        {"one.md": ONE, "soon.md": SOON},
        written({"soon.md": story("Soon", date="2026-06-02")}) | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
    ),
    situation(
        "its date is brought forward",
        {"one.md": ONE, "soon.md": SOON},
        written({"soon.md": story("Soon", date="2026-06-01T12:00:01Z")}) | at(NOON + SECOND),
        feed=(SOON_LINE, A),
    ),
    situation(
        "made a draft before its date",
        {"one.md": ONE, "soon.md": SOON},
        written({"soon.md": story("Soon", date="2026-06-01T12:00:10Z", draft="true")}) | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
    ),
    situation(
        "removed before its date",
        {"one.md": ONE, "soon.md": SOON},
        removed("soon.md") | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
    ),
    situation(
        "renamed and moved before its date",
        {"one.md": ONE, "soon.md": SOON},
        moved("soon.md", "n/then.md") | at(NOON + SECOND),
        at(TEN),
        feed=(SOON_LINE, A),
        pages={"/soon": 404, "/n/then": 200},
    ),
    situation(
        "a second before it expires",
        {"one.md": ONE, "brief.md": BRIEF},
        at(TEN - SECOND),
        feed=("A Brief 05-03 00:00", "B One 05-01 00:00"),
    ),
    situation(
        "it expires",
        {"one.md": ONE, "brief.md": BRIEF},
        at(TEN),
        feed=("B One 05-01 00:00",),
        pages={"/brief": 410},
    ),
    situation(
        "the service was down when it expired",
        {"one.md": ONE, "brief.md": BRIEF},
        at(TEN + timedelta(days=3)) | Event(restart=True),
        feed=("B One 05-01 00:00",),
        pages={"/brief": 410},
    ),
    situation(
        "the clock is set back after it expired",
        {"one.md": ONE, "brief.md": BRIEF},
        at(TEN),
        at(NOON),
        feed=("B One 05-01 00:00",),
        pages={"/brief": 410},
    ),
    situation(
        "its expiry is put off when it has expired",
        {"one.md": ONE, "brief.md": BRIEF},
        at(TEN),
        written({"brief.md": story("Brief", date="2026-05-03", expires="2026-07-01")}),
        feed=("A Brief 05-03 00:00", "B One 05-01 00:00"),
    ),
    situation(
        "expired when it came",
        {"one.md": ONE, "old.md": story("Old", date="2026-04-01", expires="2026-05-01")},
        feed=(A,),
        pages={"/old": 404},
    ),
    situation(
        "published for a while to come",
        {"one.md": ONE, "soon.md": story("Soon", date="2026-06-01T12:00:10Z", expires="2026-06-01T12:00:20Z")},
        at(TEN),
        at(TEN + 10 * SECOND),
        feed=(A,),
        pages={"/soon": 410},
    ),
    situation("unlisted", {"one.md": ONE, "two.md": UNLISTED}, feed=(A,), pages={"/two": 200}),
    situation(
        "taken off the lists",
        {"one.md": ONE, "two.md": LISTED},
        written({"two.md": UNLISTED}),
        feed=(A,),
        pages={"/two": 200},
    ),
    situation(
        "put on the lists",
        {"one.md": ONE, "two.md": UNLISTED},
        written({"two.md": LISTED}),
        feed=(B, A),
        pages={"/two": 200},
    ),
    situation(
        "unlisted, and removed",
        {"one.md": ONE, "two.md": UNLISTED},
        removed("two.md"),
        feed=(A,),
        pages={"/two": 410},
    ),
]


@pytest.mark.parametrize(("events", "feed", "pages", "notices"), SITUATIONS)
def test_what_is_public(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """To the second, and as the file said last."""
    check(rounds, events, feed, pages, notices)


@pytest.mark.parametrize(
    ("files", "events", "expected"),
    [
        ({"one.md": ONE}, (), None),
        ({"soon.md": SOON}, (), TEN),
        ({"soon.md": SOON, "brief.md": BRIEF}, (at(TEN),), TEN + timedelta(days=90)),
        ({"brief.md": BRIEF}, (), TEN),
        ({"soon.md": SOON}, (removed("soon.md") | at(NOON + SECOND),), None),
        ({"soon.md": SOON}, (written({"soon.md": "---\ntitle: [\n---\n"}), HOUR_PASSES), None),
    ],
    ids=["none", "an appearance", "the end of a tombstone", "an expiry", "removed before", "broken before"],
)
def test_an_edition_knows_its_next_moment(
    rounds: Rounds, files: dict[str, str], events: tuple[Event, ...], expected: object
) -> None:
    """No cache may keep anything past it, and one job is armed for it."""
    for event in (written(files | {"always.md": ONE}), *events):
        rounds.happen(event)
    assert rounds.next_moment() == expected


def test_an_unlisted_article_stands_in_no_list(rounds: Rounds) -> None:
    """Neither on the first page nor in the feeds of its folder, tags and authors, nor in the list of feeds."""
    said = {"date": "2026-05-02", "unlisted": "true", "tags": "[secret]", "author": "Nemo"}
    rounds.happen(written({"one.md": ONE, "hush/two.md": story("Two", **said)}))
    assert rounds.page("/hush/two") == 200
    told = {path for path in rounds.served() if b"Two" in rounds.content(path)}
    assert told == {"/hush/two"}
    assert not [path for path in rounds.served() if "secret" in path or "nemo" in path]
    assert b"secret" not in rounds.content("/feeds.opml")
