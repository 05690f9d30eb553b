"""Signals: who takes those of the tests' own process over gives them back."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def restored_signals() -> Iterator[None]:
    """They are handled after the block as before."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
