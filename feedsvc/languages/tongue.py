"""A tongue: one language's messages and dates."""

import hashlib
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from feedsvc.languages.locale import locale_of

SOURCE = "en"
"""The language of the messages themselves, for sites in a language without a catalogue."""
LANGUAGES = ("ar", "de", "es", "fr", "ru", "zh-Hans")
"""Those with a catalogue; the same names, with ``.po``, as the files have."""


def translatable(text: str) -> str:
    """Marks a text as one to be translated later, and gives it as it is."""
    return text


class Tongue:
    """Says in one language what feedsvc has to say.

    Args:
        name: Of the catalogue: one of :data:`LANGUAGES`, or :data:`SOURCE`.
        locale: How dates are written.
    """

    def __init__(self, name: str, locale: Locale) -> None:
        self.name = name
        written = b"" if name == SOURCE else files(__package__).joinpath("catalogues", f"{name}.po").read_bytes()
        self.translations = _compiled(written) if written else NullTranslations()
        """For Jinja, which asks for ``gettext`` and ``ngettext``."""
        self.digest = hashlib.sha256(f"{version('babel')} {locale}\n".encode() + written).hexdigest()
        """Of all that what it says depends on beside its arguments."""
        self._locale = locale

    def say(self, text: str, **values: str) -> str:
        """A message, with ``values`` for its placeholders, such as ``%(title)s``."""
        return self.translations.gettext(text) % values

    def day(self, day: date) -> str:
        """A date as people write it, with the month in letters."""
        return _written(day, self._locale)


@lru_cache(maxsize=64)
def tongue(language: str) -> Tongue:
    """The tongue for a site's language (BCP 47).

    A regional tag has the messages of its language, in its own script. Without a catalogue the messages are
    English, and dates are still those of the language, if CLDR knows it.
    """
    locale = locale_of(language)
    if locale is None:
        return Tongue(SOURCE, Locale(SOURCE))
    script = (locale.script or "Hans") if locale.language == "zh" else None
    name = "-".join(filter(None, (locale.language, script)))
    return Tongue(name if name in LANGUAGES else SOURCE, locale)


@lru_cache(maxsize=4096)
def _written(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale)


def _compiled(written: bytes) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(written), abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
