"""Cache keys: by which a content delivery network forgets all that shows a channel or an article.

Fastly and others read ``Surrogate-Key``, Cloudflare and others ``Cache-Tag``; they keep the field to themselves.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import KeyField, Site
from feedsvc.documents.fingerprints import key
from feedsvc.documents.model import Document, DocumentSpec

LONGEST = 4000
"""Bytes of the field at most. Fastly and Cloudflare heed 16 kB, Varnish takes fields of 8 kB, and a word of
nginx's configuration, which an export writes, has 4 kB."""
_SEPARATORS: dict[KeyField, str] = {"surrogate-key": " ", "cache-tag": ","}


def shows_of(site: Site, channel: Channel, records: Sequence[Record]) -> tuple[str, ...]:
    """The paths of all that a document of ``channel`` with these articles shows; none where keys are off."""
    if site.key_field is None:
        return ()
    return (channel.path, *(record.page for record in records))


def keyed(site: Site, spec: DocumentSpec) -> DocumentSpec:
    """The specification of the same document, with the cache keys of what it shows if the site wants them."""
    field = site.key_field
    if field is None or not spec.shows:
        return spec
    value = _joined([quote(path, safe="/") for path in dict.fromkeys(spec.shows)], _SEPARATORS[field])
    return replace(spec, key=key(field, spec.key, value), make=partial(_make, spec, field, value))


def with_cache_key(site: Site, document: Document, shows: Sequence[str]) -> Document:
    """The document with the cache keys of what it shows (:attr:`DocumentSpec.shows`), if the site wants them."""
    field = site.key_field
    if field is None:
        return document
    value = _joined([quote(path, safe="/") for path in dict.fromkeys(shows)], _SEPARATORS[field])
    return replace(document, fields=(*document.fields, (field, value)))


def _joined(paths: Sequence[str], separator: str) -> str:
    """As many of the paths as fit; the channel's comes first, and changes with whatever it shows."""
    joined = separator.join(paths)
    return joined if len(joined) <= LONGEST else joined[: joined.rindex(separator, 0, LONGEST + 1)]


def _make(spec: DocumentSpec, field: KeyField, value: str) -> Document:
    document = spec.make()
    return replace(document, fields=(*document.fields, (field, value)))
