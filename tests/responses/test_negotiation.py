"""Content negotiation: RFC 9110, section 12.5.3, and for weights section 12.4.2."""

import pytest

from feedsvc.responses.negotiation import choose, parse_accept_encoding
from feedsvc.responses.response import Coding

ALL: tuple[Coding, ...] = ("br", "gzip", "identity")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        pytest.param(None, "identity", id="12.5.3 no field: anything goes, the plainest is safest"),
        pytest.param(b"", "identity", id="12.5.3 empty: no coding wanted"),
        pytest.param(b"gzip", "gzip", id="12.5.3 one coding"),
        pytest.param(b"br", "br", id="12.5.3 another"),
        pytest.param(b"gzip, deflate, br, zstd", "br", id="12.5.3 a browser: the smallest of equals"),
        pytest.param(b"gzip,br", "br", id="12.5.3 order means nothing"),
        pytest.param(b"deflate", "identity", id="12.5.3 only what there is not"),
        pytest.param(b"identity", "identity", id="12.5.3 identity by name"),
        pytest.param(b"GZip", "gzip", id="8.4.1 codings know no case"),
        pytest.param(b"x-gzip", "gzip", id="8.4.1.3 x-gzip is gzip"),
        pytest.param(b"*", "br", id="12.5.3 asterisk: any"),
        pytest.param(b"*;q=0", "identity", id="12.5.3 asterisk refused: no 406"),
        pytest.param(b"gzip;q=0", "identity", id="12.4.2 q=0 refuses"),
        pytest.param(b"gzip;q=0, *", "br", id="12.5.3 asterisk: any but the named"),
        pytest.param(b"br;q=0, gzip", "gzip", id="12.4.2 the smallest refused"),
        pytest.param(b"br;q=0.0, *;q=0.1", "gzip", id="12.4.2 q=0.0 refuses as well"),
        pytest.param(b"br;q=0.5, gzip;q=0.8", "gzip", id="12.4.2 the higher weight"),
        pytest.param(b"br;q=0.8, gzip;q=0.801", "gzip", id="12.4.2 three digits"),
        pytest.param(b"gzip;q=0.5, identity;q=0.8", "identity", id="12.4.2 identity preferred"),
        pytest.param(b"gzip;q=0.001", "gzip", id="12.5.3 asked for a little comes before not at all"),
        pytest.param(b"identity;q=0.5, *;q=0.4", "identity", id="12.5.3 named before asterisk"),
        pytest.param(b"identity;q=0, gzip", "gzip", id="12.5.3 identity refused, another offered"),
        pytest.param(b"identity;q=0", "identity", id="12.5.3 identity refused, nothing offered: no 406"),
        pytest.param(b"identity;q=0, br;q=0, gzip;q=0", "identity", id="12.5.3 all refused: no 406"),
        pytest.param(b"gzip ; q=0.5 ,\tbr ;Q=0.2", "gzip", id="5.6.3 white space, 5.6.6 no case in q"),
        pytest.param(b"gzip;q=1.000, br;q=0.999", "gzip", id="12.4.2 one with zeros"),
        pytest.param(b",, gzip,", "gzip", id="5.6.1 empty members are skipped"),
        pytest.param(b"gzip;q=2", "identity", id="12.4.2 weight above one: as if not named"),
        pytest.param(b"gzip;q=-1", "identity", id="12.4.2 negative weight"),
        pytest.param(b"gzip;q=0.1234", "identity", id="12.4.2 four digits"),
        pytest.param(b"gzip;q=", "identity", id="12.4.2 no weight after q"),
        pytest.param(b"gzip;level=9", "identity", id="12.5.3 codings have no parameters"),
        pytest.param(b"gzip br", "identity", id="12.5.3 no comma"),
        pytest.param(b"\xff\xfe\x00, br", "br", id="odd bytes spoil only their own member"),
        pytest.param(b"gzip, gzip;q=0", "identity", id="named twice: the careful reading"),
    ],
)
def test_a_client_gets_the_coding_it_prefers(accepted: bytes | None, expected: Coding) -> None:
    """Highest weight first, then the smallest; never a 406."""
    assert choose(accepted, ALL) == expected


def test_a_coding_that_is_not_there_is_not_chosen() -> None:
    """A document may have lost a coding that was not worth it."""
    assert choose(b"br, gzip;q=0.5", ("gzip", "identity")) == "gzip"
    assert choose(b"br, gzip", ("identity",)) == "identity"


def test_a_long_field_is_read_but_not_remembered() -> None:
    """Strangers decide what it holds, so they must not decide what stays in memory."""
    padding = b"x" * 250
    assert choose(padding + b", gzip", ALL) == "gzip"
    assert choose(padding * 20 + b", gzip", ALL) == "identity"


def test_weights_are_thousandths() -> None:
    """RFC 9110, 12.4.2: at most three digits, so whole thousandths hold every weight."""
    assert parse_accept_encoding(b"gzip;q=0.29, br;q=1") == {"gzip": 290, "br": 1000}
