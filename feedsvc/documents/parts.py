"""Parts: where in a feed's bytes its entries and tombstones stand, each of which can be left out.

What a reader has already is left out of what it is sent (RFC 3229). So a delta is made of the very bytes of the
feed, and nothing has to be written twice. No parser is needed to find them again in what was just written: lxml
writes each ``<``, and json each quotation mark, of a text as something else, so one that stands there as itself
is markup.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]
"""The first byte, and the one behind the last."""

_ITEMS = b'"items":['
_NEXT_ITEM = b',{"id":'
_END = b"]}\n"
_WHITE = b" \n"


@dataclass(frozen=True, slots=True)
class Parts:
    """How to find the parts of a feed."""

    find: Callable[[bytes], tuple[Span, ...]]
    """Gives the spans in their order; between two of them stands ``between``, and nothing else."""
    between: bytes = b""


def _atom_spans(content: bytes) -> tuple[Span, ...]:
    return (*_elements(content, b"at:deleted-entry"), *_elements(content, b"entry"))


def _rss_spans(content: bytes) -> tuple[Span, ...]:
    return tuple(_elements(content, b"item"))


def _elements(content: bytes, name: bytes) -> Iterator[Span]:
    """The elements of that name, each with the white space before it; none stands in another."""
    closing = b"</%b>" % name
    start = content.find(b"<" + name)
    while start >= 0:
        end = content.index(closing, start) + len(closing)
        while content[start - 1] in _WHITE:
            start -= 1
        yield start, end
        start = content.find(b"<" + name, end)


def _json_spans(content: bytes) -> tuple[Span, ...]:
    spans: list[Span] = []
    start, last = content.index(_ITEMS) + len(_ITEMS), len(content) - len(_END)
    while start < last:
        found = content.find(_NEXT_ITEM, start)
        spans.append((start, last if found < 0 else found))
        start = spans[-1][1] + 1
    return tuple(spans)


ATOM_PARTS = Parts(_atom_spans)
RSS_PARTS = Parts(_rss_spans)
JSON_PARTS = Parts(_json_spans, b",")
