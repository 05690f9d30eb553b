"""The heap of a worker: the memory of an edition that is no more goes back to the system."""

from collections.abc import Callable

Trim = Callable[[int], int]


def _found() -> Trim | None:
    """Glibc's ``malloc_trim(3)``; None with other C libraries, which have less need of it."""
    try:
        import ctypes  # noqa: PLC0415 - a Python that was built without libffi has none
    except ImportError:
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


_trim = _found()


def give_back() -> None:
    """Give memory that is free back to the system. It takes milliseconds, so call it in a thread.

    Of itself glibc gives back only what lies behind all that is in use. The feeds of a former edition lie between
    those of the next, and a worker would keep the memory of both.
    """
    if _trim is not None:
        _trim(0)
