"""Hugo's shortcodes: ``{{< name … >}}`` and ``{{% name … %}}``, alone or with a text up to ``{{< /name >}}``."""

import re
from urllib.parse import quote

from feedsvc.articles.body.hidden_elements import CONTENTS, as_comment
from feedsvc.articles.body.site_links import as_reference
from feedsvc.articles.markup.shortcodes.handlers import code, handler_of
from feedsvc.articles.markup.shortcodes.shortcode import Page, Shortcode, Taken, parse_shortcode, plain_name

_SHORTCODE = re.compile(
    r"\{\{([<%])-?\s*(/?)\s*([\w./-]*\w)"
    r"((?:\s(?>[^\"'`}>%{]|\"(?:\\.|[^\"\\])*+\"|'[^'\n]*'|`[^`]*`|[>%](?!\}\})|\}(?!\})|\{(?!\{)|['\"`])*?)?)"
    r"\s*(/?)\s*-?[>%]\}\}"
)
_BROKEN = re.compile(r"\{\{[<%]-?\s*/?\s*\w[^{}]{0,2000}?[>%]\}\}")
"""A shortcode that is written wrong: what it says to the program is nothing to read."""
_ESCAPED = re.compile(r"\{\{([<%])/\*((?:[^{*]|\{(?!\{)|\*(?!/))*+)\*/([>%])\}\}")
_CODE = frozenset({"highlight", "code", "codeblock", "mermaid", "math", "katex"})
_CONTENTS = frozenset({"toc", "tableofcontents"})
_UNSEEN = frozenset({"comment"})
_REFERENCES = frozenset({"ref", "relref"})


def take(page: Page, at: int) -> Taken | None:  # noqa: PLR0911  one for each form
    """Make something of the shortcode at ``at``; None where there is none."""
    if escaped := _ESCAPED.match(page.text, at):
        return Taken(escaped.end(), f"{{{{{escaped[1]}{escaped[2]}{escaped[3]}}}}}")
    found = _SHORTCODE.match(page.text, at)
    if found is None:
        broken = _BROKEN.match(page.text, at)
        return Taken(broken.end(), page.drop(broken[0][:40], at)) if broken else None
    kind, closes, written, arguments, _ = found.groups()
    name, end = plain_name(written), found.end()
    if closes:
        return Taken(end, page.spaced(page.close(name) or "", at, end))
    call = parse_shortcode(name, arguments or "")
    if name in _REFERENCES:
        return Taken(end, as_reference("ref", quote(call.get("path", at=0), safe="/#?.:@")))
    if name in _CONTENTS | _UNSEEN | _CODE:
        return _held(page, found, name, call)
    meaning = handler_of(call, inline=not page.is_block(at, end))
    if meaning is None:
        return Taken(end, page.drop(f"{{{{{kind} {written} {'>' if kind == '<' else kind}}}}}", at))
    if meaning.closing:
        if not _ends(page, written, end):
            return Taken(end, page.spaced(meaning.html + meaning.closing, at, end))
        page.closings.append((name, meaning.closing))
    return Taken(end, page.spaced(meaning.html, at, end))


def _held(page: Page, found: re.Match[str], name: str, call: Shortcode) -> Taken:
    """The place of a table of contents, a comment, or code."""
    if name in _CONTENTS:
        return Taken(found.end(), as_comment({CONTENTS: ""}))
    if name in _CODE:
        return _code(page, found, call.get("lang", "type", at=0) if name != "mermaid" else name)
    closing = page.end(rf"\{{\{{[<%]-?\s*/\s*{re.escape(found[3])}\s*-?[>%]\}}\}}", found.end())
    if closing is None:
        return Taken(len(page.text), page.drop_rest(f"{{{{{found[1]} {found[3]}", found.start()))
    return Taken(closing.end(), "")


def _ends(page: Page, written: str, after: int) -> bool:
    return page.end(rf"\{{\{{[<%]-?\s*/\s*{re.escape(written)}\s", after) is not None


def _code(page: Page, found: re.Match[str], language: str) -> Taken:
    end = page.end(rf"\{{\{{[<%]-?\s*/\s*{re.escape(found[3])}\s*-?[>%]\}}\}}", found.end())
    if end is None:
        return Taken(found.end(), page.drop(f"{{{{< {found[3]} >}}}}", found.start()))
    text = page.text[found.end() : end.start()]
    return Taken(end.end(), page.spaced(code(text, language), found.start(), end.end()))
