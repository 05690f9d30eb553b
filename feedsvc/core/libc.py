"""The C library, for the few things that Python itself has no name for."""

from collections.abc import Callable

try:
    import ctypes
except ImportError:  # a Python that was built where libffi was not
    _libc = None
else:
    _libc = ctypes.CDLL(None)


def function(name: str) -> Callable[..., int] | None:
    """The function of that name; None where the system has none, or Python cannot call it."""
    found: Callable[..., int] | None = getattr(_libc, name, None)
    return found
