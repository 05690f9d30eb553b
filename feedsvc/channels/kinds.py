"""The kinds of channels that articles make by themselves, and in which of them an article is.

Sections, tags and authors are a row of :data:`KINDS` each. An article leaves a channel with a tag, an author or a
folder, or with all of them when it leaves the feeds. The channel stays, since it has subscribers, and its date is
that of its newest membership change or article change; so it never goes backward. By the newest membership change
it is known, too, since when an empty channel has been empty. A channel that the operator describes in other words
is another selection: only what articles do is remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from typing import Literal
from unicodedata import normalize

from feedsvc.articles.identity.paths import folder_key, name_key, name_slug, readable_name, short_slug
from feedsvc.articles.model import Article
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translatable
from feedsvc.core.urls import RESERVED

ChannelKey = tuple[str, str]
"""The kind and the key of a channel."""
Membership = tuple[str, str, str]
"""Kind, key and label of a channel that an article is in; the label is the article's own spelling."""


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One kind of channels, with all that differs from kind to kind."""

    name: str
    """In the store, in the OPML and for themes; never another, or channels lose their dates."""
    keys: Callable[[Article], Iterable[tuple[str, str]]]
    """The key and the label of each channel of this kind that an article is in, each key once."""
    path: Callable[[str], str]
    """The path of the channel with a key. Its first segment is reserved (:mod:`feedsvc.core.urls`)."""
    description: str
    """Of a channel, in English, with ``%(label)s`` and ``%(site)s``."""
    heading: str
    """Above a list of such channels, in English."""
    directory: str | None = None
    """The path of the page that lists all of them; None where the landing page does."""
    advertised: Literal["all", "innermost", "none"] = "none"
    """Of which of these channels an article's page names feeds: one feed of each; every feed of the last; none."""
    listed_with: tuple[str, ...] = ()
    """Other kinds of channels that stand under the same heading."""


@lru_cache(maxsize=4096)
def _folder_labels(folder: str) -> dict[str, str]:
    """Part of a section's URL to the folder's own name, for the folders of a path."""
    parts = normalize("NFC", folder).split("/")
    return {short_slug(part): part for part in parts} | {folder_key(part): part for part in parts}


def _sections(article: Article) -> Iterator[tuple[str, str]]:
    """The section and those around it, the outermost first."""
    section = article.section_key or article.section
    if section:
        labels = _folder_labels(article.path.rpartition("/")[0])
        for key in accumulate(section.split("/"), lambda outer, inner: f"{outer}/{inner}"):
            part = key.rpartition("/")[2]
            yield key, readable_name(labels.get(part, part))


def _section_path(key: str) -> str:
    first, *rest = key.split("/")
    return "/".join(["", f"{first}-2" if first in RESERVED else first, *rest, ""])


def _keyed(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The common key of all spellings of each name, with the first spelling."""
    labels: dict[str, str] = {}
    for name in names:
        labels.setdefault(name_key(name), name)
    return labels.items()


KINDS = (
    ChannelKind(
        "section",
        _sections,
        _section_path,
        translatable("What is new in %(label)s, from %(site)s."),
        translatable("Sections"),
        advertised="innermost",
        listed_with=("query",),
    ),
    ChannelKind(
        "tag",
        lambda article: _keyed(article.tags),
        lambda key: f"/tags/{name_slug(key)}/",
        translatable("What %(site)s has about %(label)s."),
        translatable("Tags"),
        "/tags/",
        advertised="all",
    ),
    ChannelKind(
        "author",
        lambda article: _keyed(author.name for author in article.authors),
        lambda key: f"/authors/{name_slug(key)}/",
        translatable("What %(label)s writes for %(site)s."),
        translatable("Authors"),
        "/authors/",
    ),
)
"""In the order in which they are listed."""


def kind_named(name: str) -> ChannelKind | None:
    """The kind of that name; None for the site, for the operator's queries and for a kind that is no more."""
    return next((kind for kind in KINDS if kind.name == name), None)


def memberships(article: Article) -> Iterator[Membership]:
    """The channels that the article is in beside the site's and the operator's, each once."""
    for kind in KINDS:
        for key, label in kind.keys(article):
            yield kind.name, key, label


def advertised_memberships(article: Article) -> Iterator[Membership]:
    """The channels whose feeds the article's page names."""
    for kind in KINDS:
        found = [] if kind.advertised == "none" else list(kind.keys(article))
        for key, label in found[-1:] if kind.advertised == "innermost" else found:
            yield kind.name, key, label


def channel_path(kind: str, key: str) -> str:
    """The path of the channel that :func:`memberships` gives this kind and key.

    Raises:
        KeyError: There is no such kind.
    """
    found = kind_named(kind)
    if found is None:
        raise KeyError(kind)
    return found.path(key)


def tag_path(tag: str) -> str:
    """The path of the channel of a tag, in any of its spellings."""
    return channel_path("tag", name_key(tag))


def author_path(name: str) -> str:
    """The path of the channel of an author, in any spelling of the name."""
    return channel_path("author", name_key(name))


def note_membership_changes(
    site: Site, before: Mapping[str, Record], after: Mapping[str, Record], now: datetime
) -> Mapping[str, Record]:
    """The records ``after`` a round, with the membership changes since ``before``.

    Args:
        site: The site's options, as the operator has set them.
        before: The records as the last round left them, by id.
        after: The same as this round releases them.
        now: The moment of this round; aware, in whole seconds.
    """
    return {key: _noted(site, before.get(key), record, now) for key, record in after.items()}


def channels_of(site: Site, article: Article) -> Mapping[ChannelKey, str]:
    """The channels beside the site's that an article in the feeds is in: kind and key, and the label it gives."""
    fitting = [query for query in site.queries if query.fits(article, site.language)]
    named: dict[ChannelKey, str] = {("query", query.path): query.title for query in fitting}
    return named | {(kind, key): label for kind, key, label in memberships(article)}


def left_with_feeds(record: Record, change: MembershipChange) -> bool:
    """Whether the article is in no feed, and stood in that channel until then."""
    return not record.listed and record.changed is not None and record.changed <= change.when


def _noted(site: Site, before: Record | None, record: Record, now: datetime) -> Record:
    """The record with its membership_changes; the very same object where there were none."""
    if before is None or before is record or before.changed is None:
        return record  # its first appearance is as old as it says itself
    old, new = (channels_of(site, each.article) if each.listed else {} for each in (before, record))
    crossed = old.keys() ^ new.keys()
    labels = {**old, **new}
    if not crossed:
        return record
    latest = {(change.kind, change.key): change for change in record.membership_changes}
    for kind, key in crossed:
        past = latest.get((kind, key))
        # The clock may have been set back.
        when = max(now, record.changed or now, past.when if past else now)
        latest[kind, key] = MembershipChange(kind, key, labels[kind, key], when)
    return replace(record, membership_changes=tuple(latest[place] for place in sorted(latest)))
