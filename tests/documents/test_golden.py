import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from repository import DATA

from feedsvc.articles.model import Author, Enclosure, Episode, Links, Picture
from feedsvc.documents.feeds.channel_feeds import FORMATS, Format
from feedsvc.documents.feeds.model import Entry, Feed, Show

GOLDEN = DATA / "feeds"
"""``<case>.input.json`` holds a feed without any format; beside it stands what each format makes of it."""


def _feed(path: Path) -> Feed:
    values = json.loads(path.read_text(encoding="utf-8"))
    entries = tuple(_entry(entry) for entry in values.pop("entries"))
    author = Author(**values["author"]) if "author" in values else None
    made: dict[str, object] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    made |= {"updated": datetime.fromisoformat(values["updated"]), "entries": entries, "author": author}
    if "podcast" in values:
        made["podcast"] = Show(**values["podcast"] | {"categories": tuple(values["podcast"]["categories"])})
    return Feed(**made)  # type: ignore[arg-type]  # from a file


def _entry(values: dict[str, object]) -> Entry:
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    for name in ("published", "updated"):
        made[name] = datetime.fromisoformat(str(values[name]))
    for name, kind in (("authors", Author), ("enclosures", Enclosure)):
        made[name] = tuple(kind(**one) for one in made.get(name, ()))  # type: ignore[attr-defined]  # from a file
    if "image" in values:
        made["image"] = Picture(**values["image"])  # type: ignore[arg-type]  # from a file
    if isinstance(episode := values.get("episode"), dict):
        made["episode"] = Episode(**episode | {"transcripts": tuple(episode.get("transcripts", ()))})
    if isinstance(links := values.get("links"), dict):
        via, related = (tuple(links.get(name, ())) for name in ("via", "related"))
        made["links"] = Links(links.get("external"), via, related)
    return Entry(**made)  # type: ignore[arg-type]  # from a file


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("case", sorted(GOLDEN.glob("*.input.json")), ids=lambda path: path.name.split(".")[0])
def test_a__feed_keeps_its_bytes(case: Path, form: Format) -> None:
    """A new release of a library that changes a byte is noticed; ``WRITE_GOLDEN=1`` writes what is new."""
    name = case.name.removesuffix("input.json") + form.file
    feed = _feed(case)
    document = form.render(replace(feed, self_url=feed.url + form.file))
    if os.environ.get("WRITE_GOLDEN"):
        case.with_name(name).write_bytes(document)
    assert document == case.with_name(name).read_bytes()
