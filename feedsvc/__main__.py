"""The program ``feedsvc``, also as ``python -m feedsvc``."""

import os
import signal
import sys


def open_standard_streams() -> None:
    """Open standard input, output and error where the caller has closed them, as some starters of services do.

    Else a database would be the next file with such a number, and log lines would go into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is this one (POSIX, open); the supervisor and its processes inherit it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def main() -> None:
    """Run the command line.

    A SIGHUP that comes early must not end the service: from the first moment on the signal waits until the role
    that rescans takes it. All else is loaded after that. Other commands end with their terminal. Nor does it print
    tables: structlog would load rich, which takes as long as a third of the command line.
    """
    open_standard_streams()
    if "serve" in sys.argv[1:]:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        sys.modules["rich"] = None  # type: ignore[assignment] # it counts as not installed
    from feedsvc.cli import main as run  # noqa: PLC0415 - it takes a while to load

    run()


if __name__ == "__main__":
    main()
