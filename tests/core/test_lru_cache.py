"""What is remembered, and for how long."""

import pytest

from feedsvc.core.lru_cache import LruCache


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        pytest.param("a a a", "a", id="made once"),
        pytest.param("aa bb aa bb", "aa bb", id="all that there is room for is kept"),
        pytest.param("aa bb c aa", "aa bb c aa", id="the one asked for longest ago makes room"),
        pytest.param("aa bb aa c aa", "aa bb c", id="asking again keeps it"),
        pytest.param("a b aaaa a b", "a b aaaa a b", id="a large one may need all the room"),
        pytest.param("a aaaaa aaaaa a", "a aaaaa aaaaa", id="what is larger than the room is never kept"),
    ],
)
def test_the_values_asked_for_last_are_kept_within_the_room(asked: str, made: str) -> None:
    """Nothing is made twice while there is room, and the room is never exceeded."""
    calls: list[str] = []

    def make(word: str) -> str:
        calls.append(word)
        return word.upper()

    memo = LruCache(make, len, room=4)
    assert [memo(word) for word in asked.split()] == asked.upper().split()
    assert calls == made.split()


def test_a_value_that_was_come_by_otherwise_is_kept_within_the_room() -> None:
    """It makes room like any other, and what is there already stays."""
    memo = LruCache(str.upper, len, room=4)
    for key, value in (("a", "first"), ("a", "ONE"), ("a", "TWO"), ("b", "B")):
        memo.keep(key, value)
    assert [memo("a"), memo("b")] == ["ONE", "B"]
    memo.keep("c", "C")
    assert [memo("b"), memo("c"), memo("a")] == ["B", "C", "A"]


def test_what_is_not_remembered_is_not_made_by_asking_for_it() -> None:
    """It is for those who can come by the value in a cheaper way."""
    memo = LruCache(str.upper, len, room=4)
    assert memo.known("a") is None
    memo("a")
    assert memo.known("a") == "A"
