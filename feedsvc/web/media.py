"""Files that articles use, sent from the articles directory."""

import os
import stat
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Scope

from feedsvc.responses.answer import Answer


def locate(directory: Path, file: str, size: int) -> tuple[Path, os.stat_result] | None:
    """Find a file that can be sent as it was published. It asks the disk, so call it in a thread.

    Args:
        directory: The articles directory.
        file: Path below it.
        size: Bytes the file had when it was published. Another size means other bytes than its URL names.

    Returns:
        The file and what ``stat`` says of it; None if it is gone, has changed, cannot be read, or has come
        to lie outside of the directory by a symbolic link.
    """
    try:
        path = (directory / file).resolve(strict=True)
        found = path.stat()
    except (OSError, RuntimeError):  # Python 3.12 and older report a loop of links as a RuntimeError
        return None
    inside = path.is_relative_to(directory.resolve())
    unchanged = stat.S_ISREG(found.st_mode) and found.st_size == size
    return (path, found) if inside and unchanged and os.access(path, os.R_OK) else None


def file_response(path: Path, found: os.stat_result, answer: Answer) -> FileResponse:
    """The file with the header fields of its answer; Starlette adds ranges (RFC 9110, section 14)."""
    headers = {name.decode("ascii"): value.decode("ascii") for name, value in answer.headers}
    return FileResponse(path, answer.status, headers, stat_result=found)


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
