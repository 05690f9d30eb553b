"""Files that are sent from the disk: those that articles use, and those that the operator wants at the root.

The latter are served as they are, so that a small site needs no second server. What is on the disk at the moment
counts; no edition holds it. Of two things at one address the edition's comes first, except for what nearly every
site has at its root: there the operator's own file wins.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import anyio
import structlog
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from feedsvc.articles.model import MediaFile
from feedsvc.core.media_types import MEDIA_TYPES
from feedsvc.core.open_beneath import is_file, is_folder, open_file, real_path
from feedsvc.core.settings.config_file import CONFIG_FILE
from feedsvc.core.urls import ROBOTS, SITEMAP
from feedsvc.documents.model import ROOT_FILE, Document
from feedsvc.responses.answer import Answer
from feedsvc.responses.builder import prepare
from feedsvc.responses.response import PreparedResponse, prepare_response


def open_media(directory: Path, file: str, size: int) -> BinaryIO | None:
    """Open a file that can be sent as it was published. It asks the disk, so call it in a thread.

    Args:
        directory: The articles directory.
        file: Path below it.
        size: Bytes the file had when it was published. Another size means other bytes than its URL names.

    Returns:
        The file, which is the caller's to close; None if it is gone, has changed, cannot be read, or has come
        to lie outside of the directory by a symbolic link.
    """
    try:
        found = open_file(directory, file)
    except OSError:
        return None
    if os.fstat(found.fileno()).st_size != size:
        found.close()
        return None
    return found


class MediaResponse(FileResponse):
    """An open file with the header fields of its answer; Starlette adds ranges (RFC 9110, section 14).

    The file that was checked is the file that is sent: no name is looked up again, and the path that Starlette
    would open is empty.
    """

    def __init__(self, file: BinaryIO, answer: Answer) -> None:
        """Take the file, which the caller closes when the response was sent."""
        headers = {name.decode("ascii"): value.decode("ascii") for name, value in answer.headers}
        media_type = headers.get("content-type")
        super().__init__("", answer.status, headers, media_type, stat_result=os.fstat(file.fileno()))
        self._file = file

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[anyio.AsyncFile[bytes]]:
        yield anyio.wrap_file(self._file)


async def send_media(directory: Path, answer: Answer, size: int, asgi: tuple[Scope, Receive, Send]) -> bool:
    """Send a media file with the header fields of its answer.

    Args:
        directory: The articles directory.
        answer: Names the file.
        size: As of :func:`open_media`.
        asgi: The request to answer.

    Returns:
        Whether it was sent; False, and nothing is sent, if :func:`open_media` finds no such file.
    """
    scope, receive, send = asgi
    file = await asyncio.to_thread(open_media, directory, answer.file or "", size)
    if file is None:
        return False
    with file:
        await MediaResponse(file, answer)(without_foreign_range(scope), receive, send)
    return True


def without_foreign_range(scope: Scope) -> Scope:
    """Leave out a Range that has to be ignored: of another method than GET, or in another unit than bytes.

    RFC 9110, section 14.2. Starlette would heed the one and reject the other.
    """
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name != b"range" or (scope["method"] == "GET" and value.lower().lstrip().startswith(b"bytes="))
    ]
    return {**scope, "headers": headers}


_FAVICON, _TOUCH_ICON = "/favicon.ico", "/apple-touch-icon.png"
_OWN_FIRST = frozenset({ROBOTS, SITEMAP, _FAVICON, _TOUCH_ICON})
_SHOWN_HIDDEN = ".well-known"
"""The one name with a dot before it that is no secret (RFC 8615)."""
_LONGEST = 1024
_log = structlog.get_logger("feedsvc.web")
_TYPES = {
    **MEDIA_TYPES,
    ".asc": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""By the ending of the name; any other file is bytes to download."""


class RootFiles:
    """The files of one folder, and the icon. All of it asks the disk, so call it in a thread."""

    def __init__(self, folder: Path | None = None, icon: Path | None = None) -> None:
        """Take the folder, which need not be there, and the file of the icon."""
        self._folder = folder
        self._icon = icon

    def find(self, path: str) -> tuple[Path, PreparedResponse] | None:
        """The folder of the file at a URL path, and the file as a response; None if there is none."""
        name = path.removeprefix("/")
        found = self._prepared(path, self._folder, name) if self._folder and _is_open(path, name) else None
        icon = self._icon
        if found or icon is None or not (path == _FAVICON or (path == _TOUCH_ICON and icon.suffix == ".png")):
            return found
        return self._prepared(path, icon.parent, icon.name)

    def _prepared(self, path: str, folder: Path, name: str) -> tuple[Path, PreparedResponse] | None:
        try:
            with open_file(folder, name) as file:
                status = os.fstat(file.fileno())
        except (OSError, ValueError):  # a name may hold what no file's can
            return None
        return folder, prepare_response(prepare(_document(path, name, status), "", int(status.st_mtime)))

    def paths(self) -> list[str]:
        """The URL path of each file, for an export; some may not be there."""
        folder = self._folder
        names = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*"))] if folder else []
        own = [f"/{name}" for name in names if _is_open(f"/{name}", name)]
        return list(dict.fromkeys([*own, _FAVICON, _TOUCH_ICON]))


def is_own_first(path: str) -> bool:
    """Whether a file of the operator at ``path`` stands in place of what the edition holds there."""
    return path in _OWN_FIRST


def root_files(
    articles: Path, folder: Path | None = None, icon: Path | None = None, *, store: Path | None = None
) -> RootFiles:
    """The files as the settings have them.

    A folder is not served if there is anything in it that is not for everybody: drafts, or the store.

    Args:
        articles: The articles directory. A folder in it, or around it, is not served.
        folder: The folder of the files; None for none.
        icon: The file of the icon; None for none.
        store: The file of the store; None where it is a server.
    """
    if folder is not None and is_folder(folder) and (held := _not_for_everybody(folder, articles, store)):
        remedy = "move it, or name another folder by [pages] static"
        _log.warning("folder not served at the root", folder=str(folder), holds=held, remedy=remedy)
        folder = None
    if icon is not None and not is_file(icon):
        _log.warning("icon not found", file=str(icon), remedy="put the picture there, or correct [site] icon_file")
    return RootFiles(folder, icon)


def _not_for_everybody(folder: Path, articles: Path, store: Path | None) -> str | None:
    """What is in a folder that must not be served; None for nothing."""
    inner, outer = real_path(folder), real_path(articles)
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        return "articles"
    return "the store" if store is not None and real_path(store).is_relative_to(inner) else None


def _is_open(path: str, name: str) -> bool:
    """Whether a name may be asked for: no part of it is hidden, leads upwards, or is empty; nor is it settings."""
    parts = PurePosixPath(name).parts
    if parts[-1:] == (CONFIG_FILE.name,):
        return False
    hidden = any(part.startswith(".") and (part != _SHOWN_HIDDEN or place) for place, part in enumerate(parts))
    return bool(parts) and not hidden and len(name) <= _LONGEST and path == f"/{'/'.join(parts)}"


def _document(path: str, name: str, status: os.stat_result) -> Document:
    """The file at ``path``. Its tag follows from what the file system says of it: no 304 needs its bytes."""
    stamp = f"{path}\n{status.st_ino}\n{status.st_mtime_ns}\n{status.st_size}"
    digest = hashlib.sha256(stamp.encode("utf-8", "surrogateescape")).hexdigest()
    media_type = _TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
    return Document(path, ROOT_FILE, "", b"", file=MediaFile(name, path, media_type, status.st_size, digest))
