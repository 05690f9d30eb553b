"""What becomes of an article that was matched."""

from datetime import UTC, datetime

import pytest
from builders import MORNING, record

from feedsvc.articles.identity.wanted_address import AddressRules
from feedsvc.articles.record import Record
from feedsvc.operations.adopt.adoption import Adopted, adopt
from feedsvc.operations.adopt.match import Match
from feedsvc.operations.adopt.parse import OldEntry

HERE = "https://example.org/blog"
OLD = datetime(2020, 2, 3, 4, tzinfo=UTC)
NEW = datetime(2021, 1, 1, tzinfo=UTC)


def adopted(
    article: Record,
    link: str = "",
    updated: datetime | None = NEW,
    *,
    too: bool = False,
    ids: tuple[str, ...] = (),
) -> Adopted:
    """What becomes of an article whose entry has the id "old"."""
    match = Match(OldEntry("old", link, "", OLD, updated, ""), article, "link")
    ledger = {article.id: article} | {key: record(key) for key in ids}
    (found,) = adopt([match], ledger, AddressRules(base_url=HERE), include_published=too)
    return found


def test_it_gets_id_and_dates() -> None:
    """As subscribers have them, and for ever."""
    found = adopted(record("nets"))
    assert found.state == "adopt"
    assert (found.record.id, found.record.published, found.record.updated) == ("old", OLD, NEW)
    assert found.record.settled


def test_what_the_entry_does_not_say_is_the_article_s() -> None:
    """A feed without dates leaves the article's own."""
    match = Match(OldEntry("old", "", "", None, None, ""), record("nets"), "link")
    (found,) = adopt([match], {}, AddressRules(base_url=HERE), include_published=False)
    assert (found.record.published, found.record.updated) == (MORNING, MORNING)


def test_an_update_before_the_publication_is_none() -> None:
    """Some platforms write such."""
    assert adopted(record("nets"), updated=datetime(2019, 1, 1, tzinfo=UTC)).record.updated == OLD


def test_a_second_time_nothing_changes() -> None:
    """Also after the article was edited since."""
    first = adopted(record("nets"), "https://example.org/blog/2020/nets/").record
    assert adopted(first, "https://example.org/blog/2020/nets/").state == "same"


def test_an_id_that_feedsvc_has_published_stays() -> None:
    """Its subscribers know it by that; unless the operator knows that there are none."""
    shown = record("nets", settled=True, listed=True, changed=MORNING)
    assert adopted(shown).state == "published"
    assert adopted(shown).record == shown
    assert adopted(shown, too=True).record.id == "old"


def test_an_id_of_another_article_stays_its_own() -> None:
    """Two with one id would be one to every reader."""
    assert adopted(record("nets"), ids=("old",)).state == "taken"


ADDRESSES = {
    "below this site": ("https://example.org/blog/2020/nets/", "/2020/nets/"),
    "http before https": ("http://example.org/blog/2020/nets.html", "/2020/nets.html"),
    "encoded": ("https://example.org/blog/n%C3%A9ts", "/néts"),
    "with a slash more": ("https://example.org/blog/nets/", "/nets/"),
    "the page itself": ("https://example.org/blog/nets", "/nets"),
    "another site": ("https://old.example.org/blog/2020/nets", "/nets"),
    "beside this site": ("https://example.org/2020/nets", "/nets"),
    "beside this site, by a hair": ("https://example.org/blogs/nets", "/nets"),
    "by its query": ("https://example.org/blog/?p=17", "/nets"),
    "the site itself": ("https://example.org/blog", "/nets"),
    "its landing page": ("https://example.org/blog/", "/nets"),
    "the site's own": ("https://example.org/blog/feed/", "/nets"),
    "with a line break": ("https://example.org/blog/a%0Ab", "/nets"),
    "none": ("", "/nets"),
}


@pytest.mark.parametrize(("link", "page"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_old_address_of_this_site_is_the_page(link: str, page: str) -> None:
    """Links to the article that stand elsewhere go on working."""
    assert adopted(record("nets"), link).record.page == page


@pytest.mark.parametrize(("link", "page"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_old_address_leads_to_the_page_that_feeds_have_shown(link: str, page: str) -> None:
    """One that was published here stays where it is."""
    found = adopted(record("nets", settled=True, changed=MORNING), link, too=True).record
    assert found.page == "/nets"
    assert {each.rstrip("/") for each in (found.page, *found.former_pages)} >= {page.rstrip("/")}
