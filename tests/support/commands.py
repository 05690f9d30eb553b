"""Commands of feedsvc, run in this process: to start one takes longer than most commands do.

What a process alone shows (its output on a terminal, what it loads, ``serve``) is tested with
:func:`serving.command`.
"""

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import structlog
from serving import environment
from signals import restored_signals

from feedsvc.cli import main
from feedsvc.core.logs import configure_logs


def run_command(home: Path, *arguments: object, **settings: str) -> CompletedProcess[str]:
    """Run a command in ``home`` with no setting but these; gives its exit status and what it printed."""
    words = ["feedsvc", *map(str, arguments)]
    output, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(home),
        patch.dict(os.environ, environment(**settings), clear=True),
        patch.object(sys, "argv", words),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        restored_signals(),
        _logs_to(errors),
    ):
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    return CompletedProcess(words, status, output.getvalue(), errors.getvalue())


@contextlib.contextmanager
def _logs_to(stream: io.StringIO) -> Iterator[None]:
    """Have log lines written to ``stream``, and give the process its own logging back afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        with patch.object(configure_logs, "__defaults__", (stream,)):
            yield
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
