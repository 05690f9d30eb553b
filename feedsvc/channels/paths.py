"""Places: in which sections, tags and authors' channels an article stands, and where these are."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from unicodedata import normalize

from feedsvc.articles.identity.paths import folder_key, name_key, name_slug, short_slug
from feedsvc.articles.model import Article
from feedsvc.articles.record import PlaceKind
from feedsvc.core.reserved_paths import RESERVED

Place = tuple[PlaceKind, str, str]
"""Kind, key, and the label that this article gives it."""


def channel_paths(article: Article) -> Iterator[Place]:
    """The channels of an article beside the site's own, each once."""
    for section, label in _sections(article.section_key or article.section, article.path):
        yield "section", section, label
    yield from _named("tag", article.tags)
    yield from _named("author", (author.name for author in article.authors))


def place_path(kind: PlaceKind, key: str) -> str:
    """The path of the channel that :func:`channel_paths` gives this kind and key."""
    if kind == "section":
        first, *rest = key.split("/")
        return "/".join(["", f"{first}-2" if first in RESERVED else first, *rest, ""])
    return f"/{kind}s/{name_slug(key)}/"


def tag_path(tag: str) -> str:
    """The path of the channel of a tag, in any of its spellings."""
    return place_path("tag", name_key(tag))


def author_path(name: str) -> str:
    """The path of the channel of an author, in any spelling of the name."""
    return place_path("author", name_key(name))


def _named(kind: PlaceKind, names: Iterator[str] | tuple[str, ...]) -> Iterator[Place]:
    labels: dict[str, str] = {}
    for name in names:
        labels.setdefault(name_key(name), name)
    for key, label in labels.items():
        yield kind, key, label


@lru_cache(maxsize=4096)
def _folder_labels(folder: str) -> dict[str, str]:
    """Part of a section's URL to the folder's own name, for the folders of a path."""
    parts = normalize("NFC", folder).split("/")
    return {short_slug(part): part for part in parts} | {folder_key(part): part for part in parts}


def _sections(section: str, path: str) -> Iterator[tuple[str, str]]:
    """The section and those around it, the outermost first."""
    if section:
        labels = _folder_labels(path.rpartition("/")[0])
        for key in accumulate(section.split("/"), lambda outer, inner: f"{outer}/{inner}"):
            part = key.rpartition("/")[2]
            yield key, _readable(labels.get(part, part))


def _readable(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]
