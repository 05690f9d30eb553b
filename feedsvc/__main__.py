"""The program ``feedsvc``, also as ``python -m feedsvc``."""

import signal
import sys


def main() -> None:
    """Run the command line.

    A SIGHUP that comes early must not end the service: from the first moment on the signal waits until the role
    that rescans takes it. All else is loaded after that. Other commands end with their terminal. Nor does it print
    tables: structlog would load rich, which takes as long as a third of the command line.
    """
    if "serve" in sys.argv[1:]:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        sys.modules["rich"] = None  # type: ignore[assignment] # it counts as not installed
    from feedsvc.cli import main as run  # noqa: PLC0415 - it takes a while to load

    run()


if __name__ == "__main__":
    main()
