"""Cache-Control: RFC 9111, section 5.2.2, and RFC 5861."""

from dataclasses import replace

import pytest

from feedsvc.responses.freshness import Policy, brief_cache_control, cache_control, lifetimes

POLICY = Policy(max_age=60, stale_while_revalidate=30, stale_if_error=600)
NOW = 1000


@pytest.mark.parametrize(
    ("next_moment", "expected"),
    [
        pytest.param(
            None, "public, max-age=60, stale-while-revalidate=30, stale-if-error=600", id="nothing scheduled"
        ),
        pytest.param(
            NOW + 5000, "public, max-age=60, stale-while-revalidate=30, stale-if-error=600", id="far away"
        ),
        pytest.param(
            NOW + 100,
            "public, max-age=60, stale-while-revalidate=30, stale-if-error=40",
            id="within the error time",
        ),
        pytest.param(
            NOW + 70,
            "public, max-age=60, stale-while-revalidate=10, stale-if-error=10",
            id="within the stale time",
        ),
        pytest.param(NOW + 60, "public, max-age=60", id="at the end of freshness"),
        pytest.param(NOW + 20, "public, max-age=20", id="within freshness"),
        pytest.param(NOW + 1, "public, max-age=1", id="the next second"),
        pytest.param(NOW, "public, max-age=1", id="now"),
        pytest.param(NOW - 30, "public, max-age=1", id="overdue"),
    ],
)
def test_no_lifetime_reaches_past_the_next_moment(next_moment: int | None, expected: str) -> None:
    """What must be gone is shown by no cache; but one second is kept, or caches drop conditions."""
    assert cache_control(POLICY, NOW, next_moment) == expected


@pytest.mark.parametrize(
    ("next_moment", "expected"),
    [
        pytest.param(
            None, "public, max-age=60, s-maxage=90, stale-while-revalidate=30, stale-if-error=600", id="nothing"
        ),
        pytest.param(
            NOW + 100,
            "public, max-age=60, s-maxage=90, stale-while-revalidate=10, stale-if-error=10",
            id="within the stale time, which begins after both",
        ),
        pytest.param(NOW + 80, "public, max-age=60, s-maxage=80", id="within what caches share"),
        pytest.param(NOW + 20, "public, max-age=20, s-maxage=20", id="within freshness"),
    ],
)
def test_shared_caches_may_have_a_time_of_their_own(next_moment: int | None, expected: str) -> None:
    """RFC 9111, 5.2.2.10; it does not reach past the next moment either, and a 404 keeps its ten seconds."""
    policy = replace(POLICY, shared_max_age=90)
    assert cache_control(policy, NOW, next_moment) == expected
    assert "s-maxage" not in cache_control(replace(policy, private=True), NOW, next_moment)
    assert brief_cache_control(policy, NOW, None) == "public, max-age=10, s-maxage=10"


def test_an_operator_may_want_no_freshness_at_all() -> None:
    """The one second is a floor for the moment, not for the operator."""
    assert cache_control(Policy(0, 0, 0), NOW, None) == "public, max-age=0"
    assert cache_control(Policy(0, 0, 0), NOW, NOW - 1) == "public, max-age=0"


@pytest.mark.parametrize(
    ("policy", "next_moment", "expected"),
    [
        pytest.param(POLICY, None, "public, max-age=10", id="ten seconds"),
        pytest.param(Policy(max_age=5), None, "public, max-age=5", id="not longer than a document"),
        pytest.param(POLICY, NOW + 3, "public, max-age=3", id="not past the next moment"),
    ],
)
def test_a_missing_page_is_believed_for_a_short_time(
    policy: Policy, next_moment: int | None, expected: str
) -> None:
    """RFC 9111, 4.2.2: without a word a cache would guess a lifetime for a 404."""
    assert brief_cache_control(policy, NOW, next_moment) == expected


def test_every_kind_of_response_has_its_field() -> None:
    """RFC 8246: what is named by its digest never changes."""
    found = lifetimes(POLICY, NOW, NOW + 5)
    assert found == {
        "usual": b"public, max-age=5",
        "brief": b"public, max-age=5",
        "immutable": b"public, max-age=31536000, immutable",
    }
    private = lifetimes(replace(POLICY, private=True), NOW, NOW + 5)
    assert private == {kind: value.replace(b"public", b"private") for kind, value in found.items()}
