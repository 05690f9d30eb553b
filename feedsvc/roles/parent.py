"""The parent: the supervisor that a role was started by, and does not outlive."""

import os
from collections.abc import Callable


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A test for whether this process has lost the ``parent`` it was started by; 0 stands for none to lose."""
    return lambda: bool(parent) and os.getppid() != parent
