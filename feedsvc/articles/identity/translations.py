"""Translations: files whose names say that they are one article in several languages.

``trip.fr.md`` and ``trip.pt-br.md`` stand beside ``trip.md``, and ``index.fr.md`` beside ``index.en.md``, as Hugo
and others have it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from feedsvc.articles.record import Record

_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik is it iu ja
jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq
sr ss st su sv sw ta te tg th ti tk tl tn to tr tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ast ckb
dsb fil gsw haw hsb nds sco szl yue
"""
_CODES = frozenset(_LANGUAGES.split())
"""ISO 639-1, and the longer codes of larger languages; not ``io`` and ``ts``, by which other names end."""
_NAMED = re.compile(
    r"(?P<stem>.+)\.(?P<code>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|\d{3}))?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Translation:
    """The same article in one language."""

    language: str
    """BCP 47."""
    page: str
    """URL path of its page."""


Translations = Mapping[str, tuple[Translation, ...]]
"""By id, the pages of an article in each of its languages, its own page among them."""
NO_TRANSLATIONS: Translations = MappingProxyType({})


@lru_cache(maxsize=1024)
def split_language(stem: str) -> tuple[str, str | None]:
    """Split a file's name without suffix into the name and the language at its end (BCP 47).

    Only codes of languages count: ``v1.2`` and ``node.js`` are whole names.
    """
    found = _NAMED.fullmatch(stem)
    if found is None or found["code"].lower() not in _CODES:
        return stem, None
    code, script, region = (found[name] or "" for name in ("code", "script", "region"))
    return found["stem"], "-".join(filter(None, (code.lower(), script.title(), region.upper())))


def translations_of(records: Iterable[Record], language: str) -> Translations:
    """The translations of the articles that have any.

    Args:
        records: The articles that may be named in public, in any order.
        language: The language of articles that name none.
    """
    records = tuple(records)
    originals = {record.article.original for record in records if record.article.original}
    if not originals:
        return {}
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        original = record.article.original or record.article.path.rpartition(".")[0]
        if original in originals:
            groups[original].append(record)
    found = {original: _one_of_each(group, language) for original, group in groups.items()}
    return {
        record.id: found[original]
        for original, group in groups.items()
        for record in group
        if len(found[original]) > 1
        and Translation(record.article.language or language, record.page) in found[original]
    }


def _one_of_each(group: Iterable[Record], language: str) -> tuple[Translation, ...]:
    """A page for each language, in the order of the languages."""
    pages: dict[str, Translation] = {}
    for record in sorted(group, key=lambda record: record.article.path):
        named = record.article.language or language
        pages.setdefault(named.lower(), Translation(named, record.page))
    return tuple(pages[key] for key in sorted(pages))
