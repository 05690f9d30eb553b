"""Content codings."""

import base64
import gzip
import hashlib
import random

import brotli
import pytest

from feedsvc.documents.model import Document, Traits
from feedsvc.responses.builder import prepare
from feedsvc.responses.encodings import (
    EXPORT,
    ON_DEMAND,
    PREPARED,
    Effort,
    choose,
    compressible,
    encode,
    parse_accept_encoding,
)
from feedsvc.responses.response import Coding

WORDS = b"<p>A subscriber is never harmed, and a poll costs nothing.</p>\n" * 40
NOISE = random.Random(7).randbytes(4000)  # noqa: S311 - must be the same each time, not secret


def test_every_coding_decodes_to_the_same_bytes() -> None:
    """RFC 9110, 8.4: a coding changes nothing but the form."""
    bodies = {each.coding: each.body for each in encode(WORDS, "text/html; charset=utf-8")}
    assert set(bodies) == {"br", "gzip", "identity"}
    assert bodies["identity"] == gzip.decompress(bodies["gzip"]) == brotli.decompress(bodies["br"]) == WORDS


@pytest.mark.parametrize(("size", "window"), [(65_520, 16), (65_521, 22)], ids=["fits", "does not fit"])
def test_an_export_compresses_a_document_in_a_window_that_it_fits_into(size: int, window: int) -> None:
    """RFC 7932, 9.1: the window is 16 bytes smaller than its power of two. A larger one takes longer."""
    content = (WORDS * 40)[:size]
    coded = {each.coding: each.body for each in encode(content, "text/html", EXPORT)}
    assert EXPORT.brotli is not None
    assert coded["br"] == brotli.compress(content, mode=brotli.MODE_TEXT, quality=EXPORT.brotli, lgwin=window)
    assert brotli.decompress(coded["br"]) == content


def test_what_is_prepared_keeps_its_bytes() -> None:
    """Else each subscriber would fetch each feed again, for the entity tag is of the bytes."""
    coded = {each.coding: each.body for each in encode(WORDS, "text/html", PREPARED)}
    assert coded["br"] == brotli.compress(WORDS, mode=brotli.MODE_TEXT, quality=4)


def test_the_smallest_comes_first_and_says_its_length() -> None:
    """Ties in what the client wants go to the smallest."""
    lengths = [each.length for each in encode(WORDS, "text/html")]
    assert lengths == sorted(lengths)
    assert lengths == [len(each.body) for each in encode(WORDS, "text/html")]


def test_each_coding_has_its_own_strong_tag() -> None:
    """RFC 9110, 8.8.3: a strong tag names bytes, so two codings never share one."""
    for each in encode(WORDS, "text/html"):
        digest = base64.urlsafe_b64encode(hashlib.sha256(each.body).digest()).decode()
        assert each.etag == f'"{digest[:22]}"'


@pytest.mark.parametrize(("hot", "effort"), [(True, PREPARED), (False, ON_DEMAND)])
def test_what_few_ask_for_is_compressed_once_and_faster(hot: bool, effort: Effort) -> None:
    """In the one coding that everybody reads, since there is so much of it."""
    text = bytes(random.Random(7).choices(b"etaoin shrdlu", range(13, 0, -1), k=20_000))  # noqa: S311 - as above
    document = Document("/", Traits("page", prepared=hot), "text/html", text)
    assert prepare(document, "key", 0).representations == encode(text, "text/html", effort)
    assert {each.coding for each in encode(text, "text/html", PREPARED)} == {"br", "gzip", "identity"}
    assert {each.coding for each in encode(text, "text/html", ON_DEMAND)} == {"gzip", "identity"}


@pytest.mark.parametrize(
    ("effort", "expected"),
    [
        pytest.param(PREPARED, "bb58f03a695413d3368b5b8905a9ea70", id="prepared"),
        pytest.param(ON_DEMAND, "71ba7b8edf258e84693371c3ce66b6b7", id="on demand"),
        pytest.param(EXPORT, "8b2bfb955815ff65ac3bc23a15534b12", id="export"),
    ],
)
def test_gzip_is_the_same_on_every_machine(effort: Effort, expected: str) -> None:
    """Replicas answer under the same tags. A release of libdeflate with other bytes is noticed here."""
    words = (hashlib.sha256(str(number % 700).encode()).hexdigest()[: number % 11 + 1] for number in range(9000))
    text = " ".join(words).encode()
    (body,) = (each.body for each in encode(text, "text/html", effort) if each.coding == "gzip")
    assert hashlib.sha256(body).hexdigest()[:32] == expected


def test_gzip_tells_neither_time_nor_name_nor_system() -> None:
    """RFC 1952, 2.3: equal documents give equal bytes on every host, in every Python."""
    body = next(each.body for each in encode(WORDS, "text/html") if each.coding == "gzip")
    assert body[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        pytest.param(NOISE, "text/html", id="saves under 5 %"),
        pytest.param(WORDS[:255], "text/html", id="fits into one packet"),
        pytest.param(b"", "text/html", id="empty"),
        pytest.param(WORDS, "image/png", id="compressed by itself"),
        pytest.param(WORDS, "", id="no type"),
    ],
)
def test_what_no_coding_is_worth_it_for_stays_as_it_is(content: bytes, media_type: str) -> None:
    """A coding has to earn its place."""
    (only,) = encode(content, media_type)
    assert (only.coding, only.body) == ("identity", content)


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("text/html; charset=utf-8", True),
        ("application/rss+xml; charset=utf-8", True),
        ("application/feed+json", True),
        ("application/JSON", True),
        ("image/svg+xml", True),
        ("image/jpeg", False),
        ("audio/mpeg", False),
        ("", False),
    ],
)
def test_text_xml_and_json_are_compressible(media_type: str, expected: bool) -> None:
    """Everything else is compressed by its own format."""
    assert compressible(media_type) is expected


CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")


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
    assert choose(accepted, CODINGS) == expected


def test_a_coding_that_is_not_there_is_not_chosen() -> None:
    """A document may have lost a coding that was not worth it."""
    assert choose(b"br, gzip;q=0.5", ("gzip", "identity")) == "gzip"
    assert choose(b"br, gzip", ("identity",)) == "identity"


def test_a_long_field_is_read_but_not_remembered() -> None:
    """Strangers decide what it holds, so they must not decide what stays in memory."""
    padding = b"x" * 250
    assert choose(padding + b", gzip", CODINGS) == "gzip"
    assert choose(padding * 20 + b", gzip", CODINGS) == "identity"


def test_weights_are_thousandths() -> None:
    """RFC 9110, 12.4.2: at most three digits, so whole thousandths hold every weight."""
    assert parse_accept_encoding(b"gzip;q=0.29, br;q=1") == {"gzip": 290, "br": 1000}
