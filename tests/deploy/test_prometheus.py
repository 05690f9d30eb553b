"""The rules for Prometheus and the dashboard for Grafana: of metrics that there are, and of alerts that go off."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from repository import DEPLOY, ROOT

RULES = DEPLOY / "prometheus-rules.yml"
GROUPS = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
ALERTS = {rule["alert"]: rule for group in GROUPS for rule in group["rules"] if "alert" in rule}
DASHBOARD = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
KNOWN = set(re.findall(r"(?m)^\| `(feedsvc_\w+)`", (ROOT / "docs/reference/metrics.md").read_text("utf-8")))
PROMTOOL = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus)"
)

PAGE, TICKET = {"severity": "page"}, {"severity": "ticket"}
SITUATIONS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "FeedsvcDown": ({'up{job="feedsvc"}': "0x120"}, {**PAGE, "job": "feedsvc"}),
    "FeedsvcNobodyPublishes": ({"feedsvc_publisher": "0x120"}, PAGE),
    "FeedsvcRoundsFail": ({"feedsvc_last_round_failed": "1x120"}, PAGE),
    "FeedsvcNoRounds": ({"feedsvc_last_round_time_seconds": "0x120"}, PAGE),
    "FeedsvcSafeguardHolds": (
        {'feedsvc_safeguard_active{safeguard="flood"}': "1x120"},
        {**TICKET, "safeguard": "flood"},
    ),
    "FeedsvcStoreUnreadable": ({"feedsvc_store_readable": "0x120"}, PAGE),
    "FeedsvcOldEditionServed": ({"feedsvc_edition": "7x120", "feedsvc_served_edition": "6x120"}, PAGE),
    "FeedsvcErrors": (
        {
            'feedsvc_requests_total{status="500"}': "0+10x120",
            'feedsvc_requests_total{status="200"}': "0+90x120",
        },
        PAGE,
    ),
    "FeedsvcConnectionsCrowded": (
        {'feedsvc_connections_closed_total{reason="room"}': "0+5x120"},
        {**TICKET, "reason": "room"},
    ),
}
"""Alert -> what is measured meanwhile, and its labels."""
WELL = {
    'up{job="feedsvc"}': "1x120",
    "feedsvc_publisher": "1x120",
    "feedsvc_last_round_failed": "0x120",
    "feedsvc_last_round_time_seconds": "0+60x120",
    'feedsvc_safeguard_active{safeguard="flood"}': "0x120",
    "feedsvc_store_readable": "1x120",
    "feedsvc_edition": "7x120",
    "feedsvc_served_edition": "7x120",
    'feedsvc_requests_total{status="500"}': "0x120",
    'feedsvc_requests_total{status="304",kind="feed"}': "0+90x120",
    'feedsvc_connections_closed_total{reason="room"}': "3x120",
    'feedsvc_connections_closed_total{reason="silent"}': "0+5x120",
}


def expressions() -> list[str]:
    """Every question that rules and dashboard ask."""
    asked = [rule["expr"] for group in GROUPS for rule in group["rules"]]
    return asked + [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_metric_that_is_asked_for_is_there() -> None:
    """By the reference, which is made of the code."""
    asked = {name for each in expressions() for name in re.findall(r"\bfeedsvc_\w+", each)}
    assert {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in asked} - KNOWN == set()


def test_each_panel_has_a_place_of_its_own() -> None:
    """Grafana would move those that overlap."""
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


@PROMTOOL
def test_the_rules_are_what_prometheus_takes() -> None:
    """By promtool."""
    done = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@PROMTOOL
def test_each_alert_goes_off_when_it_should_and_only_then(tmp_path: Path) -> None:
    """By promtool, over two hours of each situation, and of one in which all is well."""
    assert set(ALERTS) == set(SITUATIONS)
    tests = [_test(name, *situation) for name, situation in SITUATIONS.items()]
    quiet = [{"eval_time": "110m", "alertname": name, "exp_alerts": []} for name in ALERTS]
    tests.append({"name": "all is well", "input_series": _series(WELL), "alert_rule_test": quiet})
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _series(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"series": series, "values": told} for series, told in values.items()]


def _test(name: str, values: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, object]:
    shares = {"{{ $labels.instance }}": "", "{{ $value | humanizePercentage }}": "10%"}
    shares["{{ $labels.safeguard }}"] = labels.get("safeguard", "")
    texts = dict(ALERTS[name]["annotations"])
    for template, shown in shares.items():
        texts = {key: text.replace(template, shown) for key, text in texts.items()}
    expected = {"exp_labels": dict(labels), "exp_annotations": texts}
    return {
        "name": name,
        "interval": "1m",
        "input_series": _series(values),
        "alert_rule_test": [{"eval_time": "110m", "alertname": name, "exp_alerts": [expected]}],
    }
