"""Metrics: the status in Prometheus's text format. The only home of prometheus-client.

All metrics come from the store. So every web worker answers the same, and requests are not slowed by counting
them.
"""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from feedsvc.operations.status import SAFEGUARDS, Status, active_safeguards, article_counts

MEDIA_TYPE = CONTENT_TYPE_LATEST


def exposition(status: Status) -> bytes:
    """The status in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Collector(status))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        edition, report = self._status.edition, self._status.report
        held = active_safeguards(report)
        yield GaugeMetricFamily("feedsvc_edition", "Number of the newest edition.", edition.number)
        yield GaugeMetricFamily("feedsvc_edition_time_seconds", "When it was published.", edition.time)
        yield GaugeMetricFamily(
            "feedsvc_next_moment_seconds", "When something appears or expires next; 0 for never.",
            edition.next_moment or 0,
        )  # fmt: skip
        yield _by("feedsvc_articles", "Articles by state.", "state", article_counts(report))
        yield _by(
            "feedsvc_safeguard_active",
            "1 while the safeguard refuses the round or holds a file back.",
            "safeguard",
            {name: int(name in held) for name in SAFEGUARDS},
        )
        yield GaugeMetricFamily(
            "feedsvc_publisher", "1 while a process has the right to publish.", bool(self._status.publisher)
        )
        yield GaugeMetricFamily("feedsvc_last_round_time_seconds", "When the last round began.", report.time)
        yield GaugeMetricFamily("feedsvc_last_round_seconds", "How long the last round took.", report.seconds)
        yield CounterMetricFamily("feedsvc_rounds", "Rounds since the store was made.", report.rounds)
        yield CounterMetricFamily("feedsvc_rounds_refused", "Rounds that a safeguard refused.", report.refused)
        yield CounterMetricFamily("feedsvc_rounds_failed", "Rounds that could not be run.", report.failed)


def _by(name: str, about: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
