"""The catalogues of translations: what the code says, and what each of them holds.

Run as a program after a message was added, changed or taken away: ``.venv/bin/python tests/support/catalogues.py``
writes every catalogue anew. Translations stay, new messages stand there empty, and the tests name those.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import feedsvc
from feedsvc.core.i18n.translation import LANGUAGES

PACKAGE = Path(feedsvc.__file__).parent
FOLDER = PACKAGE / "core" / "i18n" / "catalogues"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS = {"say": None, "translatable": None, "gettext": None, "_": None, "ngettext": (1, 2)}

_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extracted() -> Catalog:
    """Every message of the package, without a translation."""
    found = Catalog(project="feedsvc", charset="utf-8")
    for file, _, text, comments, context in extract_from_dir(
        PACKAGE, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(text, locations=[(f"feedsvc/{file}", 0)], auto_comments=comments, context=context)
    return found


def catalogue(language: str) -> Catalog:
    """One of them, as it is written."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=_locale(language), abort_invalid=True)


def renewed() -> Iterator[tuple[Path, bytes]]:
    """Each file, and what should stand in it: nothing in it depends on the day or on lines of code."""
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        fresh = catalogue(language) if path.exists() else Catalog(locale=_locale(language))
        fresh.update(extracted(), no_fuzzy_matching=True)
        fresh.obsolete.clear()
        text = BytesIO()
        write_po(text, fresh, width=100, sort_output=True, omit_header=True, include_lineno=False)
        yield path, _HEADER.format(language=language, plurals=fresh.plural_forms).encode() + text.getvalue()


def _locale(language: str) -> str:
    return language.replace("-", "_")


if __name__ == "__main__":
    for path, content in renewed():
        path.write_bytes(content)
