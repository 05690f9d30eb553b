"""One word for one thing: what the glossary says to avoid is on no page and in no text of the program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from repository import DOCS, ROOT

import feedsvc

GLOSSARY = DOCS / "reference" / "glossary.md"
PAGES = [ROOT / "README.md", *sorted(set(DOCS.rglob("*.md")) - {GLOSSARY})]
PACKAGE = Path(feedsvc.__file__).parent


def rows() -> list[list[str]]:
    """The rows of the glossary: a word, its meaning, the words to avoid."""
    lines = GLOSSARY.read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


AVOIDED = [word for _, _, words in rows() for word in words.split(", ") if word]
_AVOIDED = re.compile(rf"\b(?:{'|'.join(map(re.escape, AVOIDED))})s?\b", re.IGNORECASE)


_RIDDLE = re.compile(
    r"(?:^|[.:;] )(?:Who(?:ever)? [^?]*?[.;]|So (?:is|are|does|do|has|have) |Nobody rang)", re.DOTALL
)
"""A sentence that hides its subject: "Who asks for it is passed through.", "So is what …"."""


def texts(source: str) -> Iterator[str]:
    """The texts of a module that people may read: help, errors, log events; not its docstrings or identifiers."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    statements = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    helps = {
        id(each.body[0].value)
        for each in ast.walk(tree)
        if isinstance(each, documented) and each.body and isinstance(each.body[0], ast.Expr)
    }
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in statements | helps:
            yield each.value


def test_the_glossary_has_the_words_of_the_design() -> None:
    """Each with what it means; no word to avoid is a word to use."""
    words = [word for word, _, _ in rows()]
    assert {"article", "ledger", "channel", "feed", "entry", "document", "response", "edition", "round"} <= set(
        words
    )
    assert {"problem", "warning", "safeguard", "prepared", "rendered on demand"} <= set(words)
    assert set(words) & set(AVOIDED) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_glossary(page: Path) -> None:
    """Commands' help, settings and log events are among the pages."""
    found = [line for line in page.read_text("utf-8").splitlines() if _AVOIDED.search(line)]
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_sentences_of_a_page_name_their_subject(page: Path) -> None:
    """As far as it can be told by their first words."""
    prose = re.sub(r"(?ms)^ *```.*?^ *```$|^\|.*?$", "", page.read_text("utf-8"))
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n|\n\s*- ", prose)]
    assert [each for each in paragraphs if _RIDDLE.search(each)] == []


def test_the_program_uses_the_words_of_the_glossary() -> None:
    """In what it says: errors, remedies, log events, pages."""
    files = sorted(PACKAGE.rglob("*.py"))
    found = [
        f"{file.relative_to(PACKAGE)}: {text}"
        for file in files
        if "migrations" not in file.parts
        for text in texts(file.read_text("utf-8"))
        if " " in text and _AVOIDED.search(text)
    ]
    assert found == []
