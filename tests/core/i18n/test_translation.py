import os
import subprocess
import sys
from datetime import date

import pytest

from feedsvc.core.i18n.translation import LANGUAGES, direction, translation_of

MAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        *((name, name) for name in LANGUAGES),
        ("en", "en"),
        ("en-GB", "en"),
        ("de-AT", "de"),
        ("de-CH-1996", "de"),
        ("DE-at", "de"),
        ("es-419", "es"),
        ("ar-EG", "ar"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh-TW", "en"),
        ("zh-Hant", "en"),
        ("fi", "en"),
        ("x-whatever", "en"),
    ],
)
def test_a_site_is_told_in_its_language(language: str, name: str) -> None:
    """In its script, whatever its region (RFC 4647, section 3.4); in English where there is no catalogue."""
    assert translation_of(language).name == name


def test_a_message_is_said_with_its_values() -> None:
    """A percent sign in a value is one."""
    assert translation_of("de").say("What is new in %(title)s.", title="100 %s") == "Neues aus 100 %s."
    assert translation_of("fi").say("What is new in %(title)s.", title="100 %s") == "What is new in 100 %s."


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "May 1, 2026"),
        ("en-GB", "1 May 2026"),
        ("de", "1. Mai 2026"),
        ("fr", "1 mai 2026"),
        ("es", "1 de mayo de 2026"),
        ("ru", "1 мая 2026\u202fг."),
        ("zh-Hans", "2026年5月1日"),
        ("ar", "1 مايو 2026"),
        ("fi", "1. toukokuuta 2026"),
        ("x-whatever", "May 1, 2026"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language: str, expected: str) -> None:
    """Also where there is no catalogue: the words around it are few, the dates many."""
    assert translation_of(language).day(MAY) == expected


def test_neither_the_processs_locale_nor_its_hash_seed_counts() -> None:
    """Documents are the same bytes on every machine."""
    say = "from feedsvc.core.i18n.translation import translation_of; from datetime import date; "
    say += "print(ascii((translation_of('de').day(date(2026, 5, 1)), translation_of('ru').say('Read on'))))"
    foreign = {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr", "PYTHONHASHSEED": "7"}
    told = subprocess.run([sys.executable, "-c", say], capture_output=True, env=os.environ | foreign, check=True)
    assert told.stdout.decode().strip() == ascii(
        (translation_of("de").day(MAY), translation_of("ru").say("Read on"))
    )


def test_what_is_said_has_a_digest() -> None:
    """So that documents are made anew when a catalogue changes, and only those in its language."""
    digests = [translation_of(language).digest for language in ("en", "en-GB", "de", "ru", "zh", "zh-TW")]
    assert len({*digests}) == len(digests)
    assert translation_of("de").digest == digests[2]


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
