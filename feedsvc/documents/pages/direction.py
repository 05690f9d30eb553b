"""In which direction a language is written."""

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=1024)
def direction(language: str) -> Literal["ltr", "rtl"]:
    """From left to right or from right to left, for a language tag (BCP 47).

    A tag may name a script, as in ``az-Arab``, else the usual one counts. What is unknown to CLDR is taken to be
    written from left to right, as most languages are.
    """
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return "ltr"
    return "rtl" if locale.text_direction == "rtl" else "ltr"
