"""What breaks, and what loses the header that held it back: nobody but the operator notices."""

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

from feedsvc.articles.safeguards import Overrides

WORDS = " ".join(f"word{number}" for number in range(40))
ONE, TWO = story("One", date="2026-05-01"), story("Two", WORDS, date="2026-05-02")
A, B = "A One 05-01 00:00", "B Two 05-02 00:00"
DRAFT = story("Two", WORDS, date="2026-05-02", draft="true")
BROKEN = DRAFT.replace("title: Two", "title: [")
OPEN = DRAFT.replace("---\n\n", "\n")
BARE = f"# Bare\n\n{WORDS}\n"
TEN = NOON + 10 * SECOND
SOON = story("Soon", WORDS, date="2026-06-01T12:00:10Z")
BRIEF = story("Brief", WORDS, date="2026-05-03", expires="2026-06-01T12:00:10Z")
RESTART = Event(restart=True)
CANNOT = "two.md:4: the header cannot be parsed"
LOST = "two.md: it was a draft by its header, and the header is gone; write the header again"

SITUATIONS = [
    situation(
        "an article breaks",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        feed=(B, A),
        pages={"/two": 200},
        notices=(CANNOT,),
    ),
    situation(
        "its header is never closed",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": OPEN}),
        feed=(B, A),
        notices=("two.md:1: the header begins here and is never closed",),
    ),
    situation(
        "it breaks, and the process starts anew",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        RESTART,
        feed=(B, A),
        pages={"/two": 200},
        notices=(CANNOT,),
    ),
    situation(
        "it breaks, and the base URL changes",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        Event(base_url="https://other.example"),
        feed=(B, A),
        pages={"/two": 200},
        notices=(CANNOT,),
    ),
    situation(
        "it breaks and is mended",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        written({"two.md": TWO}),
        feed=(B, A),
    ),
    situation(
        "it breaks and is mended with other words",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        written({"two.md": story("Two", "New.", date="2026-05-02")}),
        feed=(f"{B} > 06-01 14:00", A),
    ),
    situation(
        "it breaks and is removed",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": BROKEN}),
        removed("two.md"),
        feed=(A,),
        pages={"/two": 410},
    ),
    situation(
        "it breaks and expires",
        {"one.md": ONE, "two.md": BRIEF},
        written({"two.md": BROKEN}) | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
        pages={"/two": 410},
        notices=(CANNOT,),
    ),
    situation(
        "it breaks before its date",
        {"one.md": ONE, "two.md": SOON},
        written({"two.md": BROKEN}) | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
        pages={"/two": 404},
        notices=(CANNOT,),
    ),
    situation(
        "it breaks before its date and is mended after it",
        {"one.md": ONE, "two.md": SOON},
        written({"two.md": BROKEN}) | at(NOON + SECOND),
        at(TEN),
        written({"two.md": SOON}),
        feed=("B Soon 06-01 12:00", A),
    ),
    situation(
        "broken when it came",
        {"one.md": ONE, "two.md": BROKEN},
        HOUR_PASSES,
        feed=(A,),
        pages={"/two": 404},
        notices=(CANNOT,),
    ),
    situation(
        "a draft breaks",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BROKEN}),
        RESTART,
        feed=(A,),
        pages={"/two": 404},
        notices=(CANNOT,),
    ),
    situation(
        "a draft loses its header",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}),
        HOUR_PASSES,
        feed=(A,),
        pages={"/two": 404},
        notices=(LOST,),
    ),
    situation(
        "it loses its header, and the process starts anew",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}),
        RESTART,
        feed=(A,),
        pages={"/two": 404},
        notices=(LOST,),
    ),
    situation(
        "it loses its header while the service is down",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}) | RESTART,
        feed=(A,),
        pages={"/two": 404},
        notices=(LOST,),
    ),
    situation(
        "it loses its header and is renamed",
        {"one.md": ONE, "two.md": DRAFT},
        moved("two.md", "three.md") | written({"three.md": BARE}),
        HOUR_PASSES,
        feed=(A,),
        pages={"/three": 404},
        notices=(LOST.replace("two.md", "three.md"),),
    ),
    situation(
        "it loses its header and gets it back",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}),
        written({"two.md": DRAFT}),
        feed=(A,),
        pages={"/two": 404},
    ),
    situation(
        "it loses its header and gets one that publishes it",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}),
        written({"two.md": story("Two", WORDS, draft="false", date="2026-05-02")}),
        feed=(B, A),
    ),
    situation(
        "it loses its header, and the operator overrides the safeguard",
        {"one.md": ONE, "two.md": DRAFT},
        written({"two.md": BARE}),
        Event(overrides=Overrides(headers=True)),
        HOUR_PASSES,
        feed=("B Bare 06-01 12:59", A),
        pages={"/two": 200},
    ),
    situation(
        "a scheduled article loses its header",
        {"one.md": ONE, "two.md": SOON},
        written({"two.md": BARE}) | at(NOON + SECOND),
        at(TEN),
        feed=(A,),
        pages={"/two": 404},
        notices=("two.md: it was to wait by its header, and the header is gone",),
    ),
    situation(
        "an unlisted article loses its header",
        {"one.md": ONE, "two.md": story("Two", WORDS, date="2026-05-02", unlisted="true")},
        written({"two.md": BARE}),
        feed=(A,),
        pages={"/two": 200},
        notices=("two.md: it was unlisted by its header, and the header is gone",),
    ),
    situation(
        "an expired article loses its header",
        {"one.md": ONE, "two.md": BRIEF},
        at(TEN),
        written({"two.md": BARE}),
        feed=(A,),
        pages={"/two": 410},
        notices=("two.md: it was to expire by its header, and the header is gone",),
    ),
    situation(
        "a withdrawn article loses its header",
        {"one.md": ONE, "two.md": TWO},
        written({"two.md": DRAFT}),
        written({"two.md": BARE}),
        feed=(A,),
        pages={"/two": 410},
        notices=(LOST,),
    ),
    situation(
        "a public article loses its header",
        {"one.md": ONE, "two.md": story("One more", date="2026-05-02")},
        written({"two.md": "# One more\n\nWords.\n"}),
        feed=("B One more 05-02 00:00", A),
        pages={"/two": 200},
    ),
]


@pytest.mark.parametrize(("events", "feed", "pages", "notices"), SITUATIONS)
def test_broken_and_bare(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """The last good reading stays, what was never public waits, and the operator is told."""
    check(rounds, events, feed, pages, notices)
