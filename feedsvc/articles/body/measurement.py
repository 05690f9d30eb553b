"""The size of a picture and the length of a recording, read from the file's own head."""

import struct
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from tinytag import TinyTag, TinyTagException

from feedsvc.articles.source.listing import Stat
from feedsvc.core.open_beneath import open_file

_BROKEN = (ValueError, KeyError, IndexError, OverflowError, struct.error)
"""The exceptions of imagesize and tinytag for a file that is cut off or is not what its name says."""


@lru_cache(maxsize=16_384)
def picture_size(directory: Path, path: str, _stat: Stat) -> tuple[int, int] | None:
    """Width and height in pixels as it is shown, turned by its EXIF orientation.

    None where the file does not say, which is no error: it may be of a format that has no pixels.

    Raises:
        OSError: The file cannot be read.
    """
    if path.lower().endswith(".svg"):
        return None
    with open_file(directory, path) as stream:  # imagesize would take a name for a URL
        return pixels(stream)


def pixels(stream: BinaryIO) -> tuple[int, int] | None:
    """Width and height of the picture in ``stream``; None where its bytes do not say."""
    import imagesize  # noqa: PLC0415  it loads urllib, for URLs that are never given to it

    try:
        width, height = imagesize.get(stream)
    except _BROKEN:
        return None
    return (width, height) if width > 0 and height > 0 else None


@lru_cache(maxsize=16_384)
def duration(directory: Path, path: str, _stat: Stat) -> int | None:
    """The length of an audio or video file in whole seconds, one at the least; None where it does not say.

    Raises:
        OSError: The file cannot be read.
    """
    name = path.rpartition("/")[2]
    if not TinyTag.is_supported(name):
        return None
    try:
        with open_file(directory, path) as stream:
            seconds = TinyTag.get(name, stream, tags=False).duration
    except (TinyTagException, *_BROKEN):
        return None
    return max(round(seconds), 1) if seconds else None
