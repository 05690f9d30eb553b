"""The syntaxes in which shortcodes are written, each replaced by the HTML of its shortcode.

Hugo's ``{{< name >}}`` stands alone or around a text that ``{{< /name >}}`` ends. Expressions ``{{ … }}`` are a
site's values, filters, and Zola's shortcodes. ``{% … %}`` is Liquid in Jekyll, Nunjucks in Eleventy and Hexo, Tera
in Zola. WordPress has ``[caption width="9"]`` up to ``[/caption]``, which programs that export its posts as
Markdown escape.
"""

import re
from html import escape
from typing import Literal
from urllib.parse import quote

from feedsvc.articles.body.hidden_elements import CONTENTS, as_comment
from feedsvc.articles.body.site_links import as_reference
from feedsvc.articles.markup.shortcodes.handlers import code, render_shortcode
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
_EXPRESSION_COMMENT = re.compile(
    r"\{\{[-~]?(?:\s*/\*(?:[^{*]|\{(?!\{)|\*(?!/)|(?!))*+\*/\s*|!--(?:[^{-]|\{(?!\{)|-(?!-[-~]?\}\})|(?!))*+--|![^{}]*+)[-~]?\}\}"
)
"""``{{/* … */}}`` of Go, ``{{!-- … --}}`` and ``{{! … }}`` of Handlebars."""
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

_CONTENTS = frozenset({"toc", "tableofcontents"})
_SECRET = frozenset({"comment", "draft", "private", "encrypt", "hugoencrypt", "hugoencryptor"})
"""What they hold is for nobody, or for those alone who know a password."""
_FOR_PAGE = frozenset({"css", "js", "style", "stylesheet", "script", "javascript", "schema", "macro"})
"""What they hold is code for the page, or the definition of a template."""
_VERBATIM = frozenset({"raw", "verbatim", "noformat"})
_DIAGRAMS = frozenset({"mermaid", "plantuml", "chart", "echarts"})
_CODE = _DIAGRAMS | {"highlight", "code", "codeblock", "snippet", "math", "katex"}
_OF_TEXT = _SECRET | _FOR_PAGE | _VERBATIM | _CODE
"""Tags that hold a text in which no other tag counts."""
_FUNCTION_REFERENCES = frozenset({"geturl", "ref", "relref", "urlfor", "url"})
_INCLUDES = frozenset({"include", "includerelative", "includecached", "render", "partial"})
_REFERENCES: dict[str, Literal["link", "post", "ref", "slug"]] = {
    "link": "link",
    "posturl": "post",
    "ref": "ref",
    "relref": "ref",
    "postlink": "slug",
}
_IN_ADDRESS = re.compile(r"(?:\]\(\s*<?|\]:[ \t]*<?|=\s*[\"']?)(?:\{\{[^{}]*+\}\}|[^\s\"'<>()]|(?!))*+\Z")
"""What stands before a reference that is an address, or the end of one."""
_BLOCK = re.compile(
    r"\{%[-+]?\s*(?:(?P<end>end(?:if|unless|case|for))|(?P<other>else|elsif|elif|elseif|when)|(if|unless|case|for))"
    r"\b[^{}]*%\}"
)
_FIRST = -1
"""Stands for the first branch of a ``case``, which has a tag of its own and is shown."""
BRACKETS = r"\[/?(?:caption|code|embed|gallery|playlist|audio|video|youtube|vimeo|contact-form-7)(?=[\s=\]\\])"
"""How a shortcode of WordPress begins."""
_BRACKETS = re.compile(r"\[(/?)([a-z7-]+)((?:[^\]\[\\\"'\n]|\\_|\"[^\"\n]*\"|'[^'\n]*')*)\\?\](?!\()")
_OF_LINK = re.compile(r"\[(?!/|[a-z7-]+ [\w-]+=)|:")
"""What stands behind brackets that hold the words of a link or its name."""
_NAMED_ONLY = re.compile(r"(?:[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=]+)(?:\s+|\Z))+")
_ENCLOSING = frozenset({"caption", "code", "embed"})
"""Those that are nothing without an end tag."""
_LONGEST = 1_000
"""In characters; no address and no tag is longer."""


def read_hugo(source: SourceText, at: int) -> Replacement | None:
    """Replace the shortcode of Hugo at ``at``; None where there is none."""
    if escaped := _ESCAPED_HUGO.match(source.text, at):
        return Replacement(escaped.end(), f"{{{{{escaped[1]}{escaped[2]}{escaped[3]}}}}}")
    found = _HUGO.match(source.text, at)
    if found is None:
        return _drop_broken(source, _BROKEN_HUGO, at)
    kind, closes, written, arguments, _ = found.groups()
    call = parse_shortcode(written, arguments or "")
    if closes:
        return source.replace(at, found.end(), source.close(call.name) or "")
    shown = f"{{{{{kind} {written} {'>' if kind == '<' else kind}}}}}"
    ending = rf"\{{\{{[<%]-?\s*/\s*{re.escape(written)}\s"
    if call.name in _OF_TEXT and found[0].endswith(("/>}}", "/%}}")):
        return source.drop(shown, *found.span())
    if call.name in _OF_TEXT and not (call.name == "style" and call.given):  # LoveIt's is a style for its text
        return _of_text(source, found, call, shown, rf"{ending}*-?[>%]\}}\}}")
    return (
        _of_site(source, found, call)
        or _rendered(source, found, call, call.name, ending)
        or source.drop(shown, *found.span())
    )


def read_expression(source: SourceText, at: int) -> Replacement | None:  # noqa: PLR0911  one for each form
    """Replace the expression at ``at``; None where it is no template's."""
    if comment := _EXPRESSION_COMMENT.match(source.text, at):
        return Replacement(comment.end(), "", is_comment=True)
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
        return Replacement(comment.end(), "", is_comment=True)
    found = _LIQUID.match(source.text, at)
    if found is None:
        return _drop_broken(source, _BROKEN_LIQUID, at)
    written, arguments = found[1], found[2].strip()
    call = parse_shortcode(written, arguments.removeprefix("(").removesuffix(")"))
    shown, ending = f"{{% {written} %}}", rf"\{{%[-+]?\s*end{re.escape(written)}\b"
    if call.name in _OF_TEXT:
        return _of_text(source, found, call, shown, rf"{ending}\s*[-+]?%\}}")
    if call.name.startswith("end"):
        return source.replace(at, found.end(), source.close(call.name[3:]) or "")
    if (end := _unknowable(source, at)) is not None:
        return source.drop(shown, at, end)
    if replaced := _of_site(source, found, call):
        return replaced
    if call.name in _INCLUDES and call.given:  # include figure.html src="a.jpg"
        call = Shortcode(plain_name(call.given[0]), call.given[1:], call.named)
        return _rendered(source, found, call) or source.drop(shown, *found.span())
    if arguments.startswith("("):  # Zola
        return _rendered(source, found, call, "", r"\{%[-+]?\s*end\s*[-+]?%\}") or source.drop(
            shown, *found.span()
        )
    return _rendered(source, found, call, call.name, ending) or source.drop(shown, *found.span())


def read_percent_tag(source: SourceText, at: int) -> Replacement | None:
    """Leave out the tag or comment ``<% … %>`` at ``at`` (ERB, EJS, JSP, Templater); None where it has no end."""
    is_comment = source.text.startswith(("#", "--"), at + 2)
    end = source.end(r"--%>" if source.text.startswith("--", at + 2) else r"%>", at + 2)
    if end is None or (end.end() - at > _LONGEST and not is_comment):
        return None
    if is_comment:
        return Replacement(end.end(), "", is_comment=True)
    return source.drop(source.text[at : min(at + 40, end.end())], at, end.end())


def _of_text(source: SourceText, found: re.Match[str], call: Shortcode, shown: str, ending: str) -> Replacement:
    """Replace a tag and the text up to its end: code, text as it stands, or what nobody is to read."""
    end = source.end(ending, found.end())
    if end is None and call.name in _SECRET:
        return source.drop_rest(found.start(), f"{shown} is never closed; all that follows is left out")
    if end is None:
        return source.drop(shown, *found.span())
    text = source.text[found.end() : end.start()]
    if call.name in _SECRET:
        return Replacement(end.end(), "", is_comment=True)
    if call.name in _FOR_PAGE:
        return source.drop(shown, found.start(), end.end())
    if call.name in _VERBATIM:
        return Replacement(end.end(), text)
    language = call.name if call.name in _DIAGRAMS else call.get("lang", "language", "type", at=0)
    return source.replace(found.start(), end.end(), code(text, language))


def _of_site(source: SourceText, found: re.Match[str], call: Shortcode) -> Replacement | None:
    """Replace what the site knows: the place of a table of contents, or a reference to one of its pages.

    Where a reference is no address of a link, it becomes a link.
    """
    if call.name in _CONTENTS:
        return Replacement(found.end(), as_comment({CONTENTS: ""}))
    if call.name not in _REFERENCES or not _path(call):
        return None
    path = _path(call)
    address = path if path.startswith(("http://", "https://")) else as_reference(_REFERENCES[call.name], path)
    if _IN_ADDRESS.search(source.text, max(0, found.start() - _LONGEST), found.start()):
        return Replacement(found.end(), address)
    words = call.get("title", at=1) or call.get("path", at=0)
    return Replacement(found.end(), f'<a href="{address}">{escape(words, quote=False)}</a>')


def _unknowable(source: SourceText, at: int) -> int | None:
    """Where the loop or the further branch of a condition ends that begins at ``at``; None where neither does.

    Nobody knows how often a loop runs and over what. Of the branches of a condition the first is shown.
    """
    if source.unknowable is None:
        source.unknowable = {}
        opened: list[list[int]] = []
        for tag in _BLOCK.finditer(source.text):
            if tag["other"] and opened:
                if opened[-1] == [_FIRST]:
                    opened[-1].clear()
                else:
                    opened[-1].append(tag.start())
            elif tag["end"] and opened:
                end = tag.end() if tag["end"] == "endfor" else tag.start()
                source.unknowable.update(dict.fromkeys(opened.pop(), end))
            elif tag[3]:
                opened.append({"for": [tag.start()], "case": [_FIRST]}.get(tag[3], []))
    return source.unknowable.get(at)


def _rendered(
    source: SourceText, found: re.Match[str], call: Shortcode, name: str = "", ending: str | None = None
) -> Replacement | None:
    """The HTML of a shortcode, or a link where an unknown one has an address; None for any other.

    A shortcode that holds a text is open under ``name`` until its end tag, if the pattern ``ending`` finds one.
    """
    start, end = found.span()
    markup = render_shortcode(call, inline=not source.is_block(start, end))
    if markup is None and (address := call.get("url", "href", "src", "link")):
        link = Shortcode("link", (), {**call.named, "url": address, "text": call.get("title") or address})
        markup = render_shortcode(link, inline=True)
    if markup is None:
        return None
    if markup.closing and ending is not None and source.end(ending, end) is not None:
        source.open(name, markup.closing)
        return source.replace(start, end, markup.html)
    return source.replace(start, end, markup.html + markup.closing)


def _drop_broken(source: SourceText, pattern: re.Pattern[str], at: int) -> Replacement | None:
    broken = pattern.match(source.text, at)
    return source.drop(broken[0][:40], at, broken.end()) if broken else None


def _path(call: Shortcode) -> str:
    return quote(call.get("path", at=0), safe="/#?.:@")


def read_brackets(source: SourceText, at: int) -> Replacement | None:
    """Replace the shortcode of WordPress at ``at``; None where the brackets hold a mere word."""
    found = _BRACKETS.match(source.text, at)
    replaced = _of_brackets(source, found) if found else None
    is_escaped = at > 0 and source.text[at - 1] == "\\"
    return replaced._replace(begin=at - 1) if replaced and is_escaped else replaced


def _of_brackets(source: SourceText, found: re.Match[str]) -> Replacement | None:
    name, arguments = found[2], found[3].replace("\\", "").strip(" =")
    shown, ending = f"[{name}]", rf"\\?\[/{name}\\?\]"
    if found[1]:
        return None if source.close(shown) is None else Replacement(found.end(), "")
    is_address = arguments.startswith(("http://", "https://")) and " " not in arguments
    call = Shortcode(name, (arguments,)) if is_address else parse_shortcode(name, arguments)
    closing = source.end(ending, found.end())
    if closing is None and (name in _ENCLOSING or not arguments):
        return None
    if name not in _ENCLOSING and _is_prose(source, found, "" if is_address else arguments):
        return None
    if closing and name == "code":
        return _of_text(source, found, call, shown, ending) if source.markdown else None
    if closing and name == "embed":
        address = source.text[found.end() : closing.start()].strip()
        link = render_shortcode(Shortcode(name, (address,)), inline=True)
        return Replacement(closing.end(), link.html) if link else None
    if closing:
        source.open(shown, "")
    return _rendered(source, found, call) or source.drop(shown, *found.span())


def _is_prose(source: SourceText, found: re.Match[str], arguments: str) -> bool:
    """Whether the brackets are of a link or a sentence: ``[video of the talk][t]``, ``[audio version]``."""
    if _OF_LINK.match(source.text, found.end()):
        return True
    return arguments != "" and not _NAMED_ONLY.fullmatch(arguments)


def read_hashnode(source: SourceText, at: int) -> Replacement | None:
    """Make a link of Hashnode's embed ``%[https://…]`` at ``at``."""
    found = _EMBED.match(source.text, at)
    if found is None:
        return None
    link = render_shortcode(Shortcode("embed", (found[1],)), inline=True)
    return Replacement(found.end(), link.html) if link else None


def read_alignment(source: SourceText, at: int) -> Replacement | None:
    """Leave out how a picture is aligned, at ``at`` behind its address (Hashnode)."""
    is_picture = _IN_PICTURE.search(source.text, max(0, at - _LONGEST), at)
    return Replacement(source.text.index(")", at), "") if is_picture else None


_EMBED = re.compile(r"%\[(https?://[^\[\]\s]{1,1000})\]")
_IN_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]+\Z")
