from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import record

from feedsvc.articles.frontmatter.inherited import SectionText
from feedsvc.articles.model import Author
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.channel import Channel, ChannelSummary
from feedsvc.channels.selection import select
from feedsvc.channels.site import Query, Site

HOUR = timedelta(hours=1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SITE = Site("https://example.org", "The Gazette", "News of the harbour", "en")
SEA = MembershipChange("tag", "sea", "Sea", NOON + HOUR)
NEWS = MembershipChange("section", "news", "News", NOON + HOUR)


def _record(name: str, **fields: object) -> Record:
    told = {"title": name, "published": NOON, "updated": NOON, "listed": True, "changed": NOON}
    return record(name, **(told | fields))


def _select(*listed: Record, gone: Sequence[Record] = (), site: Site = SITE) -> dict[str, Channel]:
    return {channel.path: channel for channel in select(site, (*listed, *gone)).channels}


def _names(channel: Channel) -> list[str]:
    return [record.article.title for record in channel.records]


def test_the_site_is_a_channel_at_the_root() -> None:
    """The site's channel has the site's words and the path ``/``."""
    channel = _select()["/"]
    assert (channel.title, channel.description, channel.kind) == ("The Gazette", "News of the harbour", "site")


def test_the_site_channel_holds_every_listed_article_in_order() -> None:
    """No article is left out and none is moved, however small the feeds are."""
    listed = [_record("newest"), _record("first", published=NOON - HOUR), _record("second", published=NOON - HOUR)]
    assert _select(*listed[::-1], site=replace(SITE, feed_size=1))["/"].records == tuple(listed)


def test_a_section_holds_what_lies_below_it() -> None:
    """Who subscribes to the news wants the news of the harbour, too."""
    deep = _record("deep", section="news/harbour", path="News/The_Harbour/deep.md")
    found = _select(deep, _record("flat", section="news", path="News/flat.md"), _record("top"))
    assert {path: _names(channel) for path, channel in found.items()} == {
        "/": ["deep", "flat", "top"],
        "/news/": ["deep", "flat"],
        "/news/harbour/": ["deep"],
    }
    assert found["/news/"].title == "News · The Gazette"


def test_a_section_has_the_name_of_its_folder() -> None:
    """Not the transliteration that stands in the address."""
    found = _select(_record("a", section="pogoda", path="погода/a.md"))
    assert found["/pogoda/"].label == "Погода"


def test_a_section_says_of_itself_what_its_page_says() -> None:
    """Title and description, as far as it gives them; all else has the words of feedsvc."""
    news = _record("a", section="news", path="News/a.md")
    told = SectionText("news", "From the harbour", "All that floats.")
    channel = _select(news, site=replace(SITE, sections=(told,)))["/news/"]
    assert (channel.title, channel.description) == ("From the harbour · The Gazette", "All that floats.")
    channel = _select(news, site=replace(SITE, sections=(replace(told, title=""),)))["/news/"]
    assert (channel.title, channel.description) == ("News · The Gazette", "All that floats.")
    channel = _select(news, site=replace(SITE, sections=(replace(told, description=""),)))["/news/"]
    assert channel.description == "What is new in From the harbour, from The Gazette."


def test_a_section_never_takes_an_address_of_the_sites_own() -> None:
    """A folder ``tags`` gets the same other name that its articles' pages have."""
    found = _select(_record("a", section="tags/sea", path="tags/sea/a.md", tags=("sea",)))
    assert found.keys() == {"/", "/tags-2/", "/tags-2/sea/", "/tags/sea/"}


def test_tags_that_differ_by_case_or_accent_are_one() -> None:
    """Its name is the spelling that most articles use, whatever their order; of several, always the same."""
    listed = [_record("a", tags=("café", "CAFE")), _record("b", tags=("Café",)), _record("c", tags=("Café",))]
    for order in (listed, listed[::-1]):
        channel = _select(*order)["/tags/cafe/"]
        assert (channel.label, sorted(_names(channel))) == ("Café", ["a", "b", "c"])
    tie = [_record("a", tags=("sea",)), _record("b", tags=("Sea",))]
    assert _select(*tie)["/tags/sea/"].label == _select(*tie[::-1])["/tags/sea/"].label == "Sea"


def test_every_author_has_a_channel() -> None:
    """Also the second one of an article."""
    found = _select(_record("a", authors=(Author("Jo Doe"), Author("Ann Ü"))))
    assert found.keys() == {"/", "/authors/jo-doe/", "/authors/ann-u/"}
    assert found["/authors/ann-u/"].title == "Ann Ü · The Gazette"


def test_a_channel_stays_when_it_is_empty() -> None:
    """Its subscribers must not be told that it never was; its date is that of the last removal."""
    gone = _record("a", listed=False, changed=NOON + HOUR, membership_changes=(SEA,))
    channel = _select(_record("b"), gone=[gone])["/tags/sea/"]
    assert (channel.records, channel.gone, channel.updated) == ((), (gone,), NOON + HOUR)


def test_a_removal_moves_every_channel_that_held_it_and_no_other() -> None:
    """The date of a channel is that of the newest change it shows."""
    kept = _record("b", section="arts", path="arts/b.md", tags=("film",))
    found = _select(kept, gone=[_record("a", listed=False, changed=NOON + HOUR, membership_changes=(NEWS,))])
    assert {path: channel.updated for path, channel in found.items()} == {
        "/": NOON + HOUR,
        "/news/": NOON + HOUR,
        "/arts/": NOON,
        "/tags/film/": NOON,
    }


def test_what_was_never_in_a_feed_makes_no_channel() -> None:
    """A draft must not be told of by the name of its tag."""
    assert _select(gone=[_record("a", tags=("secret",), listed=False, changed=None)]).keys() == {"/"}
    assert _select()["/"].updated is None


def test_a_withdrawn_article_is_told_of_where_it_stood() -> None:
    """Not under the tags that its draft was given since."""
    away = _record("a", tags=("secret",), listed=False, changed=NOON + HOUR, membership_changes=(SEA,))
    assert _select(gone=[away]).keys() == {"/", "/tags/sea/"}


def test_what_stands_elsewhere_is_not_gone() -> None:
    """It moves the date of the channel that it left, and is told of as deleted nowhere."""
    channel = _select(_record("a", membership_changes=(SEA,)))["/tags/sea/"]
    assert (channel.records, channel.gone, channel.updated) == ((), (), NOON + HOUR)
    assert channel.title == "Sea · The Gazette"


def test_what_left_before_it_was_withdrawn_is_gone_only_where_it_stood_last() -> None:
    """A removal is told of in the feeds that showed the article until then."""
    away = _record(
        "a", listed=False, changed=NOON + 2 * HOUR, membership_changes=(NEWS, replace(SEA, when=NOON + 2 * HOUR))
    )
    found = _select(gone=[away])
    assert {path: channel.gone for path, channel in found.items()} == {
        "/": (away,),
        "/news/": (),
        "/tags/sea/": (away,),
    }


def test_a_named_channel_stands_before_what_there_is_by_itself() -> None:
    """So a section can be given a title of its own."""
    site = replace(SITE, queries=(Query("/news/", "All the news", "Every day", sections=("news",)),))
    found = _select(_record("a", section="news", path="news/a.md"), site=site)
    channel = found["/news/"]
    assert (channel.kind, channel.title, channel.description) == ("query", "All the news", "Every day")
    assert _names(channel) == ["a"]


DAYS = timedelta(days=90)


@pytest.mark.parametrize(
    ("changes", "dropped"),
    [
        ({}, ["/tags/sea/"]),
        ({"empty_channel_days": 0}, []),
        ({"empty_channel_days": 91}, []),
        ({"moved": (("/old/", "/tags/sea/"),)}, []),
        ({"moved": (("/old.xml", "https://example.org/tags/sea/rss.xml"),)}, []),
        ({"moved": (("/old/", "/tags/moon/"), ("/tags/sea/", None))}, ["/tags/sea/"]),
        ({"queries": (Query("/tags/sea/", "The sea", tags=("sea",)),)}, []),
    ],
)
def test_a_channel_is_dropped_unless_the_operator_has_named_it(
    changes: dict[str, Any], dropped: list[str]
) -> None:
    """Named are the channels of the settings, and those to which others have moved."""
    left = _record("a", membership_changes=(SEA,))
    selection = select(replace(SITE, **changes), [left], now=SEA.when + DAYS)
    assert [channel.path for channel in selection.dropped] == dropped
    assert ("/tags/sea/" in {channel.path for channel in selection.channels}) != bool(dropped)


def test_a_dropped_channel_knows_its_archive_and_has_it_again() -> None:
    """Its articles have the positions that they had; what comes takes one behind them."""
    left, other = _record("a", membership_changes=(SEA,)), _record("b", tags=("sea",))
    positions = {"/tags/sea/": {left.id: 4}}
    moment = SEA.when + DAYS
    assert select(SITE, [left], positions, moment).dropped == (
        ChannelSummary("/tags/sea/", "tag", positions=5, is_dropped=True),
    )
    back = select(SITE, [left, other], positions, moment)
    assert (back.dropped, back.next_moment) == ((), None)
    assert back.channels[-1].positions == {left.id: 4, other.id: 5}
