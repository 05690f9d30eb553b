"""What CLDR knows of a language."""

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=1024)
def locale_of(language: str) -> Locale | None:
    """The locale for a language tag (BCP 47); None where CLDR knows none.

    A tag loses its last parts until one is known (RFC 4647, section 3.4). ``zh-TW`` and ``zh-HK`` are known to
    be written in the traditional script.
    """
    parts = language.split("-")
    while parts:
        try:
            return Locale.parse("_".join(parts))
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return None


def direction(language: str) -> Literal["ltr", "rtl"]:
    """From left to right or from right to left, for a language tag (BCP 47).

    A tag may name a script, as in ``az-Arab``, else the usual one counts. What is unknown is taken to be written
    from left to right, as most languages are.
    """
    locale = locale_of(language)
    return "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr"
