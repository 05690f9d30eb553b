from feedsvc.articles.model import Problem
from feedsvc.articles.safeguards import Refusal
from feedsvc.operations.metrics import exposition
from feedsvc.operations.status import DestinationStatus, PushStatus, Status, TopicStatus
from feedsvc.responses.edition import Edition
from feedsvc.store.operator_store import Counts, Report
from feedsvc.web.request_counts import AnswerCount, Sums, Times

HELD = Problem("a.md", None, "its header is gone", "write it again", safeguard="headers")
REPORT = Report(
    time=1_777_000_100,
    seconds=0.25,
    counts=Counts(published=5, unlisted=1, scheduled=2, drafts=3, withdrawn=4),
    problems=(HELD, Problem("b.md", 3, "bad", "mend"), Problem("b.md", 9, "bad too", "mend")),
    refusals=(Refusal("removals", "all gone", "bring them back", ("a.md",)),),
    rounds=7,
    refused=2,
    failed=1,
)


NOTHING = Sums((), (), 0, (), 0, 0, 0)


def samples(status: Status | None, sums: Sums = NOTHING) -> dict[str, float]:
    """Each sample with its labels, as Prometheus reads it."""
    lines = exposition(status, sums, NOW).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


OF_WORKERS = dict.fromkeys(
    ("feedsvc_workers", "feedsvc_served_edition", "feedsvc_connections", "feedsvc_connections_accepted_total"), 0.0
)
NOW = 1_777_000_500


def test_the_status_is_told_in_numbers() -> None:
    """Edition, articles by state, active safeguards, rounds, publisher."""
    told = samples(Status(Edition(12, 1_777_000_000, 1_777_100_000), REPORT, "host:1:a"))
    assert told == OF_WORKERS | {
        "feedsvc_store_readable": 1,
        "feedsvc_edition_age_seconds": 500,
        "feedsvc_last_round_failed": 0,
        "feedsvc_edition": 12,
        "feedsvc_edition_time_seconds": 1_777_000_000,
        "feedsvc_next_moment_seconds": 1_777_100_000,
        'feedsvc_articles{state="published"}': 5,
        'feedsvc_articles{state="unlisted"}': 1,
        'feedsvc_articles{state="scheduled"}': 2,
        'feedsvc_articles{state="drafts"}': 3,
        'feedsvc_articles{state="withdrawn"}': 4,
        'feedsvc_articles{state="set_aside"}': 2,
        'feedsvc_safeguard_active{safeguard="removals"}': 1,
        'feedsvc_safeguard_active{safeguard="flood"}': 0,
        'feedsvc_safeguard_active{safeguard="headers"}': 1,
        "feedsvc_publisher": 1,
        "feedsvc_last_round_time_seconds": 1_777_000_100,
        "feedsvc_last_round_seconds": 0.25,
        "feedsvc_rounds_total": 7,
        "feedsvc_rounds_refused_total": 2,
        "feedsvc_rounds_failed_total": 1,
        "feedsvc_push_requests_waiting": 0,
    }


def test_push_is_told_by_feed_and_by_destination() -> None:
    """Of a feed that nobody has taken yet there is no moment, and so no alert on one."""
    push = PushStatus(
        waiting=2,
        topics=(TopicStatus("/atom.xml", 3, 1, 1_777_000_200), TopicStatus("/rss.xml", 1, 0, None)),
        destinations=(DestinationStatus("cache", "cdn", 11, 1_777_000_300, 4, "status 500"),),
    )
    told = samples(Status(Edition(12, 1_777_000_000), REPORT, None, push))
    assert {name: value for name, value in told.items() if "_push_" in name} == {
        "feedsvc_push_requests_waiting": 2,
        'feedsvc_push_subscriptions{topic="/atom.xml"}': 3,
        'feedsvc_push_subscriptions{topic="/rss.xml"}': 1,
        'feedsvc_push_subscriptions_failing{topic="/atom.xml"}': 1,
        'feedsvc_push_subscriptions_failing{topic="/rss.xml"}': 0,
        'feedsvc_push_delivered_time_seconds{topic="/atom.xml"}': 1_777_000_200,
        'feedsvc_push_told_edition{kind="cache",name="cdn"}': 11,
        'feedsvc_push_failures{kind="cache",name="cdn"}': 4,
    }


def test_an_empty_store_has_numbers_too() -> None:
    """An alert may be set up before the first article is there."""
    told = samples(Status(Edition(0, 0), Report(), None))
    assert told.pop("feedsvc_store_readable") == 1
    assert not any(told.values())


def test_what_was_answered_is_told_without_the_store_too() -> None:
    """It must not hide what goes on meanwhile."""
    answered = (AnswerCount("200", "feed", "br", 3, 600), AnswerCount("304", "feed", "none", 9, 0))
    times = Times("feed", (5, 0, 4, *[0] * 9, 3), 1.5)
    told = samples(None, Sums(answered, (times,), 7, (("room", 2),), 4, 1, 12))
    buckets = {name: count for name, count in told.items() if "_bucket" in name}
    assert told == buckets | {
        "feedsvc_store_readable": 0,
        'feedsvc_requests_total{coding="br",kind="feed",status="200"}': 3,
        'feedsvc_requests_total{coding="none",kind="feed",status="304"}': 9,
        'feedsvc_response_bytes_total{coding="br",kind="feed",status="200"}': 600,
        'feedsvc_response_bytes_total{coding="none",kind="feed",status="304"}': 0,
        'feedsvc_request_seconds_count{kind="feed"}': 12,
        'feedsvc_request_seconds_sum{kind="feed"}': 1.5,
        "feedsvc_workers": 1,
        "feedsvc_served_edition": 12,
        "feedsvc_connections": 4,
        "feedsvc_connections_accepted_total": 7,
        'feedsvc_connections_closed_total{reason="room"}': 2,
    }
    assert [*buckets.values()] == [5, 5, *[9] * 10, 12]
