"""Files that articles use, sent from the articles directory."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import anyio
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from feedsvc.core.open_beneath import open_file
from feedsvc.responses.answer import Answer


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
