"""Preconditions: RFC 9110, section 13.1.2 and 13.1.3."""

import pytest

from feedsvc.responses.conditional import known_tag, unmodified_since
from feedsvc.responses.http_dates import http_date

BR, GZIP, PLAIN = b'"brbrbrbr"', b'"gzipgzip"', b'"identity"'
TAGS = (BR, GZIP, PLAIN)
NOW = 2_000_000_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b'"gzipgzip"', GZIP, id="the current one"),
        pytest.param(b' "gzipgzip"\t', GZIP, id="white space around"),
        pytest.param(b'W/"gzipgzip"', GZIP, id="weak: 8.8.3.2 weak comparison"),
        pytest.param(b'"brbrbrbr"', BR, id="another coding's: repeated as the client knows it"),
        pytest.param(b'W/"identity"', PLAIN, id="another coding's, weak"),
        pytest.param(b"*", GZIP, id="asterisk: the current one"),
        pytest.param(b" * ", GZIP, id="asterisk with white space"),
        pytest.param(b'"old", "gzipgzip"', GZIP, id="in a list"),
        pytest.param(b'"old",W/"gzipgzip" ,"x"', GZIP, id="in a list without white space"),
        pytest.param(b'"brbrbrbr", "gzipgzip"', GZIP, id="two of ours: the current one"),
        pytest.param(b',, "gzipgzip",', GZIP, id="5.6.1 empty members"),
        pytest.param(b'"a,b", "gzipgzip"', GZIP, id="a comma within a foreign tag"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b'"old"', None, id="unknown"),
        pytest.param(b"gzipgzip", None, id="no quotes: no tag"),
        pytest.param(b'w/"gzipgzip"', None, id="8.8.3 W is a capital"),
        pytest.param(b'W/ "gzipgzip"', None, id="W stands apart"),
        pytest.param(b'"gzipgzip', None, id="no end"),
        pytest.param(b"'gzipgzip'", None, id="other quotes"),
        pytest.param(b'"GZIPGZIP"', None, id="8.8.3 tags know case"),
        pytest.param(b'"gzipgzip" "old"', None, id="no comma"),
        pytest.param(b'*, "old"', None, id="asterisk in a list"),
        pytest.param(b'"\xff\x00"', None, id="odd bytes"),
        pytest.param(b'"' + b"x" * 9000 + b'", "gzipgzip"', None, id="oversized: better sent than searched"),
    ],
)
def test_a_tag_shows_what_the_client_has(value: bytes, expected: bytes | None) -> None:
    """Any coding's tag counts, compared weakly; what is malformed shows nothing."""
    assert known_tag(value, TAGS, GZIP) == expected


@pytest.mark.parametrize(
    ("since", "last_modified", "expected"),
    [
        pytest.param(NOW - 10, NOW - 10, True, id="the very second"),
        pytest.param(NOW - 5, NOW - 10, True, id="later"),
        pytest.param(NOW - 11, NOW - 10, False, id="a second before"),
        pytest.param(NOW, NOW - 10, True, id="now"),
        pytest.param(NOW + 1, NOW - 10, False, id="in the future: ignored"),
        pytest.param(NOW, NOW + 1, False, id="changed twice in this second"),
    ],
)
def test_a_date_shows_what_the_client_has(since: int, last_modified: int, expected: bool) -> None:
    """Unmodified means not later than the client's date."""
    assert unmodified_since(http_date(since), last_modified, NOW) is expected


@pytest.mark.parametrize("value", [b"", b"never", b"Thu, 32 Jan 1970 00:00:00 GMT"])
def test_an_invalid_date_shows_nothing(value: bytes) -> None:
    """RFC 9110, 13.1.3: a recipient ignores it."""
    assert unmodified_since(value, 0, NOW) is False
