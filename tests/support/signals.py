"""Signals: who takes those of the tests' own process over gives them back."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def restored_signals() -> Iterator[None]:
    """They are handled, and blocked, after the block as before."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
