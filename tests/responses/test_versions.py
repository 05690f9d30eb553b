"""The versions of a feed, and what leads from the former ones to the current one."""

import gzip
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from memory_store import CHANGED, grown, story

from feedsvc.responses.answer import answer
from feedsvc.responses.delta import make_ready_deltas
from feedsvc.responses.prepare import prepare
from feedsvc.responses.ready import make_ready
from feedsvc.responses.request import Request
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Deltas, Version

HISTORIES = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1, max_size=8), min_size=2, max_size=8
)
"""What a feed held, version by version: entries by name, each with the number of its edit."""


def _published(history: Sequence[dict[str, int]], most: int = 20) -> list[Response]:
    """The responses of a feed, each made with what is known of those before."""
    responses: list[Response] = []
    former: tuple[Version, ...] = ()
    for entries in history:
        document = grown(*(story(f"{name}{edit}") for name, edit in sorted(entries.items())))
        responses.append(prepare(document, "key", CHANGED, former))
        former = _deltas(responses[-1]).versions[:most]
    return responses


def _deltas(response: Response) -> Deltas:
    assert response.deltas is not None
    return response.deltas


def _asked(response: Response, tag: str, coding: bytes | None = None) -> tuple[int, bytes]:
    """Status and content, decoded, for a reader who has the version with that tag."""
    request = Request("GET", tag.encode(), accept_encoding=coding, a_im=b"feed")
    told = answer(request, make_ready(response), CHANGED, b"", make_ready_deltas(response.deltas))
    return told.status, gzip.decompress(told.body) if (b"content-encoding", b"gzip") in told.headers else told.body


def _entries(content: bytes) -> dict[str, str]:
    texts = content.decode().split("\n  <entry>")[1:]
    return {text[0]: text for text in (text.partition("</entry>")[0] for text in texts)}


def _plain(response: Response) -> bytes:
    return next(each.body for each in response.representations if each.coding == "identity")


@given(HISTORIES)
def test_who_merges_a_delta_has_what_he_would_have_of_the_whole(history: Sequence[dict[str, int]]) -> None:
    """From every former version, by every tag of it and in every coding; and nothing is sent that he has."""
    responses = _published(history)
    newest = responses[-1]
    now = _entries(_plain(newest))
    for former in responses[:-1]:
        had = _entries(_plain(former))
        for tag in (each.etag for each in former.representations):
            for coding in (None, b"gzip", b"br, gzip"):
                status, content = _asked(newest, tag, coding)
                assert status in (200, 226, 304)
                if status == 226:
                    sent = _entries(content)
                    assert {**had, **sent} == {**had, **now}
                    assert not sent.items() & had.items()
                    assert len(content) < len(_plain(newest))


@given(HISTORIES)
def test_equal_histories_give_equal_bytes(history: Sequence[dict[str, int]]) -> None:
    """Nothing depends on a clock or on the order of a set."""
    assert _published(history) == _published(history)


def test_only_so_many_versions_are_known() -> None:
    """Whoever has an older one gets the whole."""
    history = [{"a": 0, "b": 0, "c": 0, "d": number} for number in range(8)]
    *former, newest = _published(history, most=3)
    statuses = [_asked(newest, each.representations[0].etag)[0] for each in former]
    assert statuses == [200, 200, 200, 200, 226, 226, 226]


def test_a_delta_that_would_not_be_smaller_is_not_made() -> None:
    """RFC 3229, 5.2: it is the server's choice to send the whole."""
    before, after = _published([{"a": 0, "b": 0}, {"a": 1, "b": 1}])
    assert _deltas(after).steps == ()
    assert _deltas(after).pieces == ()
    assert _asked(after, before.representations[0].etag)[0] == 200


def test_what_is_sent_to_many_is_compressed_once() -> None:
    """Twenty deltas that tell of the same entry hold it once."""
    history: list[dict[str, int]] = [{"a": 0, "b": 0, "c": 0, "d": number} for number in range(21)]
    deltas = _deltas(_published(history)[-1])
    assert len(deltas.steps) == 20
    assert len(deltas.pieces) == 4


def test_a_version_that_came_back_is_the_current_one() -> None:
    """Whoever has it is told that nothing changed, and there is no delta to the same."""
    first, _, again = _published([{"a": 0, "b": 0}, {"a": 0, "b": 1}, {"a": 0, "b": 0}])
    assert [version.tags for version in _deltas(again).versions].count(_deltas(first).versions[0].tags) == 1
    assert _asked(again, first.representations[0].etag)[0] == 304


def test_deltas_to_another_response_are_not_sent() -> None:
    """What leads to one edition is never merged with another."""
    first, second, third = _published([{"a": 0, "b": 0, "c": edit} for edit in range(3)])
    request = Request("GET", first.representations[0].etag.encode(), a_im=b"feed")
    told = answer(request, make_ready(second), CHANGED, b"", make_ready_deltas(third.deltas))
    assert (told.status, told.body) == (200, _plain(second))
