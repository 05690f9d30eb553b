"""Metrics in Prometheus's text format: the status, and what was answered. The only home of prometheus-client.

The status comes from the store, and the counts from the memory that all workers share, so every worker answers the
same.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from feedsvc.operations.status import SAFEGUARDS, PushStatus, Status, active_safeguards, article_counts
from feedsvc.web.request_counts import BUCKETS, Sums

MEDIA_TYPE = CONTENT_TYPE_LATEST


def exposition(status: Status | None, sums: Sums, now: float) -> bytes:
    """The metrics in Prometheus's text format.

    Args:
        status: What the store says; None if it cannot be read, so that its metrics are missing.
        sums: What the workers have counted.
        now: Seconds since 1970.
    """
    registry = CollectorRegistry()
    registry.register(_Collector(status, sums, now))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, status: Status | None, sums: Sums, now: float) -> None:
        self._status = status
        self._sums = sums
        self._now = now

    def collect(self) -> Iterator[Metric]:
        about = "1 while the store can be read; without it all that it tells is missing."
        yield GaugeMetricFamily("feedsvc_store_readable", about, self._status is not None)
        if self._status is not None:
            yield from _of_store(self._status, self._now)
            yield from _of_push(self._status.push)
        yield from _of_requests(self._sums)
        yield from _of_connections(self._sums)


def _of_store(status: Status, now: float) -> Iterator[Metric]:
    edition, report = status.edition, status.report
    held = active_safeguards(report)
    yield GaugeMetricFamily("feedsvc_edition", "Number of the newest edition.", edition.number)
    yield GaugeMetricFamily("feedsvc_edition_time_seconds", "When it was published.", edition.time)
    if edition.number:
        age = max(now - edition.time, 0)
        yield GaugeMetricFamily("feedsvc_edition_age_seconds", "How long ago that was.", age)
    about = "When something appears or expires next; 0 for never."
    yield GaugeMetricFamily("feedsvc_next_moment_seconds", about, edition.next_moment or 0)
    yield _by("feedsvc_articles", "Articles by state.", "state", article_counts(report))
    about = "1 while the safeguard refuses the round or holds a file back."
    yield _by("feedsvc_safeguard_active", about, "safeguard", {name: int(name in held) for name in SAFEGUARDS})
    about = "1 while a process has the right to publish."
    yield GaugeMetricFamily("feedsvc_publisher", about, bool(status.publisher))
    about = "1 while the last round counts as failed."
    yield GaugeMetricFamily("feedsvc_last_round_failed", about, report.failure is not None)
    yield GaugeMetricFamily("feedsvc_last_round_time_seconds", "When the last round began.", report.time)
    yield GaugeMetricFamily("feedsvc_last_round_seconds", "How long the last round took.", report.seconds)
    yield CounterMetricFamily("feedsvc_rounds", "Rounds since the store was made.", report.rounds)
    yield CounterMetricFamily("feedsvc_rounds_refused", "Rounds that a safeguard refused.", report.refused)
    yield CounterMetricFamily("feedsvc_rounds_failed", "Rounds that could not be run.", report.failed)


def _of_push(status: PushStatus) -> Iterator[Metric]:
    labels = ("topic",)
    about = "Subscriptions of the hub, by the path of the feed."
    subscriptions = GaugeMetricFamily("feedsvc_push_subscriptions", about, labels=labels)
    about = "Subscriptions whose last delivery failed, by the path of the feed."
    failing = GaugeMetricFamily("feedsvc_push_subscriptions_failing", about, labels=labels)
    about = "When a subscriber last took the feed; missing until the first does."
    delivered = GaugeMetricFamily("feedsvc_push_delivered_time_seconds", about, labels=labels)
    for each in status.topics:
        subscriptions.add_metric([each.topic], each.subscribers)
        failing.add_metric([each.topic], each.failing)
        if each.delivered is not None:
            delivered.add_metric([each.topic], each.delivered)
    about = "Requests to subscribe that wait for their verification."
    yield GaugeMetricFamily("feedsvc_push_requests_waiting", about, status.waiting)
    names = ("kind", "name")
    about = "The edition up to which a destination of the settings was told."
    told = GaugeMetricFamily("feedsvc_push_told_edition", about, labels=names)
    about = "Attempts in a row to tell a destination of the settings that failed."
    failures = GaugeMetricFamily("feedsvc_push_failures", about, labels=names)
    for one in status.destinations:
        told.add_metric([one.kind, one.name], one.told)
        failures.add_metric([one.kind, one.name], one.failures)
    yield from (subscriptions, failing, delivered, told, failures)


def _of_requests(sums: Sums) -> Iterator[Metric]:
    names = ("status", "kind", "coding")
    about = "Answers by status, kind of document and content coding."
    requests = CounterMetricFamily("feedsvc_requests", about, labels=names)
    about = "Bytes of content in these answers, as they were sent."
    sent = CounterMetricFamily("feedsvc_response_bytes", about, labels=names)
    for each in sums.answered:
        requests.add_metric((each.status, each.kind, each.coding), each.count)
        sent.add_metric((each.status, each.kind, each.coding), each.length)
    about = "Seconds from a complete request to the end of its answer, by kind of document."
    times = HistogramMetricFamily("feedsvc_request_seconds", about, labels=("kind",))
    for taken in sums.times:
        bounds = zip([*map(str, BUCKETS), "+Inf"], accumulate(taken.counts), strict=True)
        times.add_metric([taken.kind], list(bounds), taken.seconds)
    yield from (requests, sent, times)


def _of_connections(sums: Sums) -> Iterator[Metric]:
    yield GaugeMetricFamily("feedsvc_workers", "Web workers that are at work.", sums.workers)
    about = "Number of the oldest edition that a worker serves; 0 where one serves none yet."
    yield GaugeMetricFamily("feedsvc_served_edition", about, sums.edition)
    yield GaugeMetricFamily("feedsvc_connections", "Open connections.", sums.connections)
    yield CounterMetricFamily("feedsvc_connections_accepted", "Connections that were accepted.", sums.accepted)
    about = "Connections that a worker closed: to make room, or since the client was silent or took nothing in."
    closed = CounterMetricFamily("feedsvc_connections_closed", about, labels=["reason"])
    for reason, count in sums.closed:
        closed.add_metric([reason], count)
    yield closed


def _by(name: str, about: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
