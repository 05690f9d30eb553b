"""Purging caches: after an edition the caches in front of the site forget what changed in it.

By keys where the site sends them (``http.cache_keys``), which also covers what is rendered on demand; else by URL.
Where a purge fails it is tried again, and the copies get old by themselves (max-age) meanwhile.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlsplit

from feedsvc.core.urls import SITEMAP
from feedsvc.documents.model import Kind
from feedsvc.push.client import PushClient
from feedsvc.push.delivery import ChangeDelivery, Request
from feedsvc.store.editions import Changed
from feedsvc.store.push_store import Pending, PushStore

CacheKind = Literal["fastly", "cloudflare", "bunny", "varnish"]

_MOST_KEYS: Mapping[CacheKind, int] = {"fastly": 256, "cloudflare": 100, "varnish": 1}
"""Keys or URLs in one request, as each documents it."""
_KEYED: AbstractSet[Kind] = frozenset({"feed", "page"})
"""The kinds of documents that name keys; a sitemap or a list of subscriptions has none."""
_PAUSE = 0.25
"""Seconds between two requests: Cloudflare counts them by the second, and a burst helps nobody."""
_API: Mapping[CacheKind, str] = {
    "fastly": "https://api.fastly.com",
    "cloudflare": "https://api.cloudflare.com/client/v4",
    "bunny": "https://api.bunny.net",
}


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache in front of the site."""

    name: str
    kind: CacheKind
    id: str = ""
    """Fastly's service, Cloudflare's zone."""
    token: str = field(default="", repr=False)
    url: str = ""
    """Where Varnish is; of the others, where their interface is if not at the usual place."""

    @property
    def api(self) -> str:
        """The address of its interface, without a slash at its end."""
        return self.url or _API[self.kind]


class CachePurges(ChangeDelivery):
    """Tells caches what to forget. It belongs to one event loop."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that it works with
        self,
        store: PushStore,
        client: PushClient,
        caches: Sequence[Cache],
        base_url: str,
        has_keys: bool,
        clock: Callable[[], float],
    ) -> None:
        """Prepare to purge.

        Args:
            store: Says what changed.
            client: Sends.
            caches: The caches.
            base_url: The public address of the site, without a slash at its end.
            has_keys: Whether responses name the keys by which a cache can forget them.
            clock: Tells seconds since 1970.
        """
        super().__init__(store, client, clock, _PAUSE)
        self._caches = {each.name: each for each in caches}
        self._base_url = base_url
        self._has_keys = has_keys

    def url(self, pending: Pending) -> str:
        """See :class:`.Delivery`."""
        return self._caches[pending.destination.address].api

    def requests(self, pending: Pending, changed: Changed) -> Sequence[Request]:
        """The purges of all that changed; see :class:`.ChangeDelivery`."""
        return [
            *purges(self._caches[pending.destination.address], changed, self._base_url, has_keys=self._has_keys)
        ]


def purges(cache: Cache, changed: Changed, base_url: str, *, has_keys: bool) -> Iterator[Request]:
    """The requests by which a cache forgets what changed: by keys, and by URL what has none."""
    by_key = has_keys and cache.kind != "bunny"
    make, most = _PURGES[cache.kind], _MOST_KEYS.get(cache.kind, 1)
    found = keys(changed) if by_key else ()
    for begin in range(0, len(found), most):
        yield from make(cache, found[begin : begin + most], base_url, by_key=True)
    paths = _paths(changed, _KEYED if by_key else frozenset())
    for begin in range(0, len(paths), most):
        yield from make(cache, paths[begin : begin + most], base_url, by_key=False)


def _paths(changed: Changed, without: AbstractSet[Kind]) -> Sequence[str]:
    """The paths of what changed, but for documents of some kinds."""
    paths = {each.path for each in changed.responses if each.kind not in without and each.path.startswith("/")}
    if "page" not in without:
        paths.update(_pages(changed))
    if changed.articles:
        paths.add(SITEMAP)
    return sorted(paths)


def keys(changed: Changed) -> Sequence[str]:
    """The cache keys of what changed: the paths of channels and of articles, as responses name them."""
    channels = {each.path.rpartition("/")[0] + "/" for each in changed.responses if each.kind == "feed"}
    return [quote(path, safe="/") for path in sorted(channels | set(_pages(changed)))]


def _pages(changed: Changed) -> Iterator[str]:
    return (each.page for each in changed.articles if each.page.startswith("/"))


def _fastly(cache: Cache, told: Sequence[str], base_url: str, *, by_key: bool) -> Iterator[Request]:
    """Fastly's purge API; soft, so that the stale copy stands in while the new one is fetched."""
    headers = {"fastly-key": cache.token, "fastly-soft-purge": "1", "accept": "application/json"}
    if by_key:
        content = json.dumps({"surrogate_keys": list(told)}).encode()
        url = f"{cache.api}/service/{quote(cache.id, safe='')}/purge"
        yield Request("POST", url, {**headers, "content-type": "application/json"}, content)
        return
    for path in told:
        yield Request("POST", f"{cache.api}/purge/{base_url.partition('://')[2]}{quote(path)}", headers)


def _cloudflare(cache: Cache, told: Sequence[str], base_url: str, *, by_key: bool) -> Iterator[Request]:
    """Cloudflare's purge_cache, by tags or by URLs."""
    content = {"tags": list(told)} if by_key else {"files": [base_url + quote(path) for path in told]}
    headers = {"authorization": f"Bearer {cache.token}", "content-type": "application/json"}
    url = f"{cache.api}/zones/{quote(cache.id, safe='')}/purge_cache"
    yield Request("POST", url, headers, json.dumps(content).encode())


def _bunny(cache: Cache, told: Sequence[str], base_url: str, *, by_key: bool) -> Iterator[Request]:  # noqa: ARG001 - it knows no keys of ours
    """Bunny's purge of a URL; it answers before all is done."""
    for path in told:
        url = f"{cache.api}/purge?url={quote(base_url + quote(path), safe='')}&async=true"
        yield Request("POST", url, {"accesskey": cache.token, "accept": "application/json"})


def _varnish(cache: Cache, told: Sequence[str], base_url: str, *, by_key: bool) -> Iterator[Request]:
    """PURGE, as ``deploy/varnish.vcl`` takes it."""
    host = {"host": urlsplit(base_url).netloc}
    for each in told:
        if by_key:
            yield Request("PURGE", f"{cache.api}/", {**host, "x-key": each})
        else:
            yield Request("PURGE", cache.api + urlsplit(base_url).path + quote(each), host)


_PURGES = {"fastly": _fastly, "cloudflare": _cloudflare, "bunny": _bunny, "varnish": _varnish}
