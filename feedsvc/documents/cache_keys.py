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
    return replace(spec, key=key(field, spec.key, _value(field, spec.shows)), make=partial(_make, site, spec))


def _make(site: Site, spec: DocumentSpec) -> Document:
    return with_cache_key(site, spec.make(), spec.shows)


def with_cache_key(site: Site, document: Document, shows: Sequence[str]) -> Document:
    """The document with the cache keys of what it shows (:attr:`DocumentSpec.shows`), if the site wants them."""
    field = site.key_field
    return (
        document if field is None else replace(document, fields=(*document.fields, (field, _value(field, shows))))
    )


def _value(field: KeyField, shows: Sequence[str]) -> str:
    """As many of the paths as fit; the channel's comes first, and changes with whatever it shows."""
    separator = _SEPARATORS[field]
    joined = separator.join(quote(path, safe="/") for path in dict.fromkeys(shows))
    return joined if len(joined) <= LONGEST else joined[: joined.rindex(separator, 0, LONGEST + 1)]
