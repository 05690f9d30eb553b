"""One web worker: uvicorn on a socket that is listening already."""

import asyncio
import socket
import time
from asyncio import Protocol
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from feedsvc.core.process import run_as_soon_as_awake
from feedsvc.responses.answer import Policy
from feedsvc.web.access import TokenCheck, for_this_machine
from feedsvc.web.access_log import counted
from feedsvc.web.app import DEFAULT_OPTIONS, WorkerOptions, make_app
from feedsvc.web.connections import Acceptor, ConnectionLimits, connections_allowed
from feedsvc.web.edition_state import EditionState, Renderer, Source
from feedsvc.web.fast_path import FastPathProtocol, ResponseCache
from feedsvc.web.follower import Follower
from feedsvc.web.protocol import LimitedProtocol
from feedsvc.web.request_counts import RequestCounts
from feedsvc.web.requests import Responder, without_base_path

GRACE = 3
"""Seconds that requests under way get when the worker is told to end."""
FIRST_REQUEST = 1.0
"""Seconds that a client which has just connected has to send its request, when the worker is told to end."""
_PAUSE = 0.02
"""Seconds between two looks at whether such clients have sent it."""
_HEARTBEAT = 5
"""Ticks of uvicorn, a tenth of a second each, between two looks at whether to go on."""

_log = structlog.get_logger("feedsvc.web")


Connect = Callable[[uvicorn.Config, ServerState, dict[str, Any]], Protocol]
"""Makes the protocol of a connection."""


class Server(uvicorn.Server):
    """uvicorn's server, ended by a signal or by ``finished()``, both in order."""

    def __init__(
        self, config: uvicorn.Config, connect: Connect, finished: Callable[[], bool], ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._connect = connect
        self._finished = finished
        self._acceptors: list[Acceptor] = []

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn passes both
        """End in order at SIGTERM or SIGINT, also when both come, as they do at Ctrl-C under a supervisor.

        uvicorn would raise the signal again once all is done, and the process would seem to have been killed.
        """
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen to ``sockets``, with acceptors in place of the loop's own servers."""
        await super().startup(sockets=[])
        for listener in sockets or ():
            listener.listen(self.config.backlog)
            self._acceptors.append(Acceptor(listener, self._protocol, lambda: self.server_state.total_requests))
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end the others in order."""
        for acceptor in self._acceptors:
            await acceptor.close()
        until = time.monotonic() + FIRST_REQUEST
        while self._has_new_connections() and time.monotonic() < until:  # noqa: ASYNC110 - as uvicorn waits
            await asyncio.sleep(_PAUSE)
        await super().shutdown(sockets)

    def _has_new_connections(self) -> bool:
        """Whether a client has connected whose request is on its way; to close now would be an error to it."""
        return any(getattr(each, "is_new", False) for each in self.server_state.connections)

    def _protocol(self) -> Protocol:
        return self._connect(self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        """Look now and then whether to go on."""
        if counter % _HEARTBEAT == 0 and self._finished():
            self.should_exit = True
        return await super().on_tick(counter)


def run_worker(  # noqa: PLR0913 - all that a worker is made of
    store: Source,
    renderer: Renderer,
    listener: socket.socket,
    directory: Path,
    policy: Policy,
    *,
    options: WorkerOptions = DEFAULT_OPTIONS,
    orphaned: Callable[[], bool],
    ready: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.time,
    counts: RequestCounts | None = None,
) -> None:
    """Serve the newest edition until SIGTERM, SIGINT, or nobody is left to serve for.

    Args:
        store: Where editions come from.
        renderer: Renders what is not prepared.
        listener: A bound socket; it is closed at the end.
        directory: The articles directory, for media files.
        policy: How long answers stay fresh.
        options: The options of the worker.
        orphaned: Asked twice a second; true ends the worker.
        ready: Called once connections are accepted, and the newest edition is in memory.
        clock: Tells seconds since 1970.
        counts: Where its answers are counted; None counts them for nobody.
    """
    counts = counts or RequestCounts.alone()
    editions = EditionState(store, renderer, options.cache_memory)
    responder = Responder(editions, policy, clock)
    private_at = options.private_at
    token_check = None if private_at is None else TokenCheck(store, editions, responder, private_at)
    cache = ResponseCache(editions, responder, clock, counts, options.base) if options.has_fast_path else None
    refresh = token_check.refresh if token_check else None
    follower = Follower(editions, moved=cache.follow if cache else lambda: None, refresh=refresh)
    app = make_app(follower, editions, responder, directory, options)
    app = without_base_path(token_check.wrap(app) if token_check else app, options.base)
    app = for_this_machine(app) if options.is_preview else app
    config = _config(counted(app, counts, options.access_log), options.limits.backlog)

    def finished() -> bool:
        if cache is not None:  # what does not pass the cache is counted at once
            cache.count()
        counts.share(len(server.server_state.connections), editions.loaded.edition.number, clock())
        if is_orphan := orphaned():
            _log.warning("supervisor gone, stopping")
        return is_orphan or follower.error is not None

    server = Server(config, _connect(cache, options.limits, clock, counts), finished, ready)
    run_as_soon_as_awake()
    server.run(sockets=[listener])
    if cache is not None:
        cache.count()
    counts.end()
    if follower.error is not None:
        # A worker that cannot follow would serve an old edition for ever. Its supervisor starts another.
        raise follower.error


def _connect(
    cache: ResponseCache | None, limits: ConnectionLimits, clock: Callable[[], float], counts: RequestCounts
) -> Connect:
    """The maker of connections, with the fast path where there is a cache for it."""
    limits = replace(limits, connections=connections_allowed(limits))
    if cache is None:
        return partial(LimitedProtocol, limits, clock, counts)
    return partial(FastPathProtocol, cache, limits, clock, counts)


def _config(app: ASGIApp, backlog: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # costs two thirds of the speed
        date_header=False,  # ours never lies behind Last-Modified
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        backlog=backlog,
        timeout_graceful_shutdown=GRACE,
    )
