"""Which dates an article has: the first is settled once, the second moves with the meaning alone."""

from datetime import UTC, datetime, timedelta

import pytest
from site_rounds import (
    HOUR,
    HOUR_PASSES,
    NOON,
    SECOND,
    Event,
    Rounds,
    at,
    check,
    removed,
    situation,
    story,
    written,
)

PLAIN = "Plain\n\nWords.\n"
ONE = story("One", date="2026-05-01")
A = "A One 05-01 00:00"
EDITED = f"{A} > 06-01 13:00"
UNIX, DOS = datetime(1970, 1, 1, tzinfo=UTC), datetime(1980, 1, 1, tzinfo=UTC)
AHEAD = datetime(2200, 1, 1, tzinfo=UTC)
BERLIN = Event(zone="Europe/Berlin")
LAST_MONTH, NEXT_MONTH = datetime(2026, 5, 9, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def dated(date: str, *, zone: str = "UTC", feed: str, **header: str) -> object:
    """A row about how one date is read."""
    files = {"one.md": story("One", date=date, **header)}
    return situation(f"{date} in {zone}", files, first=Event(zone=zone), feed=(f"A One {feed}",))


SITUATIONS = [
    situation("by its header, before its name", {"2026-04-01-one.md": ONE}, feed=(A,)),
    situation("by its name", {"2026-04-01-one.txt": PLAIN}, feed=("A Plain 04-01 00:00",)),
    situation("by its folders", {"2026/04/03/one.txt": PLAIN}, feed=("A Plain 04-03 00:00",)),
    situation(
        "by the time of its file",
        {"one.txt": PLAIN},
        first=Event(dated={"one.txt": LAST_MONTH}),
        feed=("A Plain 05-09 00:00",),
    ),
    situation(
        "its file has no time",
        {"one.txt": PLAIN},
        first=Event(dated={"one.txt": UNIX}),
        feed=("A Plain 06-01 12:00",),
    ),
    situation(
        "its file has the first time of DOS, in a zone behind UTC",
        {"one.txt": PLAIN},
        first=Event(dated={"one.txt": DOS + timedelta(hours=9)}),
        feed=("A Plain 06-01 12:00",),
    ),
    situation(
        "its header has Go's zero",
        {"one.md": story("One", date="0001-01-01T00:00:00Z", expires="0001-01-01T00:00:00Z")},
        first=Event(dated={"one.md": LAST_MONTH}),
        feed=("A One 05-09 00:00",),
        notices=(
            'one.md:3: "date" is what programs write if there is no date',
            'one.md:4: "expires" is what programs write if there is no date',
        ),
    ),
    situation(
        "written together by a copy",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n", "one.md": ONE},
        feed=("D One 05-01 00:00", *(f"{name} {name} 04-30 23:59" for name in "ABC")),
        notices=(".: 3 articles have no date, and their files were written together",),
    ),
    situation(
        "written one after another by a slow copy",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n", "one.md": ONE},
        first=Event(dated={f"{name}.txt": LAST_MONTH + SECOND * number for number, name in enumerate("abc")}),
        feed=("D One 05-01 00:00", *(f"{name} {name} 04-30 23:59" for name in "ABC")),
        notices=(".: 3 articles have no date",),
    ),
    situation(
        "written one after another by their author",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n", "one.md": ONE},
        first=Event(dated={f"{name}.txt": LAST_MONTH + HOUR * number for number, name in enumerate("abc")}),
        feed=("C C 05-09 02:00", "B B 05-09 01:00", "A A 05-09 00:00", "D One 05-01 00:00"),
    ),
    situation(
        "copied without their times",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n", "one.md": ONE},
        first=Event(dated={f"{name}.txt": UNIX for name in "abc"}),
        feed=("D One 05-01 00:00", *(f"{name} {name} 1970-01-01 00:00" for name in "ABC")),
        notices=(".: 3 articles have no date",),
    ),
    situation(
        "copied, and none of them is dated",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n"},
        feed=tuple(f"{name} {name} 06-01 11:59" for name in "ABC"),
        notices=(".: 3 articles have no date",),
    ),
    situation(
        "dropped in later, alone or with a few",
        {"a.txt": "A\n\nWords.\n", "b.txt": "B\n\nOther.\n", "c.txt": "C\n\nMore.\n", "one.md": ONE},
        written({"e.txt": "E\n\nNew.\n", "f.txt": "F\n\nNewer.\n", "g.txt": "G\n\nNewest.\n"}),
        feed=(
            *(f"{name} {name} 06-01 12:59" for name in "EFG"),
            "D One 05-01 00:00",
            *(f"{name} {name} 04-30 23:59" for name in "ABC"),
        ),
    ),
    situation(
        "an archive unpacked later",
        {"one.md": ONE},
        written({f"{name}.txt": f"{name}\n\nOld words of {name}.\n" for name in "BCDEFGHIJK"}),
        feed=(A, *(f"{name} {name} 04-30 23:59" for name in "BCDEFGHIJK")),
        notices=(".: 10 articles have no date",),
    ),
    situation(
        "its file is from the future",
        {"one.txt": PLAIN},
        first=Event(dated={"one.txt": NEXT_MONTH}),
        feed=("A Plain 06-01 12:00",),
    ),
    situation(
        "the time of its file moves",
        {"one.txt": PLAIN},
        Event(dated={"one.txt": NEXT_MONTH}),
        Event(dated={"one.txt": LAST_MONTH}),
        feed=("A Plain 06-01 11:59",),
    ),
    situation(
        "the clock is set back after it was published",
        {"one.txt": PLAIN},
        at(NOON - timedelta(days=30)),
        feed=("A Plain 05-02 12:00",),
    ),
    situation(
        "the clock is set back, and right again",
        {"one.txt": PLAIN},
        at(NOON - timedelta(days=30)),
        at(NOON),
        feed=("A Plain 05-02 12:00",),
    ),
    situation(
        "edited while the clock is set back",
        {"one.txt": PLAIN},
        written({"one.txt": "Plain\n\nOther words.\n"}) | at(NOON - timedelta(days=30)),
        feed=("A Plain 05-02 12:00",),
    ),
    situation(
        "edited while the clock was ahead",
        {"one.md": ONE},
        written({"one.md": ONE + "More.\n"}) | at(AHEAD),
        at(NOON + timedelta(hours=2)),
        feed=(f"{A} > 06-01 14:00",),
    ),
    situation(
        "new while the clock was ahead",
        {"one.md": ONE},
        written({"two.txt": PLAIN, "three.md": story("Three", date="2026-05-03")}) | at(AHEAD),
        at(NOON + timedelta(hours=2)),
        HOUR_PASSES,
        feed=("C Plain 06-01 14:00", "B Three 05-03 00:00", A),
    ),
    situation(
        "removed while the clock was ahead, and put back",
        {"one.md": ONE, "n/two.md": story("Two", date="2026-05-02")},
        removed("n/two.md") | at(AHEAD),
        at(NOON + timedelta(hours=2)),
        written({"n/two.md": story("Two", date="2026-05-02")}),
        feed=("A Two 05-02 00:00", "B One 05-01 00:00"),
    ),
    situation(
        "its header's update is still to come",
        {"one.md": story("One", date="2026-05-01", lastmod="2062-05-03")},
        HOUR_PASSES | Event(restart=True),
        feed=(A,),
        notices=("one.md:4: the date of its last change, 2062-05-03, is in the future, and is ignored",),
    ),
    situation(
        "its header's update was to come, and is mended",
        {"one.md": story("One", date="2026-05-01", lastmod="2062-05-03")},
        written({"one.md": story("One", date="2026-05-01", lastmod="2026-05-03")}),
        feed=(f"{A} > 05-03 00:00",),
    ),
    situation(
        "edited, while its header's update is still to come",
        {"one.md": story("One", date="2026-05-01", lastmod="2062-05-03")},
        written({"one.md": story("One", "New.", date="2026-05-01", lastmod="2063-05-03")}),
        feed=(EDITED,),
        notices=("one.md:4: ",),
    ),
    situation(
        "it is updated before it appears, by its header",
        {"one.md": story("One", date="2026-06-01 12:30", updated="2026-06-01 12:20")},
        HOUR_PASSES,
        feed=("A One 06-01 12:30",),
    ),
    situation(
        "another date by its header",
        {"one.md": ONE},
        written({"one.md": story("One", date="2026-01-01")}),
        feed=(A,),
    ),
    situation("its date taken away", {"one.md": ONE}, written({"one.md": story("One")}), feed=(A,)),
    situation(
        "a date to come, once published",
        {"one.md": ONE},
        written({"one.md": story("One", date="2027-01-01")}),
        feed=(A,),
    ),
    situation("edited", {"one.md": ONE}, written({"one.md": ONE + "More.\n"}), feed=(EDITED,)),
    situation(
        "edited, and back to what it was",
        {"one.md": ONE},
        written({"one.md": ONE + "More.\n"}),
        written({"one.md": ONE}),
        feed=(f"{A} > 06-01 14:00",),
    ),
    situation(
        "written with other white space",
        {"one.md": ONE},
        written({"one.md": ONE.replace("\n\n", "\n\n\n") + "\n\n"}),
        feed=(A,),
    ),
    situation(
        "written with other line ends", {"one.md": ONE}, written({"one.md": ONE.replace("\n", "\r\n")}), feed=(A,)
    ),
    situation("written with a byte order mark", {"one.md": ONE}, written({"one.md": "\ufeff" + ONE}), feed=(A,)),
    situation(
        "its header in another order",
        {"one.md": "---\ntitle: One\ndate: 2026-05-01\nlang: de\n---\nWords.\n"},
        written({"one.md": "---\nlang: de\ndate: 2026-05-01\ntitle: One\n---\nWords.\n"}),
        feed=(A,),
    ),
    situation(
        "its header in another language",
        {"one.md": "---\ntitle: One\ndate: 2026-05-01\n---\nWords.\n"},
        written({"one.md": '+++\ntitle = "One"\ndate = 2026-05-01\n+++\nWords.\n'}),
        feed=(A,),
    ),
    situation(
        "its tags in another order",
        {"one.md": story("One", date="2026-05-01", tags="[a, b]")},
        written({"one.md": story("One", date="2026-05-01", tags="[b, a]")}),
        feed=(A,),
    ),
    situation(
        "another tag",
        {"one.md": ONE},
        written({"one.md": story("One", date="2026-05-01", tags="[a]")}),
        feed=(EDITED,),
    ),
    situation("touched", {"one.md": ONE}, Event(checkout=True), feed=(A,)),
    situation("a restart", {"one.md": ONE}, Event(restart=True), feed=(A,)),
    situation(
        "its header says when it was updated",
        {"one.md": story("One", date="2026-05-01", updated="2026-05-03 10:00")},
        feed=(f"{A} > 05-03 10:00",),
    ),
    situation(
        "edited, and its header says when",
        {"one.md": ONE},
        written({"one.md": story("One", "New.", date="2026-05-01", updated="2026-05-31")}),
        feed=(f"{A} > 05-31 00:00",),
    ),
    situation(
        "updated before it was published, by its header",
        {"one.md": story("One", date="2026-05-01", updated="2026-04-01")},
        feed=(A,),
    ),
    situation(
        "updated earlier than said before",
        {"one.md": story("One", date="2026-05-01", updated="2026-05-30")},
        written({"one.md": story("One", date="2026-05-01", updated="2026-05-02")}),
        feed=(f"{A} > 05-02 00:00",),
    ),
    situation(
        "the date of a draft follows its file",
        {"one.md": story("One", draft="true", date="2026-03-01")},
        written({"one.md": story("One", draft="true", date="2026-04-01")}),
        written({"one.md": story("One", date="2026-05-01")}),
        feed=(A,),
    ),
    situation(
        "a draft without a date is as old as its last writing",
        {"one.md": story("One", draft="true")},
        written({"one.md": story("One", draft="false")}),
        feed=("A One 06-01 12:59",),
    ),
    situation(
        "a date that never was",
        {"one.md": story("One", date="2026-02-31")},
        notices=('one.md:3: "date": "2026-02-31" is not a date that exists',),
        pages={"/one": 404},
    ),
    situation(
        "the site moves to another time zone",
        {"one.md": ONE},
        BERLIN | Event(restart=True),
        feed=(A,),
    ),
    dated("2026-05-01 18:30", feed="05-01 18:30"),
    dated("2026-05-01 18:30", zone="Europe/Berlin", feed="05-01 16:30"),
    dated("2026-05-01 18:30 -0500", zone="Europe/Berlin", feed="05-01 23:30"),
    dated("2026-05-01", zone="Europe/Berlin", feed="04-30 22:00"),
    dated("2026-05-01", zone="America/New_York", feed="05-01 04:00"),
    dated("2026-03-29 02:30", zone="Europe/Berlin", feed="03-29 01:30"),
    dated("2025-10-26 02:30", zone="Europe/Berlin", feed="2025-10-26 00:30"),
    dated("2025-10-26 02:30 +0100", zone="Europe/Berlin", feed="2025-10-26 01:30"),
    dated("2024-03-31", zone="Asia/Beirut", feed="2024-03-30 22:00"),
]


@pytest.mark.parametrize(("events", "feed", "pages", "notices"), SITUATIONS)
def test_dates(
    rounds: Rounds, events: tuple[Event, ...], feed: list[str], pages: dict[str, int | str], notices: list[str]
) -> None:
    """What a reader sorts by stays where it was, and "updated" means something."""
    check(rounds, events, feed, pages, notices)


def test_the_feed_is_not_older_than_before(rounds: Rounds) -> None:
    """Its own date goes neither back with an update that was dated back, nor with an article that returns."""
    told = []
    for event in (
        written(
            {
                "one.md": story("One", date="2026-05-01", updated="2026-05-30"),
                "two.md": story("Two", date="2026-04-01"),
            }
        ),
        written({"one.md": story("One", date="2026-05-01", updated="2026-05-02")}),
        Event(removed=("one.md",)),
        written({"one.md": ONE}),
        HOUR_PASSES,
    ):
        rounds.happen(event)
        told.append(rounds.feed_date())
    assert told == ["05-30 00:00", "05-30 00:00", "06-01 14:00", "06-01 15:00", "06-01 15:00"]
