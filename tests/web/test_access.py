"""What shows that somebody is a reader of a private site."""

from base64 import b64encode

import pytest

from feedsvc.responses.site_readers import token_digest
from feedsvc.web.access import is_reader, path_without_token

READERS = {token_digest("t0ken"): "ada", token_digest("töken"): "Zoë"}


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/private/t0ken/rss.xml", "/rss.xml"),
        ("/private/t0ken/archive/2/atom.xml", "/archive/2/atom.xml"),
        ("/private/t0ken/", "/"),
        ("/private/T0ken/rss.xml", None),
        ("/private/t0ke/rss.xml", None),
        ("/private//rss.xml", None),
        ("/private/t0ken", None),
        ("/private/", None),
        ("/private/\udcff/rss.xml", None),
        ("/x/private/t0ken/rss.xml", None),
        ("private/t0ken/rss.xml", None),
        ("/rss.xml", None),
        (f"/private/{'x' * 30_000}/rss.xml", None),
    ],
)
def test_an_address_with_a_token_stands_for_the_one_without(path: str, meant: str | None) -> None:
    """Only if the token is in force."""
    assert path_without_token(path, READERS) == meant


@pytest.mark.parametrize(
    ("credentials", "is_known"),
    [
        (b"ada:t0ken", True),
        ("Zoë:töken".encode(), True),
        ("Zoe\u0308:töken".encode(), True),
        ("Zoë:töken".encode("latin-1"), True),
        (b"Ada:t0ken", False),
        (b"ada:t0ken ", False),
        (b"ada:", False),
        (b":t0ken", False),
        (b"t0ken", False),
        ("Zoë:t0ken".encode(), False),
        (b"ada:t0ken:x", False),
        (b"", False),
        (b"ada\xff:t0ken", False),
    ],
)
def test_a_name_goes_with_its_own_token(credentials: bytes, *, is_known: bool) -> None:
    """RFC 7617, 2: in UTF-8; some clients know Latin-1 alone."""
    assert is_reader(b"Basic " + b64encode(credentials), READERS) == is_known


@pytest.mark.parametrize("field", [b"", b"Basic", b"Basic ?", b"Basic YWRhOnQwa2Vu=x", b"Bearer YWRhOnQwa2Vu"])
def test_what_is_no_basic_credentials_is_nobody(field: bytes) -> None:
    """Whatever a stranger sends, it ends in a plain no."""
    assert not is_reader(field, READERS)


def test_credentials_of_any_length_cost_little() -> None:
    """Longer ones than anybody has are not even decoded."""
    assert not is_reader(b"Basic " + b64encode(b"ada:" + b"x" * 2000), {token_digest("x" * 2000): "ada"})
