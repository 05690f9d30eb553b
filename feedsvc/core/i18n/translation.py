"""A translation: the messages and dates of feeds and pages in one language."""

import hashlib
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
"""The language of the messages in the code, which is used for languages without a catalogue."""
LANGUAGES = ("ar", "de", "es", "fr", "ru", "zh-Hans")
"""The languages with a catalogue, by the names of their files without ``.po``."""


def translatable(text: str) -> str:
    """Mark a text as a message that is translated later; return it unchanged."""
    return text


class Catalogue:
    """The messages and dates of one language.

    Args:
        name: The catalogue: one of :data:`LANGUAGES`, or :data:`SOURCE`.
        locale: The rules by which dates are written.
    """

    def __init__(self, name: str, locale: Locale) -> None:
        self.name = name
        written = b"" if name == SOURCE else files(__package__).joinpath("catalogues", f"{name}.po").read_bytes()
        self.translations = _compiled(written) if written else NullTranslations()
        """The functions for Jinja, which calls ``gettext`` and ``ngettext``."""
        self.digest = hashlib.sha256(f"{version('babel')} {locale}\n".encode() + written).hexdigest()
        """The key of everything that the messages depend on beside their arguments."""
        self._locale = locale

    def say(self, text: str, **values: str) -> str:
        """Translate a message, with ``values`` for its placeholders, such as ``%(title)s``."""
        return self.translations.gettext(text) % values

    def day(self, day: date) -> str:
        """A date for people, with the name of the month."""
        return _written(day, self._locale)


@lru_cache(maxsize=64)
def translation_of(language: str) -> Catalogue:
    """The translation for the language of a site (BCP 47).

    A tag with a region, such as ``de-AT``, has the messages of its language; Chinese has those of its script.
    Without a catalogue the messages are English, and dates are still those of the language, if CLDR knows it.
    """
    locale = locale_of(language)
    if locale is None:
        return Catalogue(SOURCE, Locale(SOURCE))
    script = (locale.script or "Hans") if locale.language == "zh" else None
    name = "-".join(filter(None, (locale.language, script)))
    return Catalogue(name if name in LANGUAGES else SOURCE, locale)


@lru_cache(maxsize=4096)
def _written(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale)


def _compiled(written: bytes) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(written), abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


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
    """The writing direction for a language tag (BCP 47): ``ltr`` or ``rtl``.

    A tag may name a script, as in ``az-Arab``, else the usual one counts. An unknown language is taken to be
    written from left to right, as most languages are.
    """
    locale = locale_of(language)
    return "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr"
