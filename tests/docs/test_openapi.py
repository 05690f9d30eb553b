"""``docs/reference/openapi.yaml`` and the addresses of a real service: each describes the other in full."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import given, settings
from repository import ROOT
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from serving import Service, wait_for
from stored_site import served_paths

from feedsvc.store.store import open_store

FILE = ROOT / "docs/reference/openapi.yaml"
DESCRIBED = yaml.safe_load(FILE.read_text("utf-8"))["paths"]
_API = schemathesis.openapi.from_path(FILE).include(method="GET")  # test_wire.py holds HEAD and OPTIONS against it
OPERATIONS = [found.ok() for found in _API.get_all_operations() if isinstance(found, Ok)]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the sample articles, with an archive of every channel, metrics and a hub."""
    home = tmp_path_factory.mktemp("openapi")
    shutil.copytree(ROOT / "articles", home / "articles")
    with_all = {"http__metrics": "true", "feeds__archive_size": "1", "push__hub": "true"}
    with Service(home, "--port", 0, settings=with_all) as running:
        running.ready()
        # Within the second of the edition no answer says when it was last modified: it may change once more in it.
        wait_for(lambda: "last-modified" in running.get("/").headers, "the second after the edition's")
        yield running


@pytest.fixture(scope="module")
def paths(service: Service) -> list[str]:
    """Every address that the service has."""
    store = open_store(f"sqlite:///{service.home}/feedsvc.db")
    held = [path for path in served_paths(store) if path.startswith("/")]
    store.close()
    return [*held, "/healthz", "/readyz", "/metrics", "/hub"]


def description(path: str) -> str | None:
    """The described path that a path falls under: the one that tells the most of it literally."""
    fitting = [each for each in DESCRIBED if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each)), path)]
    return max(fitting, key=lambda each: len(re.sub(r"\{\w+\}", "", each)), default=None)


def test_every_address_is_described(paths: list[str]) -> None:
    """None is missing, whichever room made it."""
    assert [path for path in paths if description(path) is None] == []


def test_every_description_has_an_address(paths: list[str]) -> None:
    """Nothing is described that nobody serves."""
    assert set(DESCRIBED) - {description(path) for path in paths} == set()


def test_every_address_answers_as_described(service: Service, paths: list[str]) -> None:
    """Its status, its media type and the fields that are always there."""
    for path in paths:
        methods = DESCRIBED[description(path) or ""]
        if "get" not in methods:
            continue
        response = service.get(path)
        told = methods["get"]["responses"][str(response.status_code)]
        kind = response.headers.get("content-type", "").partition(";")[0]
        assert not kind or {kind, "*/*"} & set(told.get("content", {})), path
        assert {"date", *(name.lower() for name in told["headers"])} <= set(response.headers), path


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 202),
        ({"hub.lease_seconds": "1", "hub.secret": "s", "hub.verify_token": "t", "other": "x"}, 202),
        ({"hub.mode": "publish"}, 400),
        ({"hub.callback": "http://10.0.0.1/"}, 400),
        ({"hub.topic": "https://example.org/"}, 404),
        ({"hub.secret": "s" * 70_000}, 413),
        (None, 415),
    ],
)
def test_the_hub_answers_as_described(service: Service, changes: dict[str, str] | None, status: int) -> None:
    """Its status, its media type and its fields."""
    form = {
        "hub.mode": "subscribe",
        "hub.callback": "https://reader.invalid/",
        "hub.topic": f"{service.url}/atom.xml",
    }
    response = (
        service.client.post("/hub", json={})
        if changes is None
        else service.client.post("/hub", data={**form, **changes})
    )
    told = DESCRIBED["/hub"]["post"]["responses"][str(status)]
    assert response.status_code == status
    assert response.headers["content-type"].partition(";")[0] in told["content"]
    assert {name.lower() for name in told["headers"]} <= set(response.headers)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.label for each in OPERATIONS])
def test_no_request_is_answered_otherwise(service: Service, operation: APIOperation[Any, Any, Any, Any]) -> None:
    """Whatever is filled in: no 5xx, no undescribed status, media type, field or content."""

    @settings(max_examples=2, deadline=None)
    @given(operation.as_strategy())
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=service.url)

    check()
