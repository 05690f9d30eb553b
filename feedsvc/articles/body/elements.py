"""Elements of HTML as it was written, found by their tags without a parser: name, attributes and content."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape

_ATTRIBUTES = r"(?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+"
_TAG = re.compile(rf"<(/?)([a-z][^\s<>/]*)(?=[\s/>]){_ATTRIBUTES}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
_RAW = frozenset({"script", "textarea"})
"""Elements whose content is text, not markup."""
_LONGEST_PARAGRAPH = 5_000
"""In characters; how far the end of one is looked for."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of HTML as it was written."""

    name: str
    """In lower case."""
    written: str
    """Its start tag."""
    attributes: Mapping[str, str]
    """By name in lower case."""
    html: str
    """The whole text in which it stands."""
    start: int
    """Where in ``html`` its content begins."""

    def get(self, *names: str) -> str:
        """The first of the attributes that is there and not blank; else empty."""
        return next((value for name in names if (value := self.attributes.get(name, "").strip())), "")

    def content(self) -> tuple[str, int]:
        """The text up to its end tag, and where that tag ends; all the rest where it has none."""
        if self.written.endswith("/>"):
            return "", self.start
        if self.name == "p":  # it does not nest, and may lack its end
            end = self.html.find("</p>", self.start, self.start + _LONGEST_PARAGRAPH)
            return (self.html[self.start : end], end + len("</p>")) if end >= 0 else ("", self.start)
        if self.name in _RAW:
            closing = re.compile(rf"</{self.name}\b[^<>]*>", re.IGNORECASE).search(self.html, self.start)
            stop, after = closing.span() if closing else (len(self.html), len(self.html))
            return self.html[self.start : stop], after
        depth = 1
        for tag in _TAG.finditer(self.html, self.start):
            if tag[2].lower() != self.name:
                continue
            depth += -1 if tag[1] else (0 if tag[0].endswith("/>") else 1)
            if not depth:
                return self.html[self.start : tag.start()], tag.end()
        return self.html[self.start :], len(self.html)


def opening_tags(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern of comments, and of the start tags of ``names`` and of custom elements.

    The groups ``name`` and ``attributes`` are those of the tag.
    """
    return re.compile(
        rf"<!--.*?(?:-->|\Z)|<(?P<name>{'|'.join(names)}|[a-z][a-z0-9]*-[a-z0-9._-]*)"
        rf"(?P<attributes>(?=[\s/>]){_ATTRIBUTES})>",
        re.IGNORECASE | re.DOTALL,
    )


def read_element(tag: re.Match[str]) -> Element:
    """The element of a start tag that :func:`opening_tags` found."""
    attributes = {
        key.lower(): unescape(one or other or bare)
        for key, one, other, bare in reversed(_ATTRIBUTE.findall(tag["attributes"]))
    }
    return Element(tag["name"].lower(), tag[0], attributes, tag.string, tag.end())
