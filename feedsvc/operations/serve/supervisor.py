"""Keeping processes alive: start, restart when one dies, end all in order.

Knows nothing of feeds. The processes meet only in the store, so any of them may die and come back alone.
"""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from feedsvc.operations.serve.systemd import VARIABLE, tell

FIRST_DELAY = 0.2
"""Seconds before a process that died is started again."""
LONGEST_DELAY = 30.0
"""Seconds that the delay grows to, doubling, for one that keeps dying and that nobody waits for."""
STEADY = 10.0
"""Seconds after which a process counts as having come up well, and the delay begins anew."""
GRACE = 4.0
"""Seconds that processes have to end by themselves before they are killed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Role:
    """A process to keep alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """On top of this process's own."""
    files: Sequence[int] = ()
    """File descriptors that it inherits."""
    rescans: bool = False
    """Whether SIGHUP is passed on to it."""
    longest_delay: float = LONGEST_DELAY
    """Seconds that the delay before it is started again grows to at most."""


def supervise(roles: Sequence[Role]) -> None:
    """Keep all ``roles`` running until SIGTERM or SIGINT, then end them."""
    asyncio.run(_Supervisor(roles).run())


class _Supervisor:
    def __init__(self, roles: Sequence[Role]) -> None:
        self._roles = roles
        self._running: dict[int, Process] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._rescan)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # it waited since the process began
        keepers = [asyncio.create_task(self._keep(place, role)) for place, role in enumerate(self._roles)]
        tell("READY=1")  # the caller listens already: connections wait for the processes
        await self._stopping.wait()
        tell("STOPPING=1")
        log.info("stopping")
        self._signal_all(signal.SIGTERM)
        _, late = await asyncio.wait(keepers, timeout=GRACE)
        if late:
            log.warning("killing what did not stop", processes=len(late), after_seconds=GRACE)
            self._signal_all(signal.SIGKILL)
        await asyncio.gather(*keepers)

    async def _keep(self, place: int, role: Role) -> None:
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY / 2
        while not self._stopping.is_set():
            born = loop.time()
            process = await _start(role)
            self._running[place] = process
            if self._stopping.is_set():  # it was asked while this one was being born, and did not hear
                process.send_signal(signal.SIGTERM)
            status = await process.wait()
            del self._running[place]
            if self._stopping.is_set():
                return
            delay = FIRST_DELAY if loop.time() - born > STEADY else min(delay * 2, role.longest_delay)
            log.error("a process died and is started again", process=role.name, status=status, in_seconds=delay)
            try:
                await asyncio.wait_for(self._stopping.wait(), delay)
            except TimeoutError:
                continue

    def _rescan(self) -> None:
        for place, process in self._running.items():
            if self._roles[place].rescans:
                process.send_signal(signal.SIGHUP)

    def _signal_all(self, number: signal.Signals) -> None:
        for process in list(self._running.values()):
            if process.returncode is None:
                process.send_signal(number)


async def _start(role: Role) -> Process:
    # SIGHUP would end a process that does not handle it yet. It is born with the signal blocked, and a wish that
    # comes too early waits until the process unblocks it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        return await asyncio.create_subprocess_exec(
            *role.command,
            # Only this process has to tell how things stand.
            env={name: value for name, value in {**os.environ, **role.environment}.items() if name != VARIABLE},
            pass_fds=role.files,
            # Ctrl-C reaches the whole foreground group; in a session of its own the process hears it from us.
            start_new_session=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
