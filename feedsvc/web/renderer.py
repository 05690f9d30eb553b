"""The renderer: has documents rendered on demand by a process of its own, so that polls never wait for a page.

The process (:mod:`.render_process`) is started when somebody asks for a page, and ended when nobody has for a
while. It renders one document at a time; requests wait in a queue of bounded length.
"""

import asyncio
import pickle
import socket
import sys

import structlog

from feedsvc.articles.model import Problem
from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.web.render_process import LENGTH, READY, Answer, RenderError, RenderRequest, RenderResult, framed

IDLE = 60.0
"""Seconds without a request after which the process is ended."""
WAITING = 64
"""How many requests wait for one document at a time; beyond it clients are told to come again."""
LONGEST = 10.0
"""Seconds that one document may take; then the process is ended."""
_START = 60.0
"""Seconds in which the process must have been started, on the slowest of machines."""
_GRACE = 2.0
"""Seconds that the process has to end by itself."""

_log = structlog.get_logger("feedsvc.web")


class Renderer:
    """Renders what paths hold. It belongs to one event loop.

    Args:
        store_url: Where the store is.
    """

    def __init__(self, store_url: str) -> None:
        self._store_url = store_url
        self._process: _Process | None = None
        self._exclusive = asyncio.Lock()
        self._waiting = 0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self._logged: set[Problem] = set()
        self._is_closed = False
        self._held_up: tuple[float, StoreError | RenderError] | None = None
        """When the store or a document was last given up, and why. All that waited then are told the same: a
        database that hangs takes seconds to be given up, and they must not add up."""
        self._awaited: set[asyncio.Task[None]] = set()

    async def render(self, path: str, edition: Edition) -> Response | None:
        """The response at ``path`` in ``edition``; None if there is none.

        Raises:
            EditionMovedError: The store holds another edition.
            RenderError: It cannot be rendered, or too many requests wait already.
            StoreError: The store cannot be read.
        """
        if self._waiting >= WAITING:
            raise RenderError("too many requests wait for pages", is_passing=True)
        clock = asyncio.get_running_loop().time
        self._waiting += 1
        begin = clock()
        try:
            async with self._exclusive:
                if self._held_up is not None and self._held_up[0] >= begin:
                    answer: Answer = self._held_up[1]
                else:
                    answer = await self._ask(RenderRequest(path, edition))
        finally:
            self._waiting -= 1
        if not isinstance(answer, RenderResult):
            if isinstance(answer, StoreError) or (isinstance(answer, RenderError) and answer.is_passing):
                self._held_up = (clock(), answer)
            raise answer.with_traceback(None)
        self._log(answer.problems)
        return answer.response

    async def close(self) -> None:
        """End the process at once, if it runs, and start no other."""
        self._is_closed = True
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None:
            self._process.kill()
        await self._end()
        await asyncio.gather(*self._awaited)

    async def _end(self) -> None:
        """End the process when it has answered."""
        async with self._exclusive:
            if self._process is not None:
                await self._process.end()
                self._process = None

    async def _ask(self, request: RenderRequest) -> Answer:
        """Ask the process, which is started if need be; once more, where it ended before it answered."""
        if self._idle is not None:
            self._idle.cancel()
        answer = await self._try(request) or await self._try(request)
        self._idle = asyncio.get_running_loop().call_later(IDLE, self._rest)
        return answer or RenderError(f"{request.path} ended the process that renders it")

    async def _try(self, request: RenderRequest) -> Answer | None:
        """The answer of the process; None where it ended. A process that is not in step any more is ended."""
        try:
            self._check_open()
            self._process = self._process or await _Process.start(self._store_url)
            self._check_open()
            return await self._process.ask(request)
        except TimeoutError:
            return RenderError(f"{request.path} took too long to render", is_passing=True)
        except (ConnectionError, asyncio.IncompleteReadError):
            return None
        except OSError as error:  # such as no memory: that may pass
            what = f"no process to render it can be started ({error.strerror or error})"
            return RenderError(what, is_passing=True)
        finally:
            if self._process is not None and not self._process.is_in_step:
                self._process.kill()
                # Wait for it in the background, so that the system may forget it.
                task = asyncio.get_running_loop().create_task(self._process.wait())
                self._awaited.add(task)
                task.add_done_callback(self._awaited.discard)
                self._process = None

    def _check_open(self) -> None:
        if self._is_closed:
            raise RenderError("the worker is ending", is_passing=True)

    def _rest(self) -> None:
        """End the process that has nothing to do."""
        self._ending = asyncio.get_running_loop().create_task(self._end())

    def _log(self, problems: tuple[Problem, ...]) -> None:
        """Log each problem once."""
        for problem in problems:
            if problem not in self._logged:
                self._logged.add(problem)
                _log.warning(
                    "page rendered without the theme",
                    file=problem.path, line=problem.line, error=problem.what, remedy=problem.remedy,
                )  # fmt: skip


class _Process:
    """The process that renders, and the socket to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._incoming = incoming
        self._outgoing = outgoing
        self._is_ready = False
        self.is_in_step = False
        """Whether it has answered all that it was asked. A late answer must never be taken for another's."""

    @classmethod
    async def start(cls, store_url: str) -> "_Process":
        """Start one, which gets ready meanwhile.

        Raises:
            OSError: It cannot be started, such as for want of memory.
        """
        ours, theirs = socket.socketpair()
        incoming, outgoing = await asyncio.open_connection(sock=ours)
        outgoing.write(framed(store_url))
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", "feedsvc.web.render_process", str(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True,
                )  # fmt: skip
        except BaseException:
            outgoing.close()
            raise
        return cls(process, incoming, outgoing)

    async def ask(self, request: RenderRequest) -> Answer:
        """The answer of the process to a request.

        Raises:
            ConnectionError: It ended, or ends.
            IncompleteReadError: It ended while it answered.
            TimeoutError: It takes too long.
        """
        self.is_in_step = False
        if not self._is_ready:
            async with asyncio.timeout(_START):
                await self._incoming.readexactly(len(READY))
            self._is_ready = True
        async with asyncio.timeout(LONGEST):
            self._outgoing.write(framed(request))
            await self._outgoing.drain()
            (length,) = LENGTH.unpack(await self._incoming.readexactly(LENGTH.size))
            content = await self._incoming.readexactly(length)
        answer: Answer = pickle.loads(content)  # noqa: S301 - our own process wrote it
        self.is_in_step = True
        return answer

    async def end(self) -> None:
        """Let it end, and wait for that."""
        self._outgoing.close()
        try:
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()

    async def wait(self) -> None:
        """Wait until it has ended."""
        await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._outgoing.close()
        if self._process.returncode is None:
            self._process.kill()
