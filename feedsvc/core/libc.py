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
