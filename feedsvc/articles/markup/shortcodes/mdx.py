"""MDX: imports and exports, components ``<Tabs>``, expressions ``{…}`` and comments ``{/* … */}``."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from feedsvc.articles.markup.shortcodes.handlers import code, handler_of
from feedsvc.articles.markup.shortcodes.shortcode import Page, Shortcode, Taken, plain_name

_IMPORT = re.compile(
    r"import\s+(?:(?:([\w$]+)(?=\s+from)|(?:[\w$]+\s*,\s*)?(?:\{[^{}]{0,2000}\}|\*\s+as\s+[\w$]+))\s+from\s+)?[\"']([^\"'\n]+)[\"']"
    r"(?:\s+(?:with|assert)\s*\{[^}\n]*\})?;?[ \t]*(?:\n|\Z)"
)
_EXPORT = re.compile(r"export\s+(?:default|const|let|var|function|async|class)\s[^\n]*(?:\n(?!\s*\n)[^\n]*)*")
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
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
_COMMENT = re.compile(r"\{\s*/\*((?:[^{*]|\{(?!\s*/)|\*(?!/))*+)\*/\s*\}")
_MORE = re.compile(r"(?:truncate|(?:read[ -]?)?more)", re.IGNORECASE)
"""By which Docusaurus and others end what stands for the article."""
_LONGEST = 10_000
"""In characters; no statement is longer."""
_EXPRESSION = re.compile(_BRACES)
_STRING = re.compile(r"[\"'`]([^\"'`]*)[\"'`]")
_CALLED = re.compile(r"\w+\(\s*[\"']([^\"']*)[\"']\s*\)(?:\.default)?")


def take_line(page: Page, at: int) -> Taken | None:
    """Leave out the import or export that begins a line at ``at``; None where it is a sentence."""
    found = _IMPORT.match(page.text, at)
    if found is not None:
        page.mdx = True
        if found[1]:
            page.imported[found[1]] = found[2]
        return Taken(found.end(), "")
    if not page.mdx or not _EXPORT.match(page.text, at):
        return None
    lines = page.text[at : at + _LONGEST].split("\n")
    statement = lines[: statement_length(lines, 0)]
    return Taken(at + len("\n".join(statement)), "")


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


def take_braces(page: Page, at: int) -> Taken | None:
    """Make something of the expression or comment at ``at``; None where braces are plain text."""
    comment = _COMMENT.match(page.text, at)
    if comment is not None:
        return Taken(comment.end(), "<!--more-->" if _MORE.fullmatch(comment[1].strip()) else "")
    found = _EXPRESSION.match(page.text, at) if page.mdx else None
    if found is None:
        return None
    inner = found[0][1:-1].strip()
    if text := _STRING.fullmatch(inner):
        return Taken(found.end(), text[1])
    return Taken(found.end(), page.drop(f"{{{inner[:40]}}}", at))


def take_tag(page: Page, at: int) -> Taken | None:  # noqa: PLR0911  one for each form
    """Make something of the component at ``at``; None where it is none."""
    found = _TAG.match(page.text, at)
    if found is None:
        return _take_html(page, at)
    closes, written, attributes, empty = found.groups()
    name, end = plain_name(written), found.end()
    if closes:
        closing = page.close(f"<{name}")
        if closing is None and not page.mdx:
            return None
        return Taken(end, page.spaced(closing or "", at, end))
    call = Shortcode(name, (), _attributes(page, attributes))
    if name == "codeblock" and not empty:
        return _code(page, found, call)
    meaning = handler_of(call, inline=not page.is_block(at, end))
    if meaning is None:
        return Taken(end, page.drop(f"<{written}>", at)) if page.mdx else None
    if empty:
        return Taken(end, page.spaced(meaning.html + meaning.closing, at, end))
    page.closings.append((f"<{name}", meaning.closing))
    return Taken(end, page.spaced(meaning.html, at, end))


def _take_html(page: Page, at: int) -> Taken | None:
    """Make attributes of HTML of those that the tag at ``at`` has as expressions; leave out a fragment's tag."""
    if page.mdx and (fragment := _FRAGMENT.match(page.text, at)):
        return Taken(fragment.end(), "")
    found = _HTML_TAG.match(page.text, at)
    if found is None or "{" not in found[2]:
        return None
    told = "".join(
        f' {_RENAMED.get(name, name)}="{escape(value)}"' for name, value in _html_values(page, found, at)
    )
    return Taken(found.end(), f"<{found[1]}{told}{' /' if found[3] else ''}>")


def _html_values(page: Page, found: re.Match[str], at: int) -> Iterator[tuple[str, str]]:
    for written, expression in _ATTRIBUTE.findall(found[2]):
        name = written.lower()
        inner = expression[1:-1].strip()
        if name == "style" and inner.startswith("{"):
            yield name, ";".join(f"{_kebab(key)}:{value.strip(_QUOTES)}" for key, value in _STYLE.findall(inner))
        elif name and (not expression or inner == "true"):
            yield name, ""
        elif name and inner != "false" and (value := _value(page, expression)):
            yield name, value
        elif name in _ADDRESSES:
            page.drop(f"{name}={expression[:40]}", at)


def _kebab(name: str) -> str:
    """The property of CSS that is so named in JavaScript: ``maxHeight`` is ``max-height``."""
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", name)


def _attributes(page: Page, written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(written):
        if name:
            found.setdefault(name.lower(), _value(page, value))
    return found


def _value(page: Page, written: str) -> str:
    """The text of an attribute; of an expression that of a string, or the file it requires or imported."""
    if not written.startswith("{"):
        return written[1:-1]
    inner = written[1:-1].strip()
    literal = _STRING.fullmatch(inner) or _CALLED.fullmatch(inner)
    if literal is not None:
        return literal[1]
    return inner if inner.isdigit() else page.imported.get(inner.removesuffix(".src"), "")


def _code(page: Page, found: re.Match[str], call: Shortcode) -> Taken:
    ending = f"</{found[2]}>"
    end = page.text.find(ending, found.end())
    if end < 0:
        return Taken(found.end(), page.drop(f"<{found[2]}>", found.start()))
    text = page.text[found.end() : end].strip()
    text = text[2:-2] if text.startswith("{`") and text.endswith("`}") else text
    language = call.get("language", "lang") or call.get("classname").removeprefix("language-")
    after = end + len(ending)
    return Taken(after, page.spaced(code(text, language), found.start(), after))
