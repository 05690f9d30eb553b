"""The syntaxes in which shortcodes are written, each replaced by the HTML of its shortcode.

Hugo's ``{{< name >}}`` stands alone or around a text that ``{{< /name >}}`` ends. Expressions ``{{ … }}`` are a
site's values, filters, and Zola's shortcodes. ``{% … %}`` is Liquid in Jekyll, Nunjucks in Eleventy and Hexo, Tera
in Zola. Directives are ``:::note Title`` up to ``:::`` (Docusaurus, VuePress, remark) and ``/// note`` (PyMdown);
alerts are quotes such as ``> [!NOTE] Title`` (GitHub, Obsidian).
"""

import re
from typing import Literal
from urllib.parse import quote

from feedsvc.articles.body.hidden_elements import CONTENTS, as_comment
from feedsvc.articles.body.site_links import as_reference
from feedsvc.articles.markup.plain_words import without_markup
from feedsvc.articles.markup.shortcodes.handlers import code, notice, render_shortcode
from feedsvc.articles.markup.shortcodes.shortcode import (
    Replacement,
    Shortcode,
    SourceText,
    parse_shortcode,
    plain_name,
)

_HUGO = re.compile(
    r"\{\{([<%])-?\s*(/?)\s*([\w./-]*\w)"
    r"((?:\s(?>[^\"'`}>%{]|\"(?:\\.|[^\"\\]|(?!))*+\"|'[^'\n]*'|`[^`]*`|[>%](?!\}\})|\}(?!\})|\{(?!\{)|['\"`])*?)?)"
    r"\s*(/?)\s*-?[>%]\}\}"
)
_BROKEN_HUGO = re.compile(r"\{\{[<%]-?\s*/?\s*\w[^{}]{0,2000}?[>%]\}\}")
"""A shortcode of Hugo with a mistake in it. It is left out as a whole: its arguments are no text for readers."""
_ESCAPED_HUGO = re.compile(r"\{\{([<%])/\*((?:[^{*]|\{(?!\{)|\*(?!/)|(?!))*+)\*/([>%])\}\}")

_EXPRESSION = re.compile(r"\{\{[-~]?((?>[^{}\"'\n]|\"[^\"\n]*\"|'[^'\n]*'|\{[^{}\n]*\})*?)[-~]?\}\}")
_EXPRESSION_COMMENT = re.compile(r"\{\{[-~]?\s*/\*(?:[^{*]|\{(?!\{)|\*(?!/)|(?!))*+\*/\s*[-~]?\}\}")
_NO_EXPRESSION = re.compile(r"[\w^\\+*/=-]*")
"""What mathematics and plain writing put between double braces."""
_SITE_ROOT = re.compile(
    r"\.?(?:site|config|page)\.(?:base_?url|url|root|Params\.baseurl)(?:\s*\|.*)?|base(?:_?url|Path)|siteurl",
    re.IGNORECASE,
)
"""The address of the site, which stands before a path from its top."""
_LITERAL = re.compile(r"([\"'])([^\"']*)\1\s*(?:\|.*)?")
_FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)\s*(?:\|.*)?")

_LIQUID = re.compile(
    r"\{%[-+]?\s*([A-Za-z][\w-]*)((?>[^\"'%{]|\"[^\"\n]*\"|'[^'\n]*'|%(?!\})|\{(?!%)|['\"])*?)\s*[-+]?%\}",
    re.DOTALL,
)
_LIQUID_COMMENT = re.compile(
    r"\{#(?![\w.-]+\})(?:[^{#]|\{(?!#)|#(?!\})|(?!))*+#\}|\{%-?\s*#(?:[^%]|%(?!\})|(?!))*+%\}"
)
_BROKEN_LIQUID = re.compile(r"\{%[-+]?\s*[A-Za-z][^{}]{0,2000}?%\}")

_COMMENT = "comment"
_CONTENTS = frozenset({"toc", "tableofcontents"})
_HUGO_CODE = frozenset({"highlight", "code", "codeblock", "mermaid", "math", "katex"})
_HUGO_REFERENCES = frozenset({"ref", "relref"})
_FUNCTION_REFERENCES = frozenset({"geturl", "ref", "relref", "urlfor", "url"})
_LIQUID_CODE = frozenset({"highlight", "codeblock", "code", "mermaid", "snippet"})
_VERBATIM = frozenset({"raw", "verbatim", "noformat"})
_INCLUDES = frozenset({"include", "includerelative", "includecached", "render", "partial"})
_LIQUID_REFERENCES: dict[str, Literal["link", "post", "ref"]] = {"link": "link", "posturl": "post", "ref": "ref"}
_COLONS = re.compile(
    r":{3,}[ \t]*(?:\{?\.?([A-Za-z][\w-]*)\}?)?(?:\[([^\]\n]*)\])?[ \t]*(?:\{[^{}\n]*\})?([^\n]*)"
)
_SLASHES = re.compile(r"/{3,}[ \t]*([A-Za-z][\w-]*)?[ \t]*(?:\|([^\n]*))?(?=\n|\Z)(?:\n[ \t]+\w+:[^\n]*)*")
_SLASHES_END = r"(?m:^[ \t]*///+[ \t]*$)"
_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)")
_LONGEST = 1_000
"""In characters; no quote is nested deeper."""


def read_hugo(source: SourceText, at: int) -> Replacement | None:  # noqa: PLR0911  one for each form
    """Replace the shortcode of Hugo at ``at``; None where there is none."""
    if escaped := _ESCAPED_HUGO.match(source.text, at):
        return Replacement(escaped.end(), f"{{{{{escaped[1]}{escaped[2]}{escaped[3]}}}}}")
    found = _HUGO.match(source.text, at)
    if found is None:
        return _drop_broken(source, _BROKEN_HUGO, at)
    kind, closes, written, arguments, _ = found.groups()
    name, end = plain_name(written), found.end()
    if closes:
        return source.replace(at, end, source.close(name) or "")
    call = parse_shortcode(name, arguments or "")
    if name in _HUGO_REFERENCES:
        return Replacement(end, as_reference("ref", _path(call)))
    if name in _CONTENTS:
        return Replacement(end, as_comment({CONTENTS: ""}))
    if name == _COMMENT or name in _HUGO_CODE:
        return _hugo_text(source, found, name, call)
    ending = rf"\{{\{{[<%]-?\s*/\s*{re.escape(written)}\s"
    shown = f"{{{{{kind} {written} {'>' if kind == '<' else kind}}}}}"
    return _rendered(source, found, call, name, ending) or source.drop(shown, at, end)


def _hugo_text(source: SourceText, found: re.Match[str], name: str, call: Shortcode) -> Replacement:
    """Leave out a comment with its text, or show a text as code."""
    closing = source.end(rf"\{{\{{[<%]-?\s*/\s*{re.escape(found[3])}\s*-?[>%]\}}\}}", found.end())
    if closing is None and name == _COMMENT:
        return source.drop_rest(f"{{{{{found[1]} {found[3]}", found.start())
    if closing is None:
        return source.drop(f"{{{{< {found[3]} >}}}}", *found.span())
    if name == _COMMENT:
        return Replacement(closing.end(), "")
    language = name if name == "mermaid" else call.get("lang", "type", at=0)
    return _code(source, found, closing, language)


def read_expression(source: SourceText, at: int) -> Replacement | None:  # noqa: PLR0911  one for each form
    """Replace the expression at ``at``; None where it is no template's."""
    if comment := _EXPRESSION_COMMENT.match(source.text, at):
        return Replacement(comment.end(), "")
    found = _EXPRESSION.match(source.text, at)
    if found is None or _NO_EXPRESSION.fullmatch(found[1]):
        return None
    written, end = found[1].strip(), found.end()
    if _SITE_ROOT.fullmatch(written):
        return Replacement(end, "")
    if literal := _LITERAL.fullmatch(written):  # "/x.png" | relative_url
        return Replacement(end, literal[2])
    if function := _FUNCTION.fullmatch(written):
        call = parse_shortcode(function[1], function[2])
        if call.name in _FUNCTION_REFERENCES:
            return Replacement(end, _path(call))
        if replaced := _rendered(source, found, call):
            return replaced
    return source.drop(f"{{{{ {written[:40]} }}}}", at, end)


def read_liquid(source: SourceText, at: int) -> Replacement | None:  # noqa: PLR0911  one for each kind of tag
    """Replace the tag or comment of Liquid at ``at``; None where there is none."""
    if comment := _LIQUID_COMMENT.match(source.text, at):
        return Replacement(comment.end(), "")
    found = _LIQUID.match(source.text, at)
    if found is None:
        return _drop_broken(source, _BROKEN_LIQUID, at)
    written, arguments, end = found[1], found[2].strip(), found.end()
    name = plain_name(written)
    if name == _COMMENT or name in _LIQUID_CODE | _VERBATIM:
        return _liquid_text(source, found, name, arguments)
    if name.startswith("end"):
        return source.replace(at, end, source.close(name[3:]) or "")
    if name in _CONTENTS:
        return Replacement(end, as_comment({CONTENTS: ""}))
    if name in _LIQUID_REFERENCES:
        return Replacement(
            end, as_reference(_LIQUID_REFERENCES[name], _path(parse_shortcode(name, arguments), ""))
        )
    return _liquid_shortcode(source, found, _included(name, arguments))


def _included(name: str, arguments: str) -> Shortcode:
    """The shortcode that a tag is, or that it includes: ``include figure.html src="a.jpg"`` is a ``figure``."""
    call = parse_shortcode(name, arguments.removeprefix("(").removesuffix(")"))
    if name in _INCLUDES and call.given:
        return Shortcode(plain_name(call.given[0]), call.given[1:], call.named)
    return call


def _liquid_shortcode(source: SourceText, found: re.Match[str], call: Shortcode) -> Replacement:
    written, is_zola = found[1], found[2].lstrip().startswith("(")
    ending = r"\{%[-+]?\s*end\s*[-+]?%\}" if is_zola else rf"\{{%[-+]?\s*end{re.escape(written)}\b"
    opened = "" if is_zola else call.name
    replaced = _rendered(source, found, call, opened, None if written in _INCLUDES else ending)
    if replaced is None and (address := call.get("url", "href", "src", "link")):
        link = Shortcode("link", (), {**call.named, "url": address, "text": call.get("title") or address})
        replaced = _rendered(source, found, link, opened, None if written in _INCLUDES else ending)
    return replaced or source.drop(f"{{% {written} %}}", *found.span())


def _liquid_text(source: SourceText, found: re.Match[str], name: str, arguments: str) -> Replacement:
    """Replace a tag with the text up to its end: code, text in which no tag counts, or a comment."""
    end = source.end(rf"\{{%[-+]?\s*end{re.escape(found[1])}\s*[-+]?%\}}", found.end())
    if end is None and name == _COMMENT:
        return source.drop_rest(f"{{% {found[1]} %}}", found.start())
    if end is None:
        return source.drop(f"{{% {found[1]} %}}", *found.span())
    if name == _COMMENT:
        return Replacement(end.end(), "")
    if name in _VERBATIM:
        return Replacement(end.end(), source.text[found.end() : end.start()])
    call = parse_shortcode(name, arguments)
    return _code(source, found, end, name if name == "mermaid" else call.get("lang", "language", at=0))


def _rendered(
    source: SourceText, found: re.Match[str], call: Shortcode, name: str = "", ending: str | None = None
) -> Replacement | None:
    """The HTML of a shortcode; None for an unknown one.

    A shortcode that holds a text is open under ``name`` until its end tag, if the pattern ``ending`` finds one.
    """
    start, end = found.span()
    markup = render_shortcode(call, inline=not source.is_block(start, end))
    if markup is None:
        return None
    if markup.closing and ending is not None and source.end(ending, end) is not None:
        source.open(name, markup.closing)
        return source.replace(start, end, markup.html)
    return source.replace(start, end, markup.html + markup.closing)


def _code(source: SourceText, found: re.Match[str], end: re.Match[str], language: str) -> Replacement:
    """The text between a tag and its end, as code."""
    return source.replace(found.start(), end.end(), code(source.text[found.end() : end.start()], language))


def _drop_broken(source: SourceText, pattern: re.Pattern[str], at: int) -> Replacement | None:
    broken = pattern.match(source.text, at)
    return source.drop(broken[0][:40], at, broken.end()) if broken else None


def _path(call: Shortcode, name: str = "path") -> str:
    return quote(call.get(name, at=0), safe="/#?.:@")


def read_colons(source: SourceText, at: int) -> Replacement | None:
    """Replace the line of colons at ``at`` that opens or closes a directive; None where it does neither."""
    found = _COLONS.match(source.text, at)
    if found is None:
        return None
    name, label, rest = found.groups()
    if name:
        return _open(source, ":::", name, (label or rest or "").strip(), found.end())
    closing = source.close(":::")
    return None if closing is None or rest.strip() else Replacement(found.end(), f"\n{closing}\n")


def read_slashes(source: SourceText, at: int) -> Replacement | None:
    """Replace ``/// note | Title`` or the ``///`` that closes it (PyMdown's blocks); None for other slashes."""
    found = _SLASHES.match(source.text, at)
    if found is None:
        return None
    if not found[1]:
        closing = source.close("///")
        return None if closing is None else Replacement(found.end(), f"\n{closing}\n")
    if source.end(_SLASHES_END, found.end()) is None:
        return None
    return _open(source, "///", found[1], (found[2] or "").strip(), found.end())


def _open(source: SourceText, fence: str, name: str, title: str, end: int) -> Replacement:
    """The opening of a directive, as that of the shortcode of its name, else as a notice."""
    directive = Shortcode(plain_name(name), (), {"title": title} if title else {})
    markup = render_shortcode(directive, inline=False) or notice(title or name.capitalize())
    source.open(fence, markup.closing)
    return Replacement(end, f"{markup.html}\n")


def read_alert(source: SourceText, at: int) -> Replacement | None:
    """Make a title of the mark at ``at``, above a paragraph of its own in the same quote."""
    found = _ALERT.match(source.text, at)
    if found is None:
        return None
    prefix = source.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    title = without_markup(found[2].strip()) or found[1].replace("-", " ").replace("_", " ").capitalize()
    return Replacement(found.end(), f"**{title}**\n{prefix.rstrip()}")
