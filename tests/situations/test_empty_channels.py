"""What becomes of a channel that its last article has left: it is empty, then gone, and may come back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from site_rounds import HOUR, NOON, Event, Rounds, at, removed, story, written

TAGGED = story("One", date="2026-05-01", tags="[Sea]", author="Jo")
PLAIN = story("One", date="2026-05-01", author="Jo")
OTHER = story("Two", "Other words.", date="2026-05-02", tags="[sea]")
SITE = {"top.md": story("Top", "Of the whole site.", date="2026-04-01")}
FIRST = written({**SITE, "one.md": TAGGED})
EMPTIED = written({"one.md": PLAIN})
DAYS = timedelta(days=90)
END = NOON + HOUR + DAYS
"""When a channel is dropped whose last article left it in the second round."""
FORGOTTEN = END + timedelta(days=365)
SECOND = timedelta(seconds=1)
Answers = tuple[int | str, ...]
PATHS = ("/tags/sea", "/tags/sea/", "/tags/sea/rss.xml", "/tags/sea/atom.xml", "/tags/sea/feed.json")
THERE: Answers = ("/tags/sea/", 200, 200, 200, 200)
GONE: Answers = (410,) * 5
UNKNOWN: Answers = (404,) * 5


def row(name: str, *events: Event, seen: Answers, next_moment: datetime | None = None) -> object:
    """One row: what happens, what the channel's paths answer in the end, and when something happens next."""
    return pytest.param((FIRST, *events), seen, next_moment, id=name)


SITUATIONS = [
    row("an article is in it", at(END), seen=THERE),
    row("its last article has left it", EMPTIED, seen=THERE, next_moment=END),
    row("a second before", EMPTIED, at(END - SECOND), seen=THERE, next_moment=END),
    row("the second in which it is dropped", EMPTIED, at(END), seen=GONE, next_moment=FORGOTTEN),
    row("its last file was removed", removed("one.md"), at(END), seen=GONE, next_moment=FORGOTTEN),
    row(
        "an edit of what left it moves nothing",
        EMPTIED,
        written({"one.md": PLAIN.replace("Words", "New words")}) | at(END - HOUR),
        at(END),
        seen=GONE,
        next_moment=FORGOTTEN,
    ),
    row(
        "another article came and left meanwhile",
        EMPTIED,
        written({"two.md": OTHER}),
        written({"two.md": OTHER.replace("[sea]", "[]")}),
        at(END),
        seen=THERE,
        next_moment=END + 2 * HOUR,
    ),
    row("its article comes back in time", EMPTIED, FIRST | at(END - SECOND), at(END), seen=THERE),
    row("its article comes back too late", EMPTIED, at(END), FIRST, seen=THERE),
    row("another article comes", EMPTIED, at(END), written({"two.md": OTHER}), seen=THERE),
    row(
        "it comes back and is emptied again",
        EMPTIED,
        at(END),
        FIRST,
        EMPTIED,
        seen=THERE,
        next_moment=END + 2 * HOUR + DAYS,
    ),
    row("it is gone for a year", EMPTIED, at(END), at(FORGOTTEN - SECOND), seen=GONE, next_moment=FORGOTTEN),
    row("nobody has to know any more", EMPTIED, at(END), at(FORGOTTEN), seen=UNKNOWN),
    row("it comes back when it was forgotten", EMPTIED, at(END), at(FORGOTTEN), FIRST, seen=THERE),
]


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize(("events", "seen", "next_moment"), SITUATIONS)
def test_a_channel_that_stays_empty_is_gone_until_an_article_comes(
    rounds: Rounds, events: tuple[Event, ...], seen: Answers, next_moment: datetime | None, *, restart: bool
) -> None:
    """Nothing but the records and the moment decide, and every list of channels goes with it."""
    for event in events:
        rounds.happen(replace(event, restart=restart))
    assert tuple(rounds.page(path) for path in PATHS) == seen
    assert (b"/tags/sea/" in rounds.content("/feeds.opml")) == (seen == THERE)
    assert (b"/tags/sea/" in rounds.content("/")) == (seen == THERE)
    assert ("/tags/" in rounds.served()) == (seen == THERE)
    assert ("preview/tags/sea/" in rounds.served()) == (seen == THERE)
    assert rounds.next_moment() == next_moment
    positions = rounds.memory.archive_positions["/tags/sea/"]
    assert [rounds.letters[record] for record in sorted(positions, key=positions.__getitem__)] == ["A", "C"][
        : len(positions)
    ]
