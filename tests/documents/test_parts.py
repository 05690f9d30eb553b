"""Where in a feed's bytes its entries stand."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from feedsvc.documents.feed import Entry, Feed, Tombstone
from feedsvc.documents.formats import FORMATS, Format

GOLDEN = Path(__file__).parent.parent / "data" / "feeds"
CASES = [
    pytest.param(file.name.split(".")[0], form, id=f"{file.name.split('.')[0]} {form.name}")
    for file in sorted(GOLDEN.glob("*.input.json"))
    for form in FORMATS
]


def _cut(content: bytes, form: Format) -> tuple[bytes, list[bytes], bytes]:
    """Head, parts and tail; between the parts stands what the format says."""
    spans = form.parts.find(content)
    assert all(content[end:start] == form.parts.between for (_, end), (start, _) in pairwise(spans))
    first, last = (spans[0][0], spans[-1][1]) if spans else (len(content), len(content))
    return content[:first], [content[start:end] for start, end in spans], content[last:]


def _ids(content: bytes) -> list[str]:
    """The ids that a parser finds, those of tombstones included."""
    if content.startswith(b"{"):
        return [item["id"] for item in json.loads(content)["items"]]
    paths = ("deleted-entry']/@ref", "entry']/*[local-name()='id']/text()", "item']/*[local-name()='guid']/text()")
    found = etree.fromstring(content).xpath(" | ".join(f"//*[local-name()='{path}" for path in paths))
    assert isinstance(found, list)
    return list(map(str, found))


def _selections(parts: list[bytes]) -> Iterator[list[bytes]]:
    """Nothing, each alone, all but each, all."""
    yield []
    for place in range(len(parts)):
        yield parts[place : place + 1]
        yield parts[:place] + parts[place + 1 :]
    yield parts


@pytest.mark.parametrize(("case", "form"), CASES)
def test_any_parts_make_a_feed(case: str, form: Format) -> None:
    """Whatever is left out, the rest is a whole feed with the entries that were taken, in their order."""
    content = (GOLDEN / f"{case}.{form.file}").read_bytes()
    head, parts, tail = _cut(content, form)
    ids = _ids(content)
    assert len(parts) == len(ids)
    for chosen in _selections(parts):
        cut = head + form.parts.between.join(chosen) + tail if parts else content
        assert _ids(cut) == [each for each, part in zip(ids, parts, strict=True) if part in chosen]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_words_that_look_like_markup_are_no_parts(
    form: Format, make_entry: Callable[..., Entry], make_feed: Callable[..., Feed]
) -> None:
    """An article may be about feeds, and its title may look like one."""
    odd = '</entry>\n  <entry></item>\n    <item>},{"id":"x"}],"items":[{"id":"y"}]}\n<at:deleted-entry>'
    entries = [make_entry(id=f"urn:x:{odd}{number}", title=odd, content=odd, summary=odd) for number in range(3)]
    content = form.render(make_feed(*entries, title=odd, description=odd))
    _, parts, _ = _cut(content, form)
    assert len(parts) == 3
    assert _ids(content) == [entry.id for entry in entries]


def test_a_tombstone_is_a_part(make_entry: Callable[..., Entry], make_feed: Callable[..., Feed]) -> None:
    """Who has been told of a removal need not be told again; the other formats tell of none."""
    feed = make_feed(make_entry())
    stones = tuple(Tombstone(f"urn:x:{number}", feed.updated) for number in range(2))
    rss, atom, told = (_cut(form.render(replace(feed, tombstones=stones)), form)[1] for form in FORMATS)
    assert (len(rss), len(atom), len(told)) == (1, 3, 1)
    assert all(b"deleted-entry" in part for part in atom[:2])
