import pytest

from feedsvc.core.i18n.translation import direction


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("zh-Hans", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("fa-IR", "rtl"),
        ("ur", "rtl"),
        ("yi", "rtl"),
        ("ckb", "rtl"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("pa-Arab-PK", "rtl"),
        ("ar-x-nile", "rtl"),
        ("dv", "rtl"),
        ("sr-Latn", "ltr"),
        ("en-US-x-twain", "ltr"),
        ("i-klingon", "ltr"),
        ("x-whatever", "ltr"),
    ],
)
def test_the_direction_is_that_of_the_script(language: str, expected: str) -> None:
    """The script named in the tag, else the usual one of the language."""
    assert direction(language) == expected
