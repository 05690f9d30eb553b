"""reStructuredText articles, the default of Pelican and Nikola: read by docutils, whose only home this is.

Nothing of another file is ever inserted, no raw HTML is let through, no configuration of docutils' own is looked
for, and nothing depends on the day. Text that docutils cannot read is left out, with a warning that names its
line.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.core import publish_doctree, publish_parts
from docutils.io import DocTreeInput
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.body import CodeBlock
from docutils.readers.doctree import Reader

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, field_of
from feedsvc.articles.markup.html import Rendering
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.problems import Notes

_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "docinfo_xform": False,
    "embed_stylesheet": False,
    "halt_level": 6,
    "initial_header_level": 2,
    "input_encoding": "unicode",
    "line_length_limit": 1_000_000,
    "math_output": "MathML",
    "report_level": 2,
    "stylesheet_path": "",
    "syntax_highlight": "none",
    "warning_stream": False,
}
_ROLE = re.compile(r":[\w:.+-]+:`([^`<]*?)\s*(?:<[^`>]*>)?`")
_PLAYERS = {"youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}"}
"""Directives of Pelican's plugins and Nikola's to the address of what they show."""


class _Player(Directive):
    """A player becomes a link to what it plays."""

    required_arguments = 1
    option_spec = None
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The link, as a paragraph."""
        address = _PLAYERS[self.name].format(self.arguments[0])
        return [nodes.paragraph("", "", nodes.reference("", address, refuri=address))]


class _Today(Directive):
    """Refuses ``date``, whose text would change with the day on which the file is read."""

    has_content = True
    final_argument_whitespace = True
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Nothing.

        Raises:
            DirectiveError: Always, as for any directive that is not known.
        """
        raise self.error('"date" directive disabled.')


class _AnyOptions(dict[str, Callable[[str], str | list[str]]]):
    """The options of a directive, with those that other programs have and docutils does not know."""

    def __missing__(self, name: str) -> Callable[[str], str | list[str]]:
        return str


class _Code(CodeBlock):
    """A block of code with the options of Pelican's and Sphinx's directives, such as ``:linenos:``."""

    option_spec: ClassVar = _AnyOptions(CodeBlock.option_spec)


for _name in ("code", "code-block", "sourcecode"):
    directives.register_directive(_name, _Code)
for _name in _PLAYERS:
    directives.register_directive(_name, _Player)
directives.register_directive("date", _Today)


def read_restructured(text: str, header: Header, above: int, notes: Notes) -> Rendering:
    """Render an article in reStructuredText.

    Args:
        text: What stands below the header.
        header: What stands above, in comments or between fences; it counts before the fields below the title.
        above: How many lines of the file stand above ``text``.
        notes: Takes a warning for each thing that is left out.

    Raises:
        Unreadable: It nests too deep.
    """
    try:
        tree = publish_doctree(text, settings_overrides=_SETTINGS)
        fields = list(_take_fields(tree, above))
        _remove_messages(tree, above, notes)
        parts = publish_parts(
            tree,
            source_class=DocTreeInput,
            reader=Reader(),
            writer="html5",
            settings_overrides=_SETTINGS,
        )
    except RecursionError as error:
        raise notes.unreadable(None, "it nests too deep", "write it flatter") from error
    own = Header.of(fields, "lines", notes)
    whole = header.over(own) if header.entries else own
    return Rendering(
        _body(parts["title"], parts["subtitle"], parts["body"], whole),
        one_line(tree.get("title", "")) or None,
        whole,
    )


def _body(title: str, subtitle: str, body: str, header: Header) -> str:
    """The HTML; a title that the header gives otherwise stays as a heading."""
    declared = header.first("title")
    heading = f"<h2>{title}</h2>\n" if title and declared is not None else ""
    if declared is not None and one_line(re.sub(r"<[^<>]*>", "", title)) == declared.value:
        heading = ""
    return f"{heading}{f'<p>{subtitle}</p>' if subtitle else ''}{body.strip()}"


def _take_fields(tree: nodes.document, above: int) -> Iterator[HeaderEntry]:
    """The fields below the title, if any of them means something here; they leave the text."""
    before = (nodes.title, nodes.subtitle, nodes.comment, nodes.system_message)
    first = next((child for child in tree.children if not isinstance(child, before)), None)
    if not isinstance(first, nodes.field_list):
        return
    fields = [(field[0].astext(), field[1].astext(), field.line) for field in first.findall(nodes.field)]
    if any(field_of(name) for name, _, _ in fields):
        tree.remove(first)
        for name, value, line in fields:
            yield HeaderEntry(name, value.replace("\n\n", "\n"), None if line is None else above + line)


def _remove_messages(tree: nodes.document, above: int, notes: Notes) -> None:
    """Take out tables of contents and the messages of docutils, which become warnings."""
    for contents in list(tree.findall(nodes.topic)):
        if "contents" in contents["classes"]:
            contents.parent.remove(contents)
    for problematic in list(tree.findall(nodes.problematic)):
        words = _ROLE.sub(r"\1", problematic.astext())
        problematic.parent.replace(problematic, nodes.Text(words))
    for literal in tree.findall(nodes.literal):
        literal["classes"].append("code")  # by which the writer makes it <code>
    loose = [*tree.parse_messages, *tree.transform_messages]
    tree.parse_messages.clear()
    tree.transform_messages.clear()
    for message in dict.fromkeys([*tree.findall(nodes.system_message), *loose]):
        if message["level"] >= _SETTINGS["report_level"]:
            words = one_line(message[0].astext()) if message.children else "this cannot be read"
            line = message.get("line")
            what = f"reStructuredText: {words.rstrip('.')}"
            notes.warn(None if line is None else above + line, what, "mend it, or rewrite it")
        if message.parent is not None:
            message.parent.remove(message)
