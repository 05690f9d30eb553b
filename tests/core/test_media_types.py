"""The bare media type."""

import pytest

from feedsvc.core.media_types import bare_media_type


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("text/html", "text/html"),
        ("Text/HTML; charset=utf-8", "text/html"),
        (' application/rss+xml ;charset="a;b"', "application/rss+xml"),
        ("", ""),
    ],
)
def test_parameters_and_case_do_not_count(value: str, bare: str) -> None:
    """Only the type and subtype stay."""
    assert bare_media_type(value) == bare
