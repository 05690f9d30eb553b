"""Replacing the shortcodes and other foreign notations of an article, and naming those that are left out."""

import re

from feedsvc.articles.markup.dialects.blocks import unindent
from feedsvc.articles.markup.shortcodes.notations import NOTATIONS, NotationTable
from feedsvc.articles.markup.shortcodes.shortcode import SourceText
from feedsvc.articles.problems import Notes

TABLE = NotationTable(NOTATIONS)
_ITEM = re.compile(r"[ ]{0,3}(?:[-*+:]|\d{1,9}[.)])[ \t]")
_LONGEST = 5_000
"""In characters; code within a line is shorter."""
_LOOK_BACK = 2_000
_NAMED = 10
"""More kinds than this are counted, not named."""


def resolve(words: str, notes: Notes, above: int, *, markdown: bool) -> str:
    """``words`` with every shortcode and foreign notation replaced by Markdown or HTML.

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
    if not mdx and not TABLE.may_occur_in(words):
        return words
    source = SourceText(words, markdown=markdown, mdx=mdx)
    resolved = _replaced(source)

    def line_of(at: int) -> int:
        number = words.count("\n", 0, at)
        return above + (origins[number] if origins else number) + 1

    for shown, at in source.unclosed:
        notes.warn(line_of(at), f"{shown} is never closed; all that follows is left out", "close it")
    if source.dropped:
        names = sorted(source.dropped, key=source.dropped.__getitem__)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"unknown template code is left out: {', '.join(names[:_NAMED])}{more}"
        notes.warn(line_of(source.dropped[names[0]]), what, "write Markdown or HTML in its place")
    return resolved


def _replaced(source: SourceText) -> str:
    parts: list[str] = []
    done = at = 0
    skipper = _Skipper(source)
    while found := TABLE.stop.search(source.text, at):
        group = found.lastgroup or ""
        start = found.start(group)
        skipped = skipper.end_of(found, group)
        replacement = None
        if skipped is None or group == "comment":  # the comment may begin a table of contents
            replacement = TABLE.read(source, start, group if skipped is None else "")
        if replacement is None:
            at = start + 1 if skipped is None else skipped
            continue
        begin = start if replacement.begin is None else max(done, replacement.begin)
        parts += [source.text[done:begin], replacement.html]
        done = at = replacement.end
    parts.append(source.text[done:])
    parts += [f"\n\n{closing}" for _, closing in reversed(source.closings) if closing]
    return "".join(parts)


class _Skipper:
    """Finds the ends of code and comments."""

    def __init__(self, source: SourceText) -> None:
        self._text = source.text
        self._markdown = source.markdown
        self._not_found: set[str] = set()
        self._judged = -1
        """Where the line begins that follows the last indented one; it is code if that was."""
        self._is_code = False

    def end_of(self, found: re.Match[str], group: str) -> int | None:
        """Where the code or comment ends that begins at ``found``; None where a notation begins."""
        match group:
            case "escaped":
                return found.end()
            case "comment":
                return self._past("-->", found.end())
            case "code":
                return self._past(f"</{found['code']}", found.end())
            case "fence" | "indented" | "ticks":
                return self._past_markdown(found, group) if self._markdown else found.start(group) + 1
        return None

    def _past(self, ending: str, start: int) -> int:
        """Behind the next ``ending``; ``start`` where there is none, which is not searched for again."""
        end = -1 if ending in self._not_found else self._text.find(ending, start)
        if end < 0:
            self._not_found.add(ending)
        return start if end < 0 else end + len(ending)

    def _past_markdown(self, found: re.Match[str], group: str) -> int:
        if group == "fence":
            ending = re.compile(rf"^[ \t>]*{found['fence'][0]}{{{len(found['fence'])},}}[ \t]*$", re.MULTILINE)
            end = ending.search(self._text, found.end())
            return end.end() if end else len(self._text)
        if group == "ticks":
            ending = re.compile(rf"(?<!`){found['ticks']}(?!`)|\n[ \t]*\n")
            end = ending.search(self._text, found.end(), found.end() + _LONGEST)
            return end.end() if end and end[0] == found["ticks"] else found.end()
        if self._judged != found.start():
            self._is_code = _is_code(self._text, found.start())
        self._judged = found.end() + 1
        return found.end() if self._is_code else found.start() + len(found[0]) - len(found[0].lstrip(" \t"))


def _is_code(text: str, start: int) -> bool:
    """Whether an indented line is code (CommonMark, section 4.4): below a blank line, and in no list."""
    above = text[max(0, start - _LOOK_BACK) : start].split("\n")[:-1]
    if above and above[-1].strip() and not above[-1].startswith(("    ", "\t")):
        return False
    outside = [line for line in above if line.strip() and not line.startswith((" ", "\t"))]
    return not (outside and _ITEM.match(outside[-1]))
