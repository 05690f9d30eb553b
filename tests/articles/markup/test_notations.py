"""CONTRIBUTING's promise: a notation, a shortcode and a class to prune each are one entry of one table."""

import re
from pathlib import Path

import pytest

from feedsvc.articles.body import hidden_elements, pruner
from feedsvc.articles.markup.dialects import blocks
from feedsvc.articles.markup.shortcodes import handlers, resolver
from feedsvc.articles.markup.shortcodes.handlers import Markup
from feedsvc.articles.markup.shortcodes.notations import NOTATIONS, Notation, NotationTable
from feedsvc.articles.markup.shortcodes.shortcode import Replacement, Shortcode, SourceText
from feedsvc.articles.problems import Notes

_KEY = re.compile(r"\[\[\[(\w+)\]\]\]")


def _read_key(source: SourceText, at: int) -> Replacement | None:
    found = _KEY.match(source.text, at)
    return Replacement(found.end(), f"<kbd>{found[1]}</kbd>") if found else None


def _resolved(text: str, path: str = "a.md") -> tuple[str, list[str]]:
    notes = Notes(path)
    resolved = resolver.resolve(text, notes, 0, markdown=not path.endswith(".html"))
    return resolved.strip(), [warning.what for warning in notes.warnings]


@pytest.mark.parametrize(
    ("in_html", "path", "expected"),
    [
        (False, "a.md", "Press <kbd>Esc</kbd> now"),
        (False, "a.html", "Press [[[Esc]]] now"),
        (True, "a.html", "Press <kbd>Esc</kbd> now"),
    ],
)
def test_a_notation_is_one_entry(in_html: bool, path: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article with no sign of any other notation is read by the new one; code is not."""
    text = "Press [[[Esc]]] now"
    assert _resolved(text, path)[0] == text
    new = Notation("[[[", r"\[{3}", _read_key, in_html=in_html)
    monkeypatch.setattr(resolver, "TABLE", NotationTable((*NOTATIONS, new)))
    assert _resolved(text, path) == (expected, [])
    assert _resolved("<code>[[[Esc]]]</code>", path)[0] == "<code>[[[Esc]]]</code>"


def test_a_notation_may_begin_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first cannot read the text, the next one does."""
    new = Notation("$", r"\$\{", lambda _source, at: Replacement(at + len("${price}"), "<b>5</b>"))
    monkeypatch.setattr(resolver, "TABLE", NotationTable((*NOTATIONS, new)))
    assert _resolved("It costs ${price}.")[0] == "It costs <b>5</b>."
    assert _resolved("As $x_1$ says")[0] == "As &#36;x&#95;1&#36; says"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{{< chess "e4" >}}', "a.md"),
        ('{% chess "e4" %}', "a.md"),
        ('{{ chess("e4") }}', "a.md"),
        ('<Chess title="e4" />', "a.mdx"),
        (":::chess e4\n:::", "a.md"),
    ],
)
def test_a_shortcode_is_one_entry(text: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the syntax, it is rendered; without the entry a warning names it or its words stay."""

    def chess(call: Shortcode, _inline: bool) -> Markup:
        return Markup(f"<b>{call.get('title', at=0)}</b>")

    before, warnings = _resolved(text, path)
    assert "<b>" not in before
    assert bool(warnings) is not text.startswith(":::")
    monkeypatch.setitem(handlers.HANDLERS, "chess", chess)
    rendered, warnings = _resolved(text, path)
    assert rendered.startswith("<b>e4</b>")
    assert not warnings


def test_a_block_of_indented_lines_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines are Markdown around which its HTML stands."""
    text = "@@@ Note\n    *words*"
    assert _resolved(text)[0] == text
    monkeypatch.setattr(blocks, "MARKERS", {**blocks.MARKERS, "@@@": lambda _line: Markup("<aside>", "</aside>")})
    assert _resolved(text)[0] == "<aside>\n\n*words*\n\n</aside>"


@pytest.mark.parametrize("name", sorted(pruner.KNOWN_CLASSES))
def test_every_class_to_prune_is_looked_for(name: str) -> None:
    """The fast search before parsing finds each class of the tables, however it is quoted."""
    for quote in ('"', "'", ""):
        assert pruner.needs_tree(f"<p>words</p><i class={quote}{name}{quote}>x</i>")


def test_every_name_of_a_table_of_contents_is_looked_for() -> None:
    """Ids as well as classes."""
    for name in hidden_elements.CONTENTS_NAMES:
        assert pruner.needs_tree(f'<div id="{name}"></div>')


def test_no_module_is_missing_from_the_table() -> None:
    """Each function that reads a notation has an entry."""
    folder = Path(resolver.__file__).parents[1]
    readers = {
        name
        for path in (*folder.glob("dialects/*.py"), *folder.glob("shortcodes/*.py"))
        for name in re.findall(r"(?m)^def (read_\w+)\(source: SourceText", path.read_text("utf-8"))
    }
    assert readers == {notation.read.__name__ for notation in NOTATIONS}
