"""The limit that the guide for nginx describes, in a real nginx before a real feedsvc."""

import re
from collections.abc import Iterator

import pytest
from http_caches import Cached, nginx
from repository import ROOT
from serving import Service, write

pytestmark = pytest.mark.slow

AT_ONCE = 21
"""Fetches of one feed without a condition that are let through at once."""


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    """A service behind nginx with the two files of the guide, which count each feed by itself."""
    tmp_path = tmp_path_factory.mktemp("limited")
    guide = (ROOT / "docs/how-to/nginx.md").read_text("utf-8")
    counting, refusing = re.findall(r"(?ms)^ *```nginx\n(.*?)```", guide)
    (tmp_path / "feedsvc.d").mkdir()
    (tmp_path / "feedsvc.d" / "limit.conf").write_text(refusing, "utf-8")
    articles = write(tmp_path / "stories", {"2026-03-01-harbour.txt": "The harbour opens again\n\nIn spring.\n"})
    with (
        Service(tmp_path, articles, "--port", 0, "--interval", 3600) as service,
        nginx(service.ready(), tmp_path, more=[counting]) as url,
    ):
        yield Cached(service, url)


def test_a_client_that_fetches_a_whole_feed_again_and_again_is_asked_to_wait(limited: Cached) -> None:
    """RFC 6585, 4: and no cache keeps the refusal. Pages and heads are open to it as before."""
    answers = [limited.ask() for _ in range(AT_ONCE)]
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    # One more is let through every six seconds, and a busy machine may take as long for the first ones.
    refused = next(answer for _ in range(AT_ONCE) if (answer := limited.ask()).status_code != 200)
    assert refused.status_code == 429
    assert (refused.headers["retry-after"], refused.headers["cache-control"]) == ("60", "no-store")
    assert "If-None-Match" in refused.text
    assert (limited.ask("/").status_code, limited.ask(method="HEAD").status_code) == (200, 200)


@pytest.mark.parametrize(("path", "field"), [("/rss.xml", "if_none_match"), ("/feed.json", "if_modified_since")])
def test_a_request_under_a_condition_is_never_limited(limited: Cached, path: str, field: str) -> None:
    """Neither one that gets a 304, nor one that shows an old copy, nor from an address that is over the limit."""
    tag = limited.ask(path).headers["etag"]
    known = {"if_none_match": tag, "if_modified_since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    old = {"if_none_match": '"old"', "if_modified_since": "Wed, 01 Jan 2025 00:00:00 GMT"}
    assert 429 in {limited.ask(path).status_code for _ in range(2 * AT_ONCE)}
    for condition in (known, old):
        answers = {limited.ask(path, **{field: condition[field]}).status_code for _ in range(2 * AT_ONCE)}
        assert answers <= {200, 304}
