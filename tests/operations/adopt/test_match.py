"""Which article each entry of an old feed is."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import MORNING, record

from feedsvc.operations.adopt.match import Matches, match
from feedsvc.operations.adopt.parse import OldEntry

WORDS = "The boats came back in the third winter, and nobody in the harbour had thought that they ever would."
BODIES = {"body of nets": f"<p>{WORDS}</p>"}


def past(name: str = "1", **fields: object) -> OldEntry:
    """An entry of which nothing is known but its id."""
    values: dict[str, object] = {
        "id": name, "link": "", "title": "", "published": None, "updated": None, "content": ""
    }  # fmt: skip
    return OldEntry(**(values | fields))  # type: ignore[arg-type]  # names decide


def run(entries: list[OldEntry], *names: str, **fields: object) -> Matches:
    """Match entries to articles."""
    return match(entries, [record(name, **fields) for name in names], lambda digest: BODIES.get(digest, ""))


SIGNS = {
    "id": (past("tag:example.org,2026:nets"), {}, "id"),
    "link": (past(link="https://old.example.org/nets"), {}, "link"),
    "link with a slash": (past(link="https://old.example.org/nets/"), {}, "link"),
    "link of a file": (past(link="https://old.example.org/nets.html"), {}, "link"),
    "link of a folder's file": (past(link="https://old.example.org/nets/index.html"), {}, "link"),
    "link in capitals, encoded": (past(link="https://old.example.org/N%65ts?utm_source=x"), {}, "link"),
    "link that is an alias": (past(link="https://old.example.org/2024/1"), {"aliases": ("/2024/1",)}, "link"),
    "link that was its page": (past(link="https://old.example.org/x"), {"former_pages": ("/x",)}, "link"),
    "name in another folder": (past(link="https://old.example.org/2024/05/nets/"), {}, "name"),
    "name with a date": (past(link="https://old.example.org/blog/2024-05-01-nets/"), {}, "name"),
    "title and date": (past(title="Title of “Nets”!", published=MORNING), {}, "title and date"),
    "title and the day before": (
        past(title="Title of nets", published=MORNING - timedelta(days=1)), {}, "title and date"
    ),
    "content": (past(content=f"<div>{WORDS.upper()}</div>"), {}, "content"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "fields", "by"), SIGNS.values(), ids=SIGNS)
def test_an_article_is_known_by(entry: OldEntry, fields: dict[str, object], by: str) -> None:
    """Each sign alone is enough; other articles are not meant."""
    matches = match([entry], [record("nets", **fields), record("other")], lambda digest: BODIES.get(digest, ""))
    assert [(found.record.page, found.by) for found in matches.found] == [("/nets", by)]
    assert [left.page for left in matches.records] == ["/other"]


NO_SIGNS = {
    "nothing": past(),
    "title alone": past(title="Title of nets"),
    "title, long before": past(title="Title of nets", published=datetime(2020, 1, 1, tzinfo=UTC)),
    "the home page": past(link="https://old.example.org/"),
    "another link": past(link="https://old.example.org/nets-2"),
    "a link that cannot be read": past(link="http://[nets"),
    "few words": past(content="<p>The boats came back.</p>"),
}


@pytest.mark.parametrize("entry", NO_SIGNS.values(), ids=NO_SIGNS)
def test_an_article_is_not_known_by(entry: OldEntry) -> None:
    """Then both sides are named."""
    matches = run([entry], "nets")
    assert (matches.found, matches.entries, len(matches.records)) == ((), (entry,), 1)


def test_a_sign_that_two_entries_share_counts_for_neither() -> None:
    """A series may have one title; a wrong match would hide an article from every subscriber."""
    twins = [
        past("1", title="Title of nets", published=MORNING),
        past("2", title="Title of nets", published=MORNING),
    ]
    assert run(twins, "nets").found == ()


def test_a_stronger_sign_goes_before() -> None:
    """The link is the article's own, whatever its title was."""
    entries = [
        past("1", title="Title of nets", published=MORNING),
        past("2", link="https://old.example.org/nets", title="Title of ropes", published=MORNING),
    ]
    matches = run(entries, "nets", "ropes")
    assert {found.entry.id: found.record.page for found in matches.found} == {"2": "/nets"}


def test_numbers_are_no_names() -> None:
    """``/archive/17`` and ``/17`` may be anything."""
    assert run([past(link="https://old.example.org/archive/17")], "17").found == ()


def test_an_article_whose_file_is_gone_takes_no_part() -> None:
    """There is nothing of it to publish."""
    assert run([past(link="https://old.example.org/nets")], "nets", present=False).found == ()
