"""Fetch an existing feed and the older documents it links to, from the web or from files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2

from feedsvc import __version__
from feedsvc.core.errors import FeedError
from feedsvc.operations.adopt.parse import OldEntry, OldFeedPage, parse

DOCUMENTS = 1000
"""The most documents of one feed that are read."""
SIZE = 50_000_000
"""The largest document that is read, in bytes after decompression."""
_REMEDY = "check the address, or save the feed to a file and give that"
TIMEOUT = 20.0
"""Seconds without any byte from the server after which a request fails."""


class MissingError(FeedError):
    """The server has no document at this address."""


Progress = Callable[[str], None]
"""Called with the address of each document before it is fetched."""


def fetch_feed(sources: Iterable[str], progress: Progress = lambda _: None) -> tuple[OldEntry, ...]:
    """Read what the ``sources`` hold: addresses, with the older documents they link to, and files.

    Returns:
        The entries in the order they were met, so that of two with one id the newest reading counts.

    Raises:
        FeedError: One of them cannot be read, or is no feed.
    """
    found: dict[str, OldEntry] = {}
    headers = {"user-agent": f"feedsvc/{__version__} (adopt)"}
    with httpx2.Client(follow_redirects=True, timeout=TIMEOUT, headers=headers) as client:
        for source in sources:
            web = source.lower().startswith(("http://", "https://"))
            for page in _walk(client, source, progress) if web else [_read(source, progress)]:
                for entry in page.entries:
                    if entry.id:
                        found.setdefault(entry.id, entry)
    return tuple(found.values())


def _read(source: str, progress: Progress) -> OldFeedPage:
    progress(source)
    try:
        return parse(Path(source).read_bytes(), source)
    except OSError as error:
        raise FeedError(f"{source} cannot be read ({error.strerror})", "check its name and rights") from error


def _walk(client: httpx2.Client, address: str, progress: Progress) -> Iterator[OldFeedPage]:
    """The documents of a feed, newest first, until one leads to no older document or contains nothing new.

    WordPress does not link to older documents. They are at ``?paged=2`` and so on, up to a 404.
    """
    waiting, guessed, seen, ids = [address], set[str](), set[str](), set[str]()
    while waiting:
        older = waiting.pop(0)
        if older in seen:
            continue
        _limit(address, len(seen))
        seen.add(older)
        progress(older)
        try:
            page = parse(_fetch(client, older), older)
        except MissingError:
            if older in guessed:
                continue
            raise
        yield page
        if new := {entry.id for entry in page.entries} - ids:
            ids |= new
            waiting += page.older
            if page.paged and not page.older:
                waiting.append(_next_page(older))
                guessed.add(waiting[-1])


def _limit(address: str, documents: int) -> None:
    if documents > DOCUMENTS:
        what = f"{address} leads to more than {DOCUMENTS} documents"
        raise FeedError(what, "save those that hold entries to files, and give these")


def _fetch(client: httpx2.Client, address: str) -> bytes:
    """The document at an address.

    Raises:
        MissingError: There is none.
        FeedError: It cannot be had.
    """
    try:
        with client.stream("GET", address) as answer:
            if answer.status_code != 200:
                kind = MissingError if answer.status_code == 404 else FeedError
                raise kind(f"{address} answers with status {answer.status_code}", _REMEDY)
            return _content(answer, address)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FeedError(f"{address} cannot be fetched ({error})", _REMEDY) from error


def _content(answer: httpx2.Response, address: str) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > SIZE:
            raise FeedError(f"{address} is larger than {SIZE} bytes", _REMEDY)
        parts.append(part)
    return b"".join(parts)


def _next_page(address: str) -> str:
    parts = urlsplit(address)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    number = int(query["paged"]) + 1 if query.get("paged", "").isdecimal() else 2
    return urlunsplit(parts._replace(query=urlencode({**query, "paged": number})))
