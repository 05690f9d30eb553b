"""Functions of the C library that Python's standard library does not offer."""

from collections.abc import Callable

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
