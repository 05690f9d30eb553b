"""Rounds that would harm subscribers are refused, and articles that lost their headers are held."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.articles.model import Article
from feedsvc.articles.record import NO_REST, Record, Rest
from feedsvc.articles.safeguards import (
    DEFAULT_LIMITS,
    NO_OVERRIDES,
    WINDOW,
    Overrides,
    Refusal,
    SafeguardLimits,
    lost_header_problem,
    lost_its_header,
    refusals,
)

MakeArticle = Callable[..., Article]
Ledger = Mapping[str, Record]

MORNING = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = MORNING + 365 * DAY


@pytest.fixture
def published(make_article: MakeArticle) -> Callable[..., Ledger]:
    """Make a ledger of so many articles that feeds have shown, one a day, numbered from ``start``."""

    def make(count: int, start: int = 0, ids: str = "id", **said: object) -> Ledger:
        made = {}
        for number in range(start, start + count):
            article = make_article(
                **{"path": f"{number}.md", "title": f"Title {number}", "slug": f"{number}"} | said
            )
            date = MORNING + number * DAY
            record = Record(f"{ids}-{number}", article, "", "", f"/{number}", date, date)
            made[record.id] = replace(record, settled=True, listed=True, changed=date)
        return made

    return make


def without(ledger: Ledger, count: int) -> Ledger:
    """The ledger after the files of its first ``count`` articles have gone."""
    gone = list(ledger)[:count]
    return {
        key: replace(record, present=False, listed=False, withdrawn=MORNING) if key in gone else record
        for key, record in ledger.items()
    }


def names(found: Iterable[Refusal]) -> list[str]:
    """The names of the safeguards that refuse."""
    return [refusal.safeguard for refusal in found]


@pytest.mark.parametrize(
    ("there", "removed", "limit", "holds"),
    [
        pytest.param(1, 0, 25, False, id="nothing removed"),
        pytest.param(2, 1, 25, False, id="one of two, by hand"),
        pytest.param(6, 5, 25, False, id="a handful, though most of a small site"),
        pytest.param(1, 1, 25, True, id="the only one: an empty directory"),
        pytest.param(100, 100, 25, True, id="an unmounted disk"),
        pytest.param(100, 25, 25, False, id="just the share"),
        pytest.param(100, 26, 25, True, id="one more than the share"),
        pytest.param(8, 6, 25, True, id="more than a handful of a small site"),
        pytest.param(100, 6, 0, True, id="no share at all"),
        pytest.param(100, 99, 100, False, id="switched off"),
        pytest.param(100, 100, 100, True, id="switched off, but nothing is left"),
    ],
)
def test_the_removal_safeguard(
    published: Callable[..., Ledger], there: int, removed: int, limit: int, holds: bool
) -> None:
    """More than the share and more than a handful, or everything."""
    before = published(there)
    found = refusals(before, without(before, removed), SafeguardLimits(removals=limit), NO_OVERRIDES, NOW)
    assert names(found) == ["removals"] * holds


def test_the_first_round_meets_no_safeguard(published: Callable[..., Ledger]) -> None:
    """Where nothing was published nothing can be lost or repeated."""
    assert not refusals({}, published(100), DEFAULT_LIMITS, NO_OVERRIDES, NOW)


def test_an_empty_directory_of_a_new_site_meets_no_safeguard() -> None:
    """It is where every site begins."""
    assert not refusals({}, {}, DEFAULT_LIMITS, NO_OVERRIDES, NOW)


def test_made_drafts_count_as_removed(published: Callable[..., Ledger]) -> None:
    """A script that holds everything back is as wrong as one that deletes it."""
    before = published(20)
    after = {
        key: replace(record, article=replace(record.article, draft=True), withdrawn=MORNING, listed=False)
        for key, record in before.items()
    }
    assert names(refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, NOW)) == ["removals"]


def test_expired_articles_do_not_count_as_removed(published: Callable[..., Ledger]) -> None:
    """Their headers said it long before."""
    before = published(20, expires=MORNING)
    after = {key: replace(record, withdrawn=MORNING, listed=False) for key, record in before.items()}
    assert not refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, NOW)


def test_what_left_long_ago_is_not_removed_again(published: Callable[..., Ledger]) -> None:
    """The safeguard judges what goes now."""
    before = without(published(20), 10)
    assert not refusals(before, without(before, 12), DEFAULT_LIMITS, NO_OVERRIDES, NOW)


@pytest.mark.parametrize(
    ("passed", "holds"),
    [(timedelta(0), True), (WINDOW - timedelta(seconds=1), True), (WINDOW, False)],
)
@pytest.mark.parametrize("rest", [False, True])
def test_what_goes_in_small_steps_is_counted_together(
    published: Callable[..., Ledger], passed: timedelta, *, holds: bool, rest: bool
) -> None:
    """Deleting thousands of files takes a while, and file events begin a round after each few of them."""
    before = without(published(20), 4)
    after = without(before, 6)
    others = [key for key in before if before[key] is after[key]] if rest else []
    remaining = Rest(public=14, present=14, records=[before[key] for key in others])
    before, after = ({key: each[key] for key in each if key not in others} for each in (before, after))
    found = refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, MORNING + passed, remaining if rest else NO_REST)
    assert names(found) == ["removals"] * holds
    assert all("6 of the 20 published articles would be removed within 10 minutes" in each.what for each in found)


def test_what_the_operator_accepted_does_not_count(published: Callable[..., Ledger]) -> None:
    """After a large removal that was meant, the next small one passes."""
    before = without(published(20), 10)
    after = {key: replace(record, present=False) for key, record in list(before.items())[:11]}
    after = {**before, **after}
    assert not refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, MORNING + timedelta(minutes=1))


def test_what_came_back_does_not_count(published: Callable[..., Ledger]) -> None:
    """Files that a deployment takes away and puts back are not removed."""
    whole = published(20)
    before = without(whole, 4)
    after = {
        key: whole[key] if number < 4 else each for number, (key, each) in enumerate(without(whole, 6).items())
    }
    assert not refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, MORNING)


def test_a_refusal_names_files_and_the_command(published: Callable[..., Ledger]) -> None:
    """The operator sees what is concerned and how to go on."""
    before = published(20)
    (refusal,) = refusals(before, without(before, 7), DEFAULT_LIMITS, NO_OVERRIDES, NOW)
    assert refusal.paths == tuple(f"{number}.md" for number in range(7))
    assert refusal.what == (
        "7 of the 20 published articles would be removed, more than 25 %: 0.md, 1.md, 2.md, 3.md, 4.md and 2 more"
    )
    assert "feedsvc publish --accept-removals" in refusal.remedy


def test_the_operator_may_consent_to_removals(published: Callable[..., Ledger]) -> None:
    """Also when nothing is left."""
    before = published(20)
    assert not refusals(before, without(before, 20), DEFAULT_LIMITS, Overrides(removals=True), NOW)


def with_new(before: Ledger, new: Ledger) -> Ledger:
    """The ledger after the files of ``before`` have become articles of other ids."""
    return {**without(before, 0), **new}


SAME_PAGE = {"title": "Another title"}
SAME_TITLE = {"slug": "elsewhere"}


@pytest.mark.parametrize(
    ("said", "start", "count", "holds"),
    [
        pytest.param(SAME_PAGE, 0, 11, True, id="same address"),
        pytest.param(SAME_TITLE, 0, 11, True, id="same title and day"),
        pytest.param(SAME_PAGE | SAME_TITLE, 0, 11, False, id="nothing alike"),
        pytest.param(SAME_TITLE | {"title": "Title 0"}, 1, 11, False, id="same title, other days"),
        pytest.param({}, 0, 10, False, id="as many as may be"),
        pytest.param({}, 50, 11, False, id="new articles"),
    ],
)
def test_the_flood_safeguard(
    published: Callable[..., Ledger], said: Mapping[str, object], start: int, count: int, holds: bool
) -> None:
    """It holds when many articles look published already under other ids."""
    before = published(20)
    after = with_new(before, published(count, start, "other", **said))
    assert names(refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, NOW)) == ["flood"] * holds
    assert not refusals(before, after, DEFAULT_LIMITS, Overrides(flood=True), NOW)


def test_a_page_an_article_had_before_counts_as_its_address(published: Callable[..., Ledger]) -> None:
    """Subscribers know it by that link too."""
    before = {
        key: replace(record, page=f"/moved{record.page}", former_pages=(record.page,))
        for key, record in published(20).items()
    }
    after = with_new(before, published(11, 0, "other", **SAME_PAGE))
    assert names(refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, NOW)) == ["flood"]


def test_what_feeds_do_not_show_floods_nobody(published: Callable[..., Ledger]) -> None:
    """Unlisted and held back articles are in no subscriber's list."""
    before = published(20)
    new = {key: replace(record, listed=False) for key, record in published(20, 0, "other").items()}
    assert not refusals(before, with_new(before, new), DEFAULT_LIMITS, NO_OVERRIDES, NOW)


def test_both_rails_may_hold(published: Callable[..., Ledger]) -> None:
    """Ids that changed everywhere remove as much as they repeat; both are told."""
    before = published(20)
    after = {**without(before, 20), **published(20, 0, "other")}
    assert names(refusals(before, after, DEFAULT_LIMITS, NO_OVERRIDES, NOW)) == ["removals", "flood"]


NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HEADED: dict[str, object] = {"headed": True}


@pytest.mark.parametrize(
    ("before", "settled", "after", "why"),
    [
        pytest.param({"draft": True}, False, {}, "a draft", id="a draft"),
        pytest.param({"draft": True}, True, {}, "a draft", id="a draft that was public"),
        pytest.param({"unlisted": True}, True, {}, "unlisted", id="unlisted"),
        pytest.param({"expires": NOON}, True, {}, "to expire", id="to expire"),
        pytest.param({}, False, {}, "to wait", id="scheduled"),
        pytest.param({}, True, {}, None, id="public"),
        pytest.param({"draft": True}, False, HEADED, None, id="the header says otherwise"),
        pytest.param({"draft": True}, False, {"draft": True}, None, id="a draft by its folder now"),
        pytest.param({"draft": True, "headed": False}, False, {}, None, id="a draft by its folder before"),
    ],
)
def test_losing_a_header(
    make_article: Callable[..., Article],
    before: dict[str, object],
    after: dict[str, object],
    why: str | None,
    *,
    settled: bool,
) -> None:
    """It holds on to what a header held back, and to nothing else."""
    record = Record("id", make_article(**(HEADED | before)), "", "", "/a", NOON, NOON, settled=settled)
    now = make_article(path="b.md", **after)
    assert lost_its_header(record, now) == (why is not None)
    if why is not None:
        assert str(lost_header_problem(record, now)).startswith(
            f"b.md: it was {why} by its header, and the header is gone; "
        )
