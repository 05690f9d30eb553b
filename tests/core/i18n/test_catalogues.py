import gettext

import catalogues
import pytest
from babel.messages import Catalog, Message
from babel.messages.checkers import checkers

from feedsvc.core.i18n.translation import LANGUAGES, translation_of


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language with a catalogue."""
    return str(request.param)


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    """What the code says."""
    return catalogues.extracted()


@pytest.fixture(scope="module")
def catalogue(language: str) -> Catalog:
    """What the language says for it."""
    return catalogues.catalogue(language)


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def test_the_code_says_something(extracted: Catalog) -> None:
    """From Python as from templates."""
    places = {place.partition(".")[2] for message in extracted for place, _ in message.locations}
    assert places == {"py", "html"}


def test_each_catalogue_has_what_the_code_says_and_no_more(catalogue: Catalog, extracted: Catalog) -> None:
    """The command in tests/support/catalogues.py brings them up to date."""
    assert _ids(catalogue) == _ids(extracted)


def test_nothing_is_left_in_english(catalogue: Catalog) -> None:
    """Every message is translated, in every plural the language has, and none is marked as a guess."""
    messages = [message for message in catalogue if message.id]
    assert [message.id for message in messages if message.fuzzy or not all(_strings(message))] == []
    plural = [message for message in messages if message.pluralizable]
    assert [message.id for message in plural if len(_strings(message)) != catalogue.num_plurals] == []


def test_placeholders_and_tags_are_those_of_the_message(catalogue: Catalog) -> None:
    """One that is missing or misspelt would break the page; babel's own checks, and one for HTML."""
    for message in catalogue:
        for check in checkers:
            check(catalogue, message)
        for string in _strings(message) if message.id else ():
            assert _tags(string) == _tags(str(message.id if isinstance(message.id, str) else message.id[0]))


@pytest.mark.slow
def test_the_files_are_as_the_tool_writes_them() -> None:
    """So that a change of one message is a change of one place in each."""
    assert [path.name for path, content in catalogues.renewed() if path.read_bytes() != content] == []


def test_every_catalogue_is_used() -> None:
    """A file of a language that the code does not know would be translated in vain."""
    assert {path.stem for path in catalogues.FOLDER.iterdir()} == {*LANGUAGES}


def test_plurals_follow_the_language(language: str) -> None:
    """CLDR's rules, which stand in the head of the file (gettext manual, section 11.2.6)."""
    translations = translation_of(language).translations
    assert isinstance(translations, gettext.GNUTranslations)
    forms = {translations.plural(number) for number in range(200)}  # type: ignore[attr-defined]  # set by its parser
    assert forms == {*range(catalogues.catalogue(language).num_plurals)}


def _strings(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else [*message.string]


def _tags(text: str) -> list[str]:
    return sorted(part.partition(">")[0] for part in text.split("<")[1:])
