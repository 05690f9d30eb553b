"""What the subscribers of a channel see when an article leaves it and stays public, or comes back."""

from dataclasses import replace

import pytest
from site_rounds import HOUR_PASSES, NOON, Event, Rounds, at, moved, removed, story, written

SEA = story("One", date="2026-05-01", tags="[Sea]", author="Jo")
DRY = story("One", date="2026-05-01", tags="[]", author="Jo")
NOBODYS = story("One", date="2026-05-01", tags="[Sea]")
TWO = story("Two", "Other words.", date="2026-05-02", tags="[sea]", author="Jo")
DRAFT = story("One", date="2026-05-01", tags="[secret]", draft="true")
A, B = "A One 05-01 00:00", "B Two 05-02 00:00"
ONE, BOTH = {"n/one.md": SEA}, {"n/one.md": SEA, "n/two.md": TWO}
DRIED, LATER = written({"n/one.md": DRY}), HOUR_PASSES


def row(
    name: str,
    before: dict[str, str],
    *events: Event,
    channel: str = "/tags/sea/",
    feed: tuple[str, ...] = (),
    date: str,
    deleted: tuple[str, ...] = (),
) -> object:
    """One row: the files of the first round, what happens, and the feeds, date and tombstones of a channel."""
    seen = (list(feed), date, list(deleted))
    return pytest.param((written(before), *events), channel, seen, id=name)


SITUATIONS = [
    row("a tag is lost", BOTH, DRIED, feed=(B,), date="06-01 13:00"),
    row("a tag is lost, hours ago", BOTH, DRIED, LATER, LATER, feed=(B,), date="06-01 13:00"),
    row(
        "a tag is spelled otherwise",
        BOTH,
        written({"n/two.md": TWO.replace("sea", "SÉA")}),
        feed=("B Two 05-02 00:00 > 06-01 13:00", A),
        date="06-01 13:00",
    ),
    row("the last article loses the tag", ONE, DRIED, date="06-01 13:00"),
    row(
        "what left is edited",
        BOTH,
        DRIED,
        written({"n/one.md": DRY.replace("Words", "New words")}),
        feed=(B,),
        date="06-01 13:00",
    ),
    row(
        "the tag comes back",
        ONE,
        DRIED,
        written({"n/one.md": SEA}),
        feed=("A One 05-01 00:00 > 06-01 14:00",),
        date="06-01 14:00",
    ),
    row(
        "an author is lost",
        BOTH,
        written({"n/one.md": NOBODYS}),
        channel="/authors/jo/",
        feed=(B,),
        date="06-01 13:00",
    ),
    row(
        "the last article loses the author",
        ONE,
        written({"n/one.md": NOBODYS}),
        channel="/authors/jo/",
        date="06-01 13:00",
    ),
    row("moved out of a folder", BOTH, moved("n/one.md", "one.md"), channel="/n/", feed=(B,), date="06-01 13:00"),
    row(
        "moved deeper into a folder",
        ONE,
        moved("n/one.md", "n/o/one.md"),
        channel="/n/",
        feed=(A,),
        date="05-01 00:00",
    ),
    row(
        "moved into another folder",
        BOTH,
        moved("n/one.md", "m/one.md"),
        channel="/m/",
        feed=(A,),
        date="06-01 13:00",
    ),
    row("the last article moves out", ONE, moved("n/one.md", "m/one.md"), channel="/n/", date="06-01 13:00"),
    row(
        "moved out and back",
        ONE,
        moved("n/one.md", "m/one.md"),
        moved("m/one.md", "n/one.md"),
        channel="/n/",
        feed=(A,),
        date="06-01 14:00",
    ),
    row(
        "moved out, and the clock is set back",
        ONE,
        moved("n/one.md", "m/one.md"),
        moved("m/one.md", "n/one.md") | at(NOON),
        channel="/n/",
        feed=(A,),
        date="06-01 12:00",
    ),
    row("what left is removed", BOTH, DRIED, removed("n/one.md"), feed=(B,), date="06-01 13:00"),
    row(
        "removed where it stands, having left elsewhere",
        BOTH,
        DRIED,
        removed("n/one.md"),
        channel="/n/",
        feed=(B,),
        date="06-01 14:00",
        deleted=("A",),
    ),
    row(
        "made a draft without the tag",
        BOTH,
        written({"n/one.md": DRAFT}),
        feed=(B,),
        date="06-01 13:00",
        deleted=("A",),
    ),
    row(
        "made a draft, and another one again",
        BOTH,
        written({"n/one.md": DRAFT}),
        written({"n/one.md": DRAFT.replace("secret", "hush")}),
        feed=(B,),
        date="06-01 13:00",
        deleted=("A",),
    ),
    row(
        "withdrawn and back with another tag",
        BOTH,
        removed("n/one.md"),
        written({"n/one.md": DRY}),
        feed=(B,),
        date="06-01 13:00",
    ),
]


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize(("events", "channel", "seen"), SITUATIONS)
def test_what_left_a_channel(
    rounds: Rounds,
    events: tuple[Event, ...],
    channel: str,
    seen: tuple[list[str], str, list[str]],
    *,
    restart: bool,
) -> None:
    """The feed stays and its date moves once; only what left all feeds is told of as deleted."""
    for event in events:
        rounds.happen(replace(event, restart=restart))
    assert (rounds.feed(channel), rounds.feed_date(channel), rounds.tombstones(channel)) == seen
    assert not [path for path in rounds.served() if "secret" in path or "hush" in path]
