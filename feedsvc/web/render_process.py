"""The process in which documents are rendered on demand, so that rendering never takes the interpreter from polls.

A web worker starts it when somebody asks for a page, and ends it when nobody has for a while
(:mod:`.renderer`). It reads requests from a socket and answers them one after another, in their order.

Usage: ``python -m feedsvc.web.render_process DESCRIPTOR``, with a socket of the worker's at that descriptor.
"""

import pickle
import socket
import struct
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from feedsvc.articles.model import Problem
from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.core.process import let_workers_go_first
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response

if TYPE_CHECKING:
    from feedsvc.store.snapshot import SnapshotCache
    from feedsvc.store.store import Store

LENGTH = struct.Struct("!I")
"""Of a message, before it."""
READY = b"R"
"""The first message of the process, when it is ready."""

_USED = ("feedsvc.documents.on_demand", "feedsvc.responses.builder", "feedsvc.store.store")
"""Modules that the process imports before it is ready, so that no page waits for that."""


class RenderError(Exception):
    """A document cannot be rendered; the message says why."""

    def __init__(self, what: str, *, is_passing: bool = False) -> None:
        """Take what is wrong, and whether it may be right in a moment."""
        super().__init__(what)
        self.is_passing = is_passing


class EditionMovedError(Exception):
    """The store holds another edition than the one that was asked about."""


class RenderRequest(NamedTuple):
    """To the process: render this path as the edition has it."""

    path: str
    edition: Edition


class RenderResult(NamedTuple):
    """From the process: what the path holds."""

    response: Response | None
    """None where it holds nothing."""
    problems: tuple[Problem, ...] = ()
    """Why it is not as the theme would have it."""


Answer = RenderResult | RenderError | EditionMovedError | StoreError
"""From the process: what the path holds, or why there is no response."""


def framed(message: str | RenderRequest | Answer) -> bytes:
    """A message as it travels: its length, and a pickle. Both ends are this program, one started by the other."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(content)) + content


def main(descriptor: int) -> None:
    """Answer requests until the other end is closed; the first message is the URL of the store."""
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rb") as incoming:
        store_url = _received(incoming)
        if not isinstance(store_url, str):
            return
        for module in _USED:
            import_module(module)
        # Only now: where others keep every core busy, the imports would take a minute, and a client waits.
        let_workers_go_first()
        connection.sendall(READY)
        serve(store_url, connection, incoming)


def serve(store_url: str, connection: socket.socket, incoming: BinaryIO) -> None:
    """Answer the requests that come in; see :func:`main`."""
    from feedsvc.store.snapshot import SnapshotCache  # noqa: PLC0415 - the worker, too, imports this module
    from feedsvc.store.store import open_store  # noqa: PLC0415 - as above

    store: Store | None = None
    cache = SnapshotCache()
    while isinstance(request := _received(incoming), RenderRequest):
        try:
            store = store or open_store(store_url, make=False)
            answer: Answer = respond(store, request, cache)
        except (RenderError, EditionMovedError, StoreError) as error:
            answer = error
        connection.sendall(framed(answer))
    if store is not None:
        store.close()


def respond(store: "Store", request: RenderRequest, cache: "SnapshotCache") -> RenderResult:
    """The answer to a request for a path of an edition.

    Args:
        store: The store, opened.
        request: The request.
        cache: Holds what was read for earlier requests: who asks for a page asks for its neighbours, too.

    Raises:
        EditionMovedError: The store holds another edition.
        RenderError: The document cannot be rendered.
        StoreError: The store cannot be read.
    """
    from feedsvc.documents.on_demand import render  # noqa: PLC0415 - as above
    from feedsvc.responses.builder import prepare  # noqa: PLC0415

    try:
        with store.editions.snapshot(request.edition, cache) as snapshot:
            document = render(snapshot, request.path)
    except EditionConflictError as error:
        raise EditionMovedError from error
    except StoreError:
        raise
    except Exception as fault:  # a document that cannot be rendered must cost no other one
        raise RenderError(f"{request.path} cannot be rendered ({fault!r:.200})") from fault
    if document is None:
        return RenderResult(None)
    response = prepare(document, key="", last_modified=request.edition.time)
    return RenderResult(response, document.problems)


def _received(incoming: BinaryIO) -> object:
    head = incoming.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pickle.loads(incoming.read(*LENGTH.unpack(head)))  # noqa: S301 - our own process wrote it


if __name__ == "__main__":
    # Messages are of the module's classes, and not of those of a program that is run.
    from feedsvc.web.render_process import main as run

    with suppress(ConnectionError):  # the worker has ended
        run(int(sys.argv[1]))
