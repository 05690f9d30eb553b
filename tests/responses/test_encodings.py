"""Content codings."""

import base64
import gzip
import hashlib
import random

import brotli
import pytest

from feedsvc.documents.model import Document, Traits
from feedsvc.responses.builder import prepare
from feedsvc.responses.encodings import EXPORT, ON_DEMAND, PREPARED, Effort, compressible, encode

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
