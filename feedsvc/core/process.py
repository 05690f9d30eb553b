"""This process and the operating system: memory that is given back, and which process goes first.

Where all processes want the same core, web workers come before those that can wait. What Python's standard library
does not offer is called in the C library.
"""

import os
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

try:
    import ctypes
except ImportError:  # a Python that was built without libffi
    _libc = None
else:
    _libc = ctypes.CDLL(None)


def function(name: str) -> Callable[..., int] | None:
    """The function of the C library with this name; None if the system has none, or Python has no ctypes."""
    found: Callable[..., int] | None = getattr(_libc, name, None)
    return found


_malloc_trim = function("malloc_trim")
"""glibc's ``malloc_trim(3)``. Other C libraries have none, and less need of one."""


def give_back_memory() -> None:
    """Give memory that is free back to the system, which takes milliseconds.

    Of itself glibc gives back only what lies behind all that is in use. What came later mostly lies there, and the
    process would keep the memory of both.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)


_NICE = 10
"""How much less than a web worker a process counts that can wait: a tenth."""
_AUTOGROUP = Path("/proc/self/autogroup")
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
"""The numbers of the system call sched_setattr(2), for which few C libraries have a function, by machine."""
_SHORTEST_SLICE = 100_000
"""Nanoseconds; Linux takes no less."""
_RESET_ON_FORK = 1
"""The flag by which threads and processes that this one starts have the usual time slice."""


def let_workers_go_first() -> None:
    """Have this process count less than the web workers: it gets the time that they leave, and a little more."""
    os.nice(_NICE)
    # Linux may share out the time among sessions first (sched(7), "The autogroup feature"). A process that has a
    # session of its own, so that Ctrl-C does not end it, would then count as much as all others. One that shares a
    # session, such as that of a terminal, must not make everything else in it count less.
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _AUTOGROUP.write_text(str(_NICE), "ascii")


def run_as_soon_as_awake() -> None:
    """Have Linux run this thread as soon as a request wakes it, also while others keep every core busy.

    A thread whose time slice is shorter need not wait until the slice of another has passed, which takes
    milliseconds: that of the publisher, the sender, a renderer or whatever else the machine does. Its share of the
    time stays the same (EEVDF, since Linux 6.12). Other systems do as they are used to.
    """
    call = function("syscall")
    if sys.platform != "linux" or call is None or os.uname().machine not in _SCHED_SETATTR:
        return
    if os.sched_getscheduler(0) != os.SCHED_OTHER:  # the operator wants something else
        return
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period
    wanted = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, _SHORTEST_SLICE, 0, 0)
    call(_SCHED_SETATTR[os.uname().machine], 0, wanted, 0)
