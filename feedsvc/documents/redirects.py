"""Redirects of the site: from addresses that people and readers try for a feed, and from what the operator moved.

Redirects from the former addresses of articles are made on demand (:mod:`.on_demand`).
"""

from collections.abc import Container, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from feedsvc.channels.site import Site
from feedsvc.documents.feed_addresses import SITE_FEEDS
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.fingerprints import key
from feedsvc.documents.model import MOVED, REDIRECT, Document, DocumentSpec, Traits
from feedsvc.documents.pages.errors import gone_page
from feedsvc.documents.pages.renderer import PageRenderer

REDIRECTS: Mapping[str, str] = MappingProxyType({**SITE_FEEDS, "/index.html": "/", "/index.htm": "/"})
"""Address -> path on this site: what other programs have at these addresses, and what people try."""


def guessed_addresses(site: Site, taken: Container[str]) -> Iterator[DocumentSpec]:
    """The redirects from :data:`REDIRECTS`, except where a page is (``taken``); readers poll them for years."""
    for guess, path in REDIRECTS.items():
        if guess not in taken:
            yield _redirect(guess, site.url(path), REDIRECT)


def moved_by_operator(renderer: PageRenderer) -> Iterator[DocumentSpec]:
    """The documents of the setting ``redirects``: a whole channel, or one address, leads elsewhere or is gone."""
    site = renderer.site
    for former, target in site.moved:
        files = ("", *(form.file for form in FORMATS)) if former.endswith("/") else ("",)
        for file in files:
            path = former + file
            if target is None:
                yield DocumentSpec(path, renderer.key("gone"), partial(gone_page, renderer, path))
            else:
                address = target + file if target.endswith("/") else target
                yield _redirect(path, site.url(address) if address.startswith("/") else address, MOVED)


def _redirect(path: str, target: str, traits: Traits) -> DocumentSpec:
    return DocumentSpec(path, key("redirect", target), partial(_make_redirect, path, target, traits))


def _make_redirect(path: str, target: str, traits: Traits) -> Document:
    return Document(path, traits, "", b"", location=target)
