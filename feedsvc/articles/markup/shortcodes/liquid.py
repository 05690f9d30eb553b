"""Tags between ``{%`` and ``%}``: Liquid of Jekyll, Nunjucks of Eleventy and Hexo, Tera of Zola, Jinja."""

import re
from typing import Literal
from urllib.parse import quote

from feedsvc.articles.body.hidden_elements import CONTENTS, as_comment
from feedsvc.articles.body.site_links import as_reference
from feedsvc.articles.markup.shortcodes.handlers import code, handler_of
from feedsvc.articles.markup.shortcodes.shortcode import Page, Shortcode, Taken, parse_shortcode, plain_name

_TAG = re.compile(
    r"\{%[-+]?\s*([A-Za-z][\w-]*)((?>[^\"'%{]|\"[^\"\n]*\"|'[^'\n]*'|%(?!\})|\{(?!%)|['\"])*?)\s*[-+]?%\}",
    re.DOTALL,
)
_COMMENT = re.compile(r"\{#(?![\w.-]+\})(?:[^{#]|\{(?!#)|#(?!\}))*+#\}")
_BROKEN = re.compile(r"\{%[-+]?\s*[A-Za-z][^{}]{0,2000}?%\}")
"""A tag that is written wrong: what it says to the program is nothing to read."""
_INLINE_COMMENT = re.compile(r"\{%-?\s*#(?:[^%]|%(?!\}))*+%\}")
_CONTENTS = frozenset({"toc", "tableofcontents"})
_CODE = frozenset({"highlight", "codeblock", "code", "mermaid", "snippet"})
_AS_IT_IS = frozenset({"raw", "verbatim", "noformat"})
_UNSEEN = frozenset({"comment"})
_INCLUDES = frozenset({"include", "includerelative", "includecached", "render", "partial"})
_REFERENCES: dict[str, Literal["link", "post", "ref"]] = {"link": "link", "posturl": "post", "ref": "ref"}


def take(page: Page, at: int) -> Taken | None:  # noqa: PLR0911  one for each kind of tag
    """Make something of the tag or comment at ``at``; None where there is none."""
    if comment := _COMMENT.match(page.text, at) or _INLINE_COMMENT.match(page.text, at):
        return Taken(comment.end(), "")
    found = _TAG.match(page.text, at)
    if found is None:
        broken = _BROKEN.match(page.text, at)
        return Taken(broken.end(), page.drop(broken[0][:40], at)) if broken else None
    written, arguments = found[1], found[2].strip()
    name = plain_name(written)
    if name in _CODE | _AS_IT_IS | _UNSEEN:
        return _up_to_end(page, found, name, arguments)
    if name.startswith("end"):
        closing = page.close(name[3:])
        return Taken(found.end(), page.spaced(closing or "", at, found.end()))
    if name in _CONTENTS:
        return Taken(found.end(), as_comment({CONTENTS: ""}))
    if name in _REFERENCES:
        target = quote(parse_shortcode(name, arguments).get(at=0), safe="/#?.:@")
        return Taken(found.end(), as_reference(_REFERENCES[name], target))
    return _called(page, found, _call(name, arguments))


def _call(name: str, arguments: str) -> Shortcode:
    """The call that a tag is, or that it includes: ``include figure.html src="a.jpg"`` calls ``figure``."""
    call = parse_shortcode(name, arguments.removeprefix("(").removesuffix(")"))
    if name in _INCLUDES and call.given:
        return Shortcode(plain_name(call.given[0]), call.given[1:], call.named)
    return call


def _called(page: Page, found: re.Match[str], call: Shortcode) -> Taken:
    start, end = found.span()
    meaning = handler_of(call, inline=not page.is_block(start, end))
    if meaning is None and (address := call.get("url", "href", "src", "link")):
        meaning = handler_of(
            Shortcode("link", (), {**call.named, "url": address, "text": call.get("title") or address}),
            inline=True,
        )
    if meaning is None:
        return Taken(end, page.drop(f"{{% {found[1]} %}}", start))
    if not meaning.closing:
        return Taken(end, page.spaced(meaning.html, start, end))
    is_zola = found[2].lstrip().startswith("(")
    ending = r"\{%[-+]?\s*end\s*[-+]?%\}" if is_zola else rf"\{{%[-+]?\s*end{re.escape(found[1])}\b"
    if found[1] in _INCLUDES or page.end(ending, end) is None:
        return Taken(end, page.spaced(meaning.html + meaning.closing, start, end))
    page.closings.append(("" if is_zola else call.name, meaning.closing))
    return Taken(end, page.spaced(meaning.html, start, end))


def _up_to_end(page: Page, found: re.Match[str], name: str, arguments: str) -> Taken:
    """What stands between the tag and its end: code, text in which no tag counts, or a comment."""
    end = page.end(rf"\{{%[-+]?\s*end{re.escape(found[1])}\s*[-+]?%\}}", found.end())
    if end is None and name in _UNSEEN:
        return Taken(len(page.text), page.drop_rest(f"{{% {found[1]} %}}", found.start()))
    if end is None:
        return Taken(found.end(), page.drop(f"{{% {found[1]} %}}", found.start()))
    text = page.text[found.end() : end.start()]
    if name in _UNSEEN:
        return Taken(end.end(), "")
    if name in _AS_IT_IS:
        return Taken(end.end(), text)
    call = parse_shortcode(name, arguments)
    language = name if name == "mermaid" else call.get("lang", "language", at=0)
    return Taken(end.end(), page.spaced(code(text, language), found.start(), end.end()))
