"""Sizes of recordings on other servers, asked of these servers where the article gives none.

Podcast players need them (RSS Advisory Board profile, enclosure). No server is asked unless the operator allows
it. An answer is kept with the article in the ledger, so that a server is asked once; a question is one HEAD
request, goes to public addresses alone, and never holds a round for long.
"""

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from feedsvc import __version__
from feedsvc.articles.body.site_links import site_address
from feedsvc.articles.collector import Collection
from feedsvc.articles.frontmatter.media_fields import unknown_size
from feedsvc.articles.model import ReadArticle
from feedsvc.articles.record import Record
from feedsvc.core.urls import is_public

AskSizes = Callable[[Sequence[str]], Mapping[str, int]]
"""Takes absolute URLs; gives the sizes in bytes that their servers answered with."""
IsAllowed = Callable[[str], bool]
"""Takes an IP address as text; gives whether it may be connected to."""

_MOST = 500
"""How many files are asked for in one round; a site that has more writes their sizes."""
_AT_ONCE = 8
_TOTAL_TIMEOUT = 10.0
"""Seconds that a round waits for all the answers together."""
_TIMEOUT = 3.0
"""Seconds that one server may be silent."""
_REDIRECTS = 5
_LARGEST = 10**15


def with_remote_sizes(
    collection: Collection, records: Iterable[Record], base_url: str, ask: AskSizes | None
) -> Collection:
    """The collection with the sizes of recordings elsewhere that its new and changed articles lack.

    Args:
        collection: The articles that were read.
        records: The records of the ledger; a size in them is not asked for again.
        base_url: Where the site is; its own files are not asked for.
        ask: Asks for them; None where nothing may be asked, and nothing changes.
    """
    if ask is None:
        return collection
    site = site_address(base_url)
    wanted = [
        each.url
        for reading in collection.readings
        for each in reading.article.enclosures
        if not each.length and site.below(each.url) is None
    ]
    if not wanted:
        return collection
    kept = {each.url: each.length for record in records for each in record.article.enclosures if each.length}
    sizes = {url: kept[url] for url in wanted if url in kept}
    sizes |= ask([url for url in dict.fromkeys(wanted) if url not in sizes][:_MOST])
    answered = {unknown_size(url) for url in sizes}
    return replace(
        collection,
        readings=tuple(_sized(reading, sizes) for reading in collection.readings),
        problems=tuple(problem for problem in collection.problems if problem.what not in answered),
    )


def _sized(reading: ReadArticle, sizes: Mapping[str, int]) -> ReadArticle:
    enclosures = tuple(
        replace(each, length=each.length or sizes.get(each.url, 0)) for each in reading.article.enclosures
    )
    if enclosures == reading.article.enclosures:
        return reading  # and its article stays the one that is in memory already
    return replace(reading, article=replace(reading.article, enclosures=enclosures))


def ask_sizes(urls: Sequence[str], is_allowed: IsAllowed = is_public) -> Mapping[str, int]:
    """Ask the servers of ``urls`` for their sizes, several at once, for ten seconds at the most.

    Args:
        urls: Absolute, ``http`` or ``https``.
        is_allowed: Which addresses may be connected to.

    Returns:
        The sizes in bytes that were answered; one that cannot be had is left out.
    """
    if not urls:
        return {}
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sizes")
    asked = {pool.submit(_size, url, is_allowed): url for url in urls}
    done, _ = wait(asked, timeout=_TOTAL_TIMEOUT)
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[each]: size for each in done if (size := each.result()) is not None}


def _size(url: str, is_allowed: IsAllowed) -> int | None:
    """The Content-Length that a HEAD of ``url`` is answered with (RFC 9110, sections 8.6 and 9.3.2)."""
    import httpx2  # noqa: PLC0415  it takes its time, and few sites ask

    headers = {"user-agent": f"feedsvc/{__version__} (sizes)", "accept-encoding": "identity"}
    try:
        with httpx2.Client(timeout=_TIMEOUT, headers=headers, trust_env=False, follow_redirects=False) as client:
            for _ in range(_REDIRECTS):
                resolved = _resolved(url, is_allowed)
                if resolved is None:
                    return None
                target, host = resolved
                answer = client.head(
                    target,
                    headers={"host": host},
                    extensions={"sni_hostname": urlsplit(f"//{host}").hostname or host},
                )
                if not answer.has_redirect_location:
                    return _content_length(answer.status_code, answer.headers)
                url = urljoin(url, answer.headers["location"])
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        return None
    return None


def _content_length(status: int, headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length", "")
    if status != 200 or "content-encoding" in headers or not (length.isascii() and length.isdigit()):
        return None
    return size if 0 < (size := int(length)) <= _LARGEST else None


def _resolved(url: str, is_allowed: IsAllowed) -> tuple[str, str] | None:
    """The URL with an allowed address of its host in place of the name, and the host as it was written.

    The connection is made to the very address that was checked: a name may lead elsewhere the next time it is
    looked up.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    except OSError:
        return None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(is_allowed, addresses)):
        return None
    address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{address}{port}", fragment="").geturl(), parts.netloc
