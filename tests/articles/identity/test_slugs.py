"""Which spellings of a name are one, and how names stand in URLs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.identity.paths import name_key, name_slug


@pytest.mark.parametrize(
    "spellings",
    [
        ("Café", "CAFE", "cafe\u0301", "café"),
        ("Machine Learning", "machine-learning", "machine_learning", " machine  learning "),
        ("Straße", "STRASSE"),
        ("Ёлка", "елка"),
        ("ﾃｽﾄ", "テスト"),
        ("İstanbul", "istanbul"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_spellings_of_one_name(spellings: tuple[str, ...]) -> None:
    """Case, accents, width, dashes and blanks do not count."""
    assert len({name_key(name) for name in spellings}) == len({name_slug(name) for name in spellings}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("C", "C++", "C#"),
        ("погода", "pogoda", "погодa"),
        ("कि", "की", "का"),
        ("が", "か"),
        ("北京", "背景", "Bei Jing"),
        ("🐦", "🐟", "!!!", "???"),
        ("sound & light", "sound light"),
    ],
    ids=lambda names: names[0],
)
def test_other_names_have_other_addresses(names: tuple[str, ...]) -> None:
    """Also where their transliteration is the same, or leaves nothing."""
    assert len({name_slug(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "expected"), [("Sea", "sea"), ("Ångström unit", "angstrom-unit"), ("2026", "2026")]
)
def test_a_latin_name_stands_as_it_is(name: str, expected: str) -> None:
    """People read and type these."""
    assert name_slug(name) == expected


def test_an_address_never_moves() -> None:
    """It is a promise to subscribers, so it stands here for ever."""
    assert name_slug("погода") == "pogoda-c1d5a896"
    assert name_slug("C++") == "c-cedb1bac"


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_share_an_address_only_if_they_are_one(one: str, two: str) -> None:
    """Every address is a safe part of a URL."""
    one, two = one.strip() or "a", two.strip() or "b"
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name_slug(one))
    assert (name_slug(one) == name_slug(two)) is (name_key(one) == name_key(two))
