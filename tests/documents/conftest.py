"""A site, and makers of records, entries and feeds with the fewest words a test needs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import record

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.model import Entry, Feed

MORNING = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def site() -> Site:
    """A site with an author."""
    return Site("https://example.org", "The Gazette", "News of the harbour", "en", "Ines Vogt")


@pytest.fixture(scope="session")
def make_record() -> Callable[..., Record]:
    """Makes a record by its name; every other field goes to the record or to its article, whichever has it."""

    def make(name: str = "tide", **fields: object) -> Record:
        told: dict[str, object] = {
            "path": f"news/{name}.md",
            "page": f"/news/{name}",
            "title": f"The {name}",
            "summary": f"All about the {name}.",
            "section": "news",
            "published": MORNING,
            "updated": MORNING,
        }
        return record(name, **(told | fields))

    return make


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., Entry]:
    """Makes an entry that differs in the fields named."""
    entry = Entry(
        id="tag:example.org,2026:tide",
        url="https://example.org/news/tide",
        title="The tide",
        summary="All about the tide.",
        content="<p>It comes and goes.</p>",
        published=MORNING,
        updated=MORNING,
    )

    def make(**fields: object) -> Entry:
        return replace(entry, **fields)  # type: ignore[arg-type]  # names decide

    return make


@pytest.fixture(scope="session")
def make_feed() -> Callable[..., Feed]:
    """Makes a feed of some entries that differs in the fields named."""

    def make(*entries: Entry, **fields: object) -> Feed:
        feed = Feed(
            id="https://example.org/",
            title="The Gazette",
            description="News of the harbour",
            url="https://example.org/",
            self_url="https://example.org/the.feed",
            language="en",
            updated=MORNING,
            entries=entries,
        )
        return replace(feed, **fields)  # type: ignore[arg-type]  # names decide

    return make
