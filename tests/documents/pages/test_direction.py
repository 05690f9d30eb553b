"""In which direction a language is written."""

import pytest

from feedsvc.documents.pages.direction import direction


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("de-AT", "ltr"),
        ("zh-Hant-TW", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("fa-IR", "rtl"),
        ("ur", "rtl"),
        ("dv", "rtl"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("sr-Latn", "ltr"),
        ("x-elvish", "ltr"),
        ("i-klingon", "ltr"),
        ("en-US-x-twain", "ltr"),
    ],
)
def test_a_language_has_the_direction_of_its_script(language: str, expected: str) -> None:
    """BCP 47; what CLDR does not know is written as most languages are."""
    assert direction(language) == expected
