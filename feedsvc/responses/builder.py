"""Build responses from documents: their content codings, and all header fields that no request can change.

:func:`prepare` builds one, :func:`compressed` many, in threads, while the next documents are rendered. Compression
releases the interpreter lock, so threads use every core for it.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from feedsvc.core.media_types import bare_media_type
from feedsvc.core.timestamps import http_date, unix_time
from feedsvc.documents.model import Document, Link
from feedsvc.responses.encodings import ON_DEMAND, PREPARED, Effort, compressible, encode, hash_of, tag
from feedsvc.responses.response import Representation, Response

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src * data:; media-src *; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of a page: no script whatsoever, the site's own stylesheet, and pictures and sound from
anywhere, as articles have them. A page whose article shows a player of another site allows that host besides."""
ACTIVE_TYPES = frozenset({"image/svg+xml", "text/html", "text/xml", "application/xml", "application/xhtml+xml"})
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""Content-Security-Policy of media files that could run scripts in a browser when opened by themselves."""
SHOWN = ("image/", "audio/", "video/")
SHOWN_TYPES = frozenset({"application/json", "application/pdf", "application/x-subrip", "text/csv", "text/vtt"})
"""Media types that a browser may show. It has to download any other, and so runs nothing of it (RFC 6266)."""

_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"


def prepare(
    document: Document,
    key: str,
    last_modified: int,
    content_hash: bytes | None = None,
    effort: Effort | None = None,
) -> Response:
    """Make the response of a document.

    Args:
        document: What the URL path holds.
        key: Of the specification that the document was made by.
        last_modified: When the path's bytes last changed, in seconds since 1970.
        content_hash: The :func:`hash_of` its bytes, where that is known.
        effort: The levels to compress it at; None for those of the service.
    """
    content_hash = content_hash or hash_of(document.content)
    headers = _headers(document)
    return Response(
        path=document.path,
        headers=tuple(headers),
        representations=_representations(document, content_hash, effort),
        last_modified=last_modified,
        file=document.file.source if document.file and not _is_kept(document) else None,
        traits=document.traits,
        key=key,
        digest=_digest(document, headers, content_hash),
    )


def digest(document: Document, content_hash: bytes | None = None) -> str:
    """SHA-256, in hex, over all that a client could see of a document: status, header fields and bytes.

    A round compares it with the last edition's before it compresses anything.
    """
    return _digest(document, _headers(document), content_hash or hash_of(document.content))


def _digest(document: Document, headers: list[tuple[str, str]], content_hash: bytes) -> str:
    file = document.file.digest if document.file else None
    # A list in JSON cannot be read in two ways, however odd a header field's value is.
    head = json.dumps([document.traits.status, headers, file])
    return hashlib.sha256(head.encode() + b"\n" + content_hash).hexdigest()


def _representations(document: Document, content_hash: bytes, effort: Effort | None) -> tuple[Representation, ...]:
    if document.file and not _is_kept(document):
        file = document.file
        return (Representation("identity", tag(bytes.fromhex(file.digest)), b"", file.size),)
    media_type = document.file.media_type if document.file else document.media_type
    effort = effort or (PREPARED if document.traits.prepared else ON_DEMAND)
    return encode(document.content, media_type, effort, content_hash)


def _is_kept(document: Document) -> bool:
    """Whether it is a media file whose bytes the store keeps."""
    return document.file is not None and document.file.kept is not None


def _headers(document: Document) -> list[tuple[str, str]]:
    media_type = document.file.media_type if document.file else document.media_type
    fields = [("content-type", media_type)] if media_type else []
    if document.location is not None:
        fields.append(("location", uri(document.location)))
    if document.sunset is not None:
        fields.append(("sunset", http_date(unix_time(document.sunset)).decode("ascii")))
    if document.links:
        fields.append(("link", ", ".join(_link(link) for link in document.links)))
    if (document.file is None or _is_kept(document)) and compressible(media_type):
        # Also where no coding is worth it today: caches have to know before the document grows.
        fields.append(("vary", "Accept-Encoding, Sec-Fetch-Dest" if document.traits.varies else "Accept-Encoding"))
    fields += document.fields
    fields += _protection(bare_media_type(media_type), document)
    return fields


def _protection(name: str, document: Document) -> list[tuple[str, str]]:
    fields = [("x-content-type-options", "nosniff")]
    if document.file is not None:
        is_shown = name.startswith(SHOWN) or name in SHOWN_TYPES
        is_shown = is_shown or (document.traits.kind == "file" and name == "text/plain")
        if not is_shown:
            fields.append(("content-disposition", "attachment"))
        if not is_shown or name in ACTIVE_TYPES:
            fields.append(("content-security-policy", FILE_POLICY))
    elif name == "text/html":
        frames = " ".join(f"https://{host}" for host in document.frames)
        fields.append(("content-security-policy", PAGE_POLICY + (f"; frame-src {frames}" if frames else "")))
        fields.append(("referrer-policy", "strict-origin-when-cross-origin"))
    elif document.traits.kind == "feed":
        # Scripts of any site may read feeds; pages and media are only looked at.
        fields.append(("access-control-allow-origin", "*"))
        # The others that a script needs are open to it anyway (Fetch, CORS-safelisted response-header names).
        fields.append(("access-control-expose-headers", "ETag, Link"))
    return fields


def _link(link: Link) -> str:
    """One link-value of RFC 8288, section 3."""
    parts = [f"<{uri(link.href)}>", f"rel={quoted(link.rel)}"]
    if link.media_type is not None:
        parts.append(f"type={quoted(link.media_type)}")
    return "; ".join(parts)


def quoted(value: str) -> str:
    """A quoted-string (RFC 9110, section 5.6.4)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def uri(value: str) -> str:
    """Percent-encode what a URI may not contain (RFC 3986), so that it cannot end its field or its brackets."""
    return quote(value, safe=_URI_CHARACTERS)


@dataclass(frozen=True, slots=True)
class CompressionJob:
    """A document to be prepared (see :func:`prepare`)."""

    document: Document
    key: str
    last_modified: int
    unless: str | None = None
    """The digest of the response that the path has already, if it has one: that response is not made again."""


_AHEAD = 4
"""How many documents may wait for each core; so a round of any size needs little memory."""


def compressed(jobs: Iterable[CompressionJob]) -> Generator[tuple[CompressionJob, Response | None], None, None]:
    """Prepare documents in threads.

    Args:
        jobs: Taken one after another in the caller's thread, a few ahead of the results.

    Yields:
        Each job in its order, with its response; None if the path has just that response already. Close the
        generator to give up the jobs that are not done.
    """
    cores = os.cpu_count() or 1
    waiting: deque[tuple[CompressionJob, Future[Response | None]]] = deque()
    pool = ThreadPoolExecutor(cores, "compression")
    try:
        for job in jobs:
            waiting.append((job, pool.submit(_response, job)))
            if len(waiting) > _AHEAD * cores:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _response(job: CompressionJob) -> Response | None:
    content_hash = hash_of(job.document.content)
    if job.unless is not None and digest(job.document, content_hash) == job.unless:
        return None
    return prepare(job.document, job.key, job.last_modified, content_hash)
