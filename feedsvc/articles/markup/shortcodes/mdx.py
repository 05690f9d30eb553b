"""MDX: imports and exports, components such as ``<Tabs>``, expressions ``{…}`` and comments ``{/* … */}``."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from feedsvc.articles.markup.shortcodes.handlers import code, render_shortcode
from feedsvc.articles.markup.shortcodes.shortcode import Replacement, Shortcode, SourceText, plain_name

_IMPORT = re.compile(
    r"import\s+(?:(?:([\w$]+)(?=\s+from)|(?:[\w$]+\s*,\s*)?(?:\{[^{}]{0,2000}\}|\*\s+as\s+[\w$]+))\s+from\s+)?[\"']([^\"'\n]+)[\"']"
    r"(?:\s+(?:with|assert)\s*\{[^}\n]*\})?;?[ \t]*(?:\n|\Z)"
)
_EXPORT = re.compile(r"export\s+(?:default|const|let|var|function|async|class)\s[^\n]*(?:\n(?!\s*\n)[^\n]*)*")
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\}|(?!))*+\}|(?!))*+\}"
_ATTRIBUTE = re.compile(rf"([A-Za-z][\w:-]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|{_BRACES}))?|{_BRACES}")
_TAG = re.compile(
    rf"<(/?)([A-Z][\w.]*)((?:\s+(?:[A-Za-z][\w:-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|{_BRACES}))?|{_BRACES}))*)\s*(/?)>"
)
_HTML_TAG = re.compile(
    rf"<([a-z][\w-]*)((?:\s+(?:[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|{_BRACES}))?|{_BRACES}))*)\s*(/?)>"
)
_STYLE = re.compile(r"[\"']?([A-Za-z-]+)[\"']?\s*:\s*([\"'][^\"']*[\"']|[\w.-]+)")
_ADDRESSES = frozenset({"src", "href", "poster", "srcset"})
_RENAMED = {"classname": "class", "htmlfor": "for"}
_QUOTES = "\"'"
_FRAGMENT = re.compile(r"</?>")
_STATEMENT = 100
"""How many lines an import or export may take, blank ones in its braces included."""
_COMMENT = re.compile(r"\{\s*/\*((?:[^{*]|\{(?!\s*/)|\*(?!/)|(?!))*+)\*/\s*\}")
_MORE = re.compile(r"(?:truncate|(?:read[ -]?)?more)", re.IGNORECASE)
"""The comment by which Docusaurus and others end an article's excerpt."""
_LONGEST = 10_000
"""In characters; no statement is longer."""
_EXPRESSION = re.compile(_BRACES)
_STRING = re.compile(r"[\"'`]([^\"'`]*)[\"'`]")
_CALLED = re.compile(r"\w+\(\s*[\"']([^\"']*)[\"']\s*\)(?:\.default)?")


def read_statement(source: SourceText, at: int) -> Replacement | None:
    """Leave out the import or export that begins a line at ``at``; None where it is a sentence."""
    found = _IMPORT.match(source.text, at)
    if found is not None:
        source.mdx = True
        if found[1]:
            source.imported[found[1]] = found[2]
        return Replacement(found.end(), "")
    if not source.mdx or not _EXPORT.match(source.text, at):
        return None
    lines = source.text[at : at + _LONGEST].split("\n")
    statement = lines[: statement_length(lines, 0)]
    return Replacement(at + len("\n".join(statement)), "")


def statement_length(lines: Sequence[str], start: int) -> int:
    """How many of the ``lines`` from ``start`` on the import or export takes that begins there.

    It ends at the blank line below which no bracket is open, else at the first blank one.
    """
    depth, first = 0, 0
    for count, line in enumerate(lines[start : start + _STATEMENT]):
        if not line.strip():
            first = first or count
            if depth <= 0:
                return count
        depth += sum(map(line.count, "{([")) - sum(map(line.count, "})]"))
    return (len(lines) - start) if depth <= 0 and len(lines) - start <= _STATEMENT else first or len(lines) - start


def read_braces(source: SourceText, at: int) -> Replacement | None:
    """Replace the expression or comment in braces at ``at``; None where braces are plain text."""
    comment = _COMMENT.match(source.text, at)
    if comment is not None:
        more = _MORE.fullmatch(comment[1].strip())
        return Replacement(comment.end(), "<!--more-->" if more else "", is_comment=not more)
    found = _EXPRESSION.match(source.text, at) if source.mdx else None
    if found is None:
        return None
    inner = found[0][1:-1].strip()
    if text := _STRING.fullmatch(inner):
        return Replacement(found.end(), text[1])
    return source.drop(f"{{{inner[:40]}}}", at, found.end())


def read_component(source: SourceText, at: int) -> Replacement | None:  # noqa: PLR0911  one for each form
    """Replace the tag of a component at ``at``; None where it is none."""
    found = _TAG.match(source.text, at)
    if found is None:
        return None
    closes, written, attributes, empty = found.groups()
    name, end = plain_name(written), found.end()
    if closes:
        closing = source.close(f"<{name}")
        if closing is None and not source.mdx:
            return None
        return source.replace(at, end, closing or "")
    call = Shortcode(name, (), _attributes(source, attributes))
    if name == "codeblock" and not empty:
        return _code(source, found, call)
    markup = render_shortcode(call, inline=not source.is_block(at, end))
    if markup is None:
        return source.drop(f"<{written}>", at, end) if source.mdx else None
    if empty:
        return source.replace(at, end, markup.html + markup.closing)
    source.open(f"<{name}", markup.closing)
    return source.replace(at, end, markup.html)


def read_fragment(source: SourceText, at: int) -> Replacement | None:
    """Leave out the tag of a fragment, ``<>`` or ``</>``; None outside of MDX."""
    fragment = _FRAGMENT.match(source.text, at) if source.mdx else None
    return Replacement(fragment.end(), "") if fragment else None


def read_html_tag(source: SourceText, at: int) -> Replacement | None:
    """Write the attributes that an HTML tag has as expressions as plain ones; None where it has no such."""
    found = _HTML_TAG.match(source.text, at)
    if found is None or "{" not in found[2]:
        return None
    attributes = "".join(
        f' {_RENAMED.get(name, name)}="{escape(value)}"' for name, value in _html_values(source, found, at)
    )
    return Replacement(found.end(), f"<{found[1]}{attributes}{' /' if found[3] else ''}>")


def _html_values(source: SourceText, found: re.Match[str], at: int) -> Iterator[tuple[str, str]]:
    for written, expression in _ATTRIBUTE.findall(found[2]):
        name = written.lower()
        inner = expression[1:-1].strip()
        if name == "style" and inner.startswith("{"):
            yield name, ";".join(f"{_kebab(key)}:{value.strip(_QUOTES)}" for key, value in _STYLE.findall(inner))
        elif name and (not expression or inner == "true"):
            yield name, ""
        elif name and inner != "false" and (value := _value(source, expression)):
            yield name, value
        elif name in _ADDRESSES:
            source.drop(f"{name}={expression[:40]}", at, at)


def _kebab(name: str) -> str:
    """The property of CSS that is so named in JavaScript: ``maxHeight`` is ``max-height``."""
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", name)


def _attributes(source: SourceText, written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(written):
        if name:
            found.setdefault(name.lower(), _value(source, value))
    return found


def _value(source: SourceText, written: str) -> str:
    """The text of an attribute; of an expression that of a string, or the file it requires or imported."""
    if not written.startswith("{"):
        return written[1:-1]
    inner = written[1:-1].strip()
    literal = _STRING.fullmatch(inner) or _CALLED.fullmatch(inner)
    if literal is not None:
        return literal[1]
    return inner if inner.isdigit() else source.imported.get(inner.removesuffix(".src"), "")


def _code(source: SourceText, found: re.Match[str], call: Shortcode) -> Replacement:
    ending = f"</{found[2]}>"
    end = source.text.find(ending, found.end())
    if end < 0:
        return source.drop(f"<{found[2]}>", *found.span())
    text = source.text[found.end() : end].strip()
    text = text[2:-2] if text.startswith("{`") and text.endswith("`}") else text
    language = call.get("language", "lang") or call.get("classname").removeprefix("language-")
    return source.replace(found.start(), end + len(ending), code(text, language))
