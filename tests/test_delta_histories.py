"""Whatever happens to articles, a subscriber who merges deltas knows what the whole feeds tell."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import record as make_record
from lxml import etree

from feedsvc.articles.record import Record
from feedsvc.channels.select import select
from feedsvc.channels.site import Site
from feedsvc.documents.compose import compose
from feedsvc.responses.answer import answer
from feedsvc.responses.delta import make_ready_deltas
from feedsvc.responses.prepare import prepare
from feedsvc.responses.ready import make_ready
from feedsvc.responses.request import Request
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Version

FIRST = datetime(2026, 5, 4, 8, tzinfo=UTC)
SITE = Site("https://example.org", "The Gazette", "News.", "en", feed_size=4, feed_days=0)
"""With feeds so short that articles fall out of them, which is no removal."""
ACTS = st.sampled_from(["add", "edit", "withdraw", "return"])
HISTORIES = st.lists(st.lists(st.tuples(ACTS, st.integers(0, 9)), min_size=1, max_size=3), min_size=2, max_size=5)
Ledger = dict[str, Record]


def _act(ledger: Ledger, act: str, number: int, now: datetime) -> None:
    """Let something happen to an article, if it can."""
    known = ledger.get(f"n{number}")
    if act == "add" and known is None:
        times = {"published": now, "updated": now, "changed": now}
        ledger[f"n{number}"] = make_record(
            f"n{number}", id=f"n{number}", body="0", settled=True, listed=True, **times
        )
    elif known is not None and known.listed and act == "edit":
        article = replace(known.article, body=f"{int(known.article.body) + 1}")
        ledger[known.id] = replace(known, article=article, updated=now, changed=now)
    elif known is not None and known.listed and act == "withdraw":
        ledger[known.id] = replace(known, withdrawn=now, listed=False, changed=now)
    elif known is not None and not known.listed and act == "return":
        ledger[known.id] = replace(known, withdrawn=None, listed=True, changed=now)


def _feeds(ledger: Ledger, now: datetime, before: Mapping[str, Response]) -> dict[str, Response]:
    """The site's feeds, each made with what is known of its versions before."""
    public = [one for one in ledger.values() if one.listed]
    public.sort(key=lambda one: (-one.published.timestamp(), one.id))
    withdrawn = [one for one in ledger.values() if one.withdrawn]
    recipes = compose(SITE, select(SITE, public, ledger), public, withdrawn, _body)
    wanted = {"/rss.xml", "/atom.xml", "/feed.json"}
    return {
        recipe.path: prepare(recipe.make(), recipe.key, int(now.timestamp()), _versions(before.get(recipe.path)))
        for recipe in recipes
        if recipe.path in wanted
    }


def _body(edit: str) -> str:
    return "".join(f"<p>{hashlib.sha256(f'{edit} {line}'.encode()).hexdigest()}</p>" for line in range(30))


def _versions(response: Response | None) -> Sequence[Version]:
    return () if response is None or response.deltas is None else response.deltas.versions


def _told(content: bytes) -> tuple[dict[str, str], set[str]]:
    """What a feed says of each entry, and which it says were deleted."""
    if content.startswith(b"{"):
        return {item["id"]: json.dumps(item) for item in json.loads(content)["items"]}, set()
    root = etree.fromstring(content)
    entries = {}
    for entry in root.iter("item", "{*}entry"):
        # Canonical, so that it does not matter which namespaces the feed around declares.
        text = etree.tostring(entry, method="c14n", exclusive=True, with_tail=False).decode()
        entries[entry.findtext("{*}id") or entry.findtext("guid") or ""] = text
    return entries, {str(stone.get("ref")) for stone in root.iter("{*}deleted-entry")}


def _merged(has: Mapping[str, str], content: bytes) -> dict[str, str]:
    """What a subscriber has once he has read ``content``, who had ``has``."""
    entries, deleted = _told(content)
    return {key: text for key, text in {**has, **entries}.items() if key not in deleted}


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json"])
@settings(max_examples=10, deadline=None)
@given(HISTORIES)
def test_deltas_bring_what_whole_feeds_bring(path: str, history: Sequence[Sequence[tuple[str, int]]]) -> None:
    """From each version to each later one, in plain bytes and in gzip: entries, edits and removals."""
    ledger: Ledger = {}
    for number in range(10, 15):
        _act(ledger, "add", number, FIRST)
    feeds: list[Response] = []
    before: dict[str, Response] = {}
    for hour, acts in enumerate(history, 1):
        for act, number in acts:
            _act(ledger, act, number, FIRST + timedelta(hours=hour))
        before = _feeds(ledger, FIRST + timedelta(hours=hour), before)
        feeds.append(before[path])
        now = _plain(feeds[-1])
        for former in feeds[:-1]:
            had, _ = _told(_plain(former))
            for coding in (None, b"gzip"):
                tag = former.representations[0].etag.encode()
                request = Request("GET", tag, accept_encoding=coding, a_im=b"feed")
                told = answer(request, make_ready(feeds[-1]), 0, b"", make_ready_deltas(feeds[-1].deltas))
                coded = (b"content-encoding", b"gzip") in told.headers
                content = gzip.decompress(told.body) if coded else told.body
                if told.status == 226:
                    assert _merged(had, content) == _merged(had, now)
                    assert not _told(content)[0].items() & had.items()


def _plain(response: Response) -> bytes:
    return next(each.body for each in response.representations if each.coding == "identity")
