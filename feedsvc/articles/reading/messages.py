"""Messages between a reader process and the process that started it: frames of pickles over a socket.

Both ends are this program, started by one another; nobody else can write to the socket.
"""

import copyreg
import io
import pickle
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from feedsvc.articles.model import (
    Article,
    Author,
    Enclosure,
    Episode,
    Links,
    MediaFile,
    Picture,
    Problem,
    Reading,
    Result,
)
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Listing, Stat

OUT_OF_MEMORY = 71
"""The status with which a reader ends that got no more memory."""
AT_WORK = struct.Struct("!q")
"""How a reader writes, into memory that both see, the number of the job that it is at: what it died of."""
_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 18


class Round(NamedTuple):
    """To the reader: from now on files are read in this directory and by these rules."""

    directory: str
    rules: ReadOptions
    listing: Listing
    """Without the files, which are asked for where they are needed."""


class Job(NamedTuple):
    """A file to read."""

    number: int
    path: str
    stat: Stat


class Jobs(NamedTuple):
    """To the reader: read these files, in this order."""

    jobs: tuple[Job, ...]


class Ready(NamedTuple):
    """From the reader: it has been started, and begins with its jobs."""


class Done(NamedTuple):
    """The outcome of reading a file."""

    number: int
    result: Result


class Results(NamedTuple):
    """From the reader: what became of its next files. Several go at once, since to take turns costs time."""

    results: tuple[Done, ...]


class AskFile(NamedTuple):
    """From the reader: is there a file at this path of the directory? The answer is None where there is none."""

    path: str


class AskFiles(NamedTuple):
    """From the reader: which files are in the directory?"""


class AskSpelling(NamedTuple):
    """From the reader: how does the disk spell this path, which is not ASCII? None where there is no such file."""

    path: str


class AskDigest(NamedTuple):
    """From the reader: what is the digest of this file? The answer is remembered."""

    source: str
    stat: Stat


class ReaderAnswer(NamedTuple):
    """To the reader, which waits for it."""

    value: Mapping[str, tuple[int, ...]] | Stat | str | Exception | None


Message: TypeAlias = Round | Jobs | Ready | Results | AskFile | AskFiles | AskSpelling | AskDigest | ReaderAnswer


class Frames:
    """One end of the socket."""

    def __init__(self, connection: socket.socket, patience: float | None = None) -> None:
        """Take the socket, and how many seconds it may take to send or to fetch; None for ever."""
        connection.settimeout(patience)
        self._socket = connection
        self._received = bytearray()

    def send(self, frame: bytes) -> None:
        """Send what :func:`framed` made.

        Raises:
            OSError: The process at the other end has ended, or reads nothing.
        """
        self._socket.sendall(frame)

    def receive(self) -> Message | None:
        """The next message, waited for as long as it takes; None when there will be no more."""
        while (message := self.next()) is None:
            if not self.fetch():
                return None
        return message

    def fetch(self) -> bool:
        """Take what has come; false when nothing will come any more. Waits where nothing has."""
        try:
            chunk = self._socket.recv(_CHUNK)
        except ConnectionError:
            return False
        self._received += chunk
        return bool(chunk)

    def next(self) -> Message | None:
        """The next message of those that were fetched; None where it is not there, or not as a whole."""
        if len(self._received) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._received)[0]
        if len(self._received) < end:
            return None
        with memoryview(self._received) as view:
            message: Message = pickle.loads(view[_LENGTH.size : end])  # noqa: S301 - our own process wrote it
        del self._received[:end]
        return message

    def fileno(self) -> int:
        """For those that wait."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let the other end know that there is no more."""
        self._socket.close()


def framed(message: Message) -> bytes:
    """The message as it travels."""
    frame = io.BytesIO()
    frame.write(_LENGTH.pack(0))
    pickler = pickle.Pickler(frame, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _BY_FIELDS
    pickler.dump(message)
    with frame.getbuffer() as view:
        _LENGTH.pack_into(view, 0, len(view) - _LENGTH.size)
    return frame.getvalue()


def _by_fields(record: type[object]) -> Callable[[object], tuple[type[object], tuple[object, ...]]]:
    """How to pickle a frozen record: by what it is made of, in half the time that dataclasses take."""
    values = attrgetter(*(each.name for each in fields(record)))  # type: ignore[arg-type] # all are dataclasses
    return lambda made: (record, values(made))


_BY_FIELDS = copyreg.dispatch_table | {
    record: _by_fields(record)
    for record in (Article, Author, Enclosure, Episode, Links, MediaFile, Picture, Problem, Reading)
}
