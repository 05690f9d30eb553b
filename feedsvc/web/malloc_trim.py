"""The heap of a worker: the memory of an edition that is no more goes back to the system."""

from feedsvc.core.libc import function

_trim = function("malloc_trim")
"""glibc's ``malloc_trim(3)``. Other C libraries have none, and less need of one."""


def give_back() -> None:
    """Give memory that is free back to the system. It takes milliseconds, so call it in a thread.

    Of itself glibc gives back only what lies behind all that is in use. The feeds of a former edition lie between
    those of the next, and a worker would keep the memory of both.
    """
    if _trim is not None:
        _trim(0)
