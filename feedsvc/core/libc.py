"""The C library, for the few things that Python itself has no name for."""

import os
from collections.abc import Callable

try:
    import ctypes
except ImportError:  # a Python that was built where libffi was not
    _libc = None
else:
    _libc = ctypes.CDLL(None, use_errno=True)


def function(name: str) -> Callable[..., int] | None:
    """The function of that name; None where the system has none, or Python cannot call it."""
    found: Callable[..., int] | None = getattr(_libc, name, None)
    return found


def fault(path: str) -> OSError:
    """Why a function that was called for the file at ``path`` failed just now, in this thread."""
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), path)
