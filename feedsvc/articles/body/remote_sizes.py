"""Remote sizes: how large a recording elsewhere is, asked of its server where the article does not tell.

Podcast players want to know (RSS Advisory Board profile, enclosure). Nothing is asked unless the operator has said
so. An answer is kept with the article in the ledger, so that a server is asked once; a question is one HEAD
request, goes to public addresses alone, and never holds a round for long.
"""

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from feedsvc import __version__
from feedsvc.articles.body.site_links import site_address
from feedsvc.articles.collection import Collection, ReadArticle
from feedsvc.articles.frontmatter.media_fields import unknown_size
from feedsvc.articles.model import Article, Enclosure
from feedsvc.articles.record import Record

AskSizes = Callable[[Sequence[str]], Mapping[str, int]]
"""Takes absolute URLs; gives the size in bytes of those whose servers tell it."""
IsAllowed = Callable[[str], bool]
"""Takes an IP address as text, and tells whether it may be connected to."""

_MOST = 500
"""How many files are asked for in one round; a site that has more writes their sizes."""
_AT_ONCE = 8
_PATIENCE = 10.0
"""Seconds that a round waits for all the answers together."""
_TIMEOUT = 3.0
"""Seconds without a sign of one server."""
_REDIRECTS = 5
_LARGEST = 10**15


def with_remote_sizes(
    gathering: Collection, records: Iterable[Record], base_url: str, ask: AskSizes | None
) -> Collection:
    """The gathering with the sizes of recordings elsewhere that its new and changed articles do not tell.

    Args:
        gathering: What was read.
        records: What the ledger has; a size that it knows is not asked for again.
        base_url: Where the site is; its own files are not asked for.
        ask: Asks for them; None where nothing may be asked, and nothing changes.
    """
    if ask is None:
        return gathering
    site = site_address(base_url)
    wanted = [
        each.url
        for taken in gathering.readings
        for each in taken.article.enclosures
        if not each.length and site.below(each.url) is None
    ]
    if not wanted:
        return gathering
    kept = {each.url: each.length for record in records for each in record.article.enclosures if each.length}
    sizes = {url: kept[url] for url in wanted if url in kept}
    sizes |= ask([url for url in dict.fromkeys(wanted) if url not in sizes][:_MOST])
    answered = {unknown_size(url) for url in sizes}
    return replace(
        gathering,
        readings=tuple(_sized(taken, sizes) for taken in gathering.readings),
        problems=tuple(problem for problem in gathering.problems if problem.what not in answered),
    )


def _sized(taken: ReadArticle, sizes: Mapping[str, int]) -> ReadArticle:
    article: Article = taken.article
    enclosures: tuple[Enclosure, ...] = tuple(
        replace(each, length=sizes[each.url]) if not each.length and each.url in sizes else each
        for each in article.enclosures
    )
    return (
        taken
        if enclosures == article.enclosures
        else replace(taken, article=replace(article, enclosures=enclosures))
    )


def is_public(address: str) -> bool:
    """Whether anybody may be sent to the IP ``address``: no machine of the own network, or of this one."""
    found = ip_address(address.partition("%")[0])
    return found.is_global and not found.is_multicast


def ask_sizes(urls: Sequence[str], is_allowed: IsAllowed = is_public) -> Mapping[str, int]:
    """Ask the servers of ``urls`` for their sizes, several at once, for ten seconds at the most.

    Args:
        urls: Absolute, ``http`` or ``https``.
        is_allowed: Which addresses may be connected to.

    Returns:
        The sizes in bytes of those that were told; one that cannot be had is left out.
    """
    if not urls:
        return {}
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sizes")
    asked = {pool.submit(_size, url, is_allowed): url for url in urls}
    done, _ = wait(asked, timeout=_PATIENCE)
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[each]: size for each in done if (size := each.result()) is not None}


def _size(url: str, is_allowed: IsAllowed) -> int | None:
    """The Content-Length that a HEAD of ``url`` is answered with (RFC 9110, sections 8.6 and 9.3.2)."""
    import httpx2  # noqa: PLC0415  it takes its time, and few sites ask

    headers = {"user-agent": f"feedsvc/{__version__} (sizes)", "accept-encoding": "identity"}
    try:
        with httpx2.Client(timeout=_TIMEOUT, headers=headers, trust_env=False, follow_redirects=False) as client:
            for _ in range(_REDIRECTS):
                place = _place(url, is_allowed)
                if place is None:
                    return None
                target, host = place
                answer = client.head(target, headers={"host": host}, extensions={"sni_hostname": _name(host)})
                if not answer.has_redirect_location:
                    return _told(answer.status_code, answer.headers)
                url = urljoin(url, answer.headers["location"])
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        return None
    return None


def _told(status: int, headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length", "")
    if status != 200 or "content-encoding" in headers or not (length.isascii() and length.isdigit()):
        return None
    return size if 0 < (size := int(length)) <= _LARGEST else None


def _place(url: str, is_allowed: IsAllowed) -> tuple[str, str] | None:
    """The URL with an allowed address of its host in place of the name, and the host as it was written.

    The connection is made to the very address that was judged: a name may lead elsewhere the next time it is
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


def _name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or host
