"""Resolving: an article's leftovers replaced by what they mean, and named where they mean nothing."""

import re
from collections.abc import Callable

from feedsvc.articles.markup.dialects import inline, math
from feedsvc.articles.markup.dialects.blocks import unindent
from feedsvc.articles.markup.shortcodes import directives, expressions, hugo, liquid, mdx
from feedsvc.articles.markup.shortcodes.shortcode import Page, Taken
from feedsvc.articles.problems import Notes

_STOP = re.compile(
    r"""
      ^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^\n]*
    | ^(?P<indented>(?:[ ]{4}|\t)[^\n]*)
    | (?P<ticks>`+)
    | <(?P<code>pre|code|script|style)\b
    | (?P<comment><!--)
    | (?P<braces>\{)
    | (?P<tag></?(?:[A-Z]|>|(?=[a-z][\w-]*\s[^<>{}]*=\{)))
    | ^(?P<line>(?:import|export)\s)
    | ^[ \t]*(?P<colons>:::|///)
    | (?P<dollar>\$)
    | (?P<escaped>\\\$)
    | (?P<backslash>\\\\?[(\[]|\\begin\{)
    | (?P<percents>%%)
    | (?P<mark>(?<![~\\])~(?!~)|(?<!\\)\^(?!\[)|(?<![=\\])==(?!=))
    | ^[ \t]*(?P<contents>(?i:
          \[{1,2}_?toc_?\]{1,2}(?!:) | @\[toc\] | \$\{toc\} | \{\{\s*toc\s*\}\} | \[toc\s[^\]\n]*\]
      ))[ \t]*$
    | ^[ \t]*(?:>[ \t]?)+(?P<alert>\[!)
    """,
    re.MULTILINE | re.VERBOSE,
)
_ITEM = re.compile(r"[ ]{0,3}(?:[-*+:]|\d{1,9}[.)])[ \t]")
_LONGEST = 5_000
"""In characters; code within a line is shorter."""
_LOOK_BACK = 2_000


def walk(page: Page) -> str:
    """The text of ``page`` with its leftovers resolved."""
    parts: list[str] = []
    done = at = 0
    ends: dict[str, int] = {}
    while found := _STOP.search(page.text, at):
        skipped = _past_code(page, found, ends)
        if skipped is not None:
            at = skipped
            continue
        start = found.start(found.lastgroup or 0)
        taken = _take(page, found, start)
        if taken is None:
            at = start + 1
            continue
        begin = start if taken.begin is None else max(done, taken.begin)
        parts += [page.text[done:begin], taken.html]
        done = at = taken.end
    parts.append(page.text[done:])
    parts += [f"\n\n{closing}" for _, closing in reversed(page.closings) if closing]
    return "".join(parts)


def _past_code(page: Page, found: re.Match[str], ends: dict[str, int]) -> int | None:  # noqa: PLR0911  one for each kind
    """Where the code or comment ends that begins here; None where none begins."""
    kind = found.lastgroup or ""
    if kind == "comment":
        if inline.begins_contents(page, found.start(kind)):
            return None
        return _past(page.text, "-->", found.end(), ends)
    if kind == "escaped":
        return found.end()
    if kind == "code":
        return _past(page.text, f"</{found['code']}", found.end(), ends)
    if not page.markdown and kind in {"fence", "indented", "ticks"}:
        return found.start(kind) + 1
    if kind == "fence":
        ending = re.compile(rf"^[ \t>]*{found['fence'][0]}{{{len(found['fence'])},}}[ \t]*$", re.MULTILINE)
        end = ending.search(page.text, found.end())
        return end.end() if end else len(page.text)
    if kind == "indented":
        known = ends.get("indented") == found.start()  # the line below one that was judged is like it
        is_code = bool(ends["is code"]) if known else _is_code(page.text, found.start())
        ends["indented"], ends["is code"] = found.end() + 1, is_code
        return found.end() if is_code else found.start() + len(found[0]) - len(found[0].lstrip(" \t"))
    if kind == "ticks":
        return _past_ticks(page.text, found)
    return None


def _past(text: str, ending: str, start: int, ends: dict[str, int]) -> int:
    """Behind the next ``ending``; behind ``start`` where there is none. Looked for once where there is none."""
    if ends.get(ending) == -1:
        return start
    ends[ending] = text.find(ending, start)
    return start if ends[ending] < 0 else ends[ending] + len(ending)


def _past_ticks(text: str, found: re.Match[str]) -> int:
    ticks = found["ticks"]
    ending = re.compile(rf"(?<!`){ticks}(?!`)|\n[ \t]*\n")
    end = ending.search(text, found.end(), found.end() + _LONGEST)
    return end.end() if end and end[0] == ticks else found.end()


def _is_code(text: str, start: int) -> bool:
    """Whether an indented line is code (CommonMark, section 4.4): below a blank line, and in no list."""
    above = text[max(0, start - _LOOK_BACK) : start].split("\n")[:-1]
    if above and above[-1].strip() and not above[-1].startswith(("    ", "\t")):
        return False
    outside = [line for line in above if line.strip() and not line.startswith((" ", "\t"))]
    return not (outside and _ITEM.match(outside[-1]))


def _take(page: Page, found: re.Match[str], start: int) -> Taken | None:
    kind = found.lastgroup or ""
    if kind == "braces":
        return _take_braces(page, start)
    return _TAKERS[kind](page, start) if page.markdown or kind == "tag" else None


_TAKERS: dict[str, Callable[[Page, int], Taken | None]] = {
    "tag": mdx.take_tag,
    "line": mdx.take_line,
    "colons": directives.take,
    "dollar": math.take_dollar,
    "backslash": math.take_backslash,
    "percents": inline.take_percents,
    "mark": inline.take_inline_marks,
    "contents": inline.take_contents,
    "comment": inline.take_generated,
    "alert": directives.take_alert,
}


def _take_braces(page: Page, start: int) -> Taken | None:
    sign = page.text[start : start + 3]
    if sign in {"{{<", "{{%"}:
        return hugo.take(page, start)
    if sign.startswith("{{"):
        return expressions.take(page, start)
    if sign.startswith(("{%", "{#")) and (taken := liquid.take(page, start)):
        return taken
    return inline.take_attribute_lists(page, start) or mdx.take_braces(page, start)


_SIGNS = {
    "{": r"\{[{%#:/.A-Za-z\-\s]",
    "<": r"<(?:[A-Z]|!--\s*(?:toc|START doctoc)|[a-z][^<>]*=\{)",
    ":": r":::",
    "/": r"///",
    "import ": r"import ",
    "$": r"\$\S",
    "\\": r"\\(?:[(\[]|begin)",
    "%": r"%%",
    "~": r"~(?<!~~)[^~]",
    "^": r"\^(?<=[\w)\]]\^)[\w+-]",
    "=": r"==\S",
    "[": r"\[(?:!|\[?_?(?i:toc))",
}
"""What is looked for first, since that costs next to nothing, and what tells that there is something to resolve.

Without any of these nothing is done.
"""
_PATTERNS = tuple((sign, re.compile(pattern)) for sign, pattern in _SIGNS.items())
_NAMED = 10
"""More kinds than this are counted, not named."""


def _has_signs(words: str) -> bool:
    likely = [pattern for sign, pattern in _PATTERNS if sign in words]
    return any(pattern.search(words) for pattern in likely)


def resolve(words: str, notes: Notes, above: int, *, markdown: bool) -> str:
    """``words`` with every leftover replaced by what it means.

    Args:
        words: Markdown or HTML as it was written.
        notes: Takes one warning that names what was left out.
        above: How many lines of the file stand above ``words``.
        markdown: Whether it is Markdown, where HTML blocks end at blank lines and code stands between backticks.
    """
    mdx = notes.path.lower().endswith(".mdx")
    origins: list[int] = []
    if markdown:
        words, origins = unindent(words, mdx=mdx)
    if not mdx and not _has_signs(words):
        return words
    page = Page(words, markdown=markdown, mdx=mdx)
    resolved = walk(page)

    def line_of(at: int) -> int:
        number = words.count("\n", 0, at)
        return above + (origins[number] if origins else number) + 1

    for shown, at in page.unclosed:
        notes.warn(line_of(at), f"{shown} is never closed; all that follows is left out", "close it")
    if page.dropped:
        names = sorted(page.dropped, key=page.dropped.__getitem__)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"template code that means nothing here is left out: {', '.join(names[:_NAMED])}{more}"
        notes.warn(line_of(page.dropped[names[0]]), what, "write Markdown or HTML in its place")
    return resolved
