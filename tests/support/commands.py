"""Commands of feedsvc, run in this process: to start one takes longer than most commands do.

What a process alone shows (its output on a terminal, what it loads, a service that runs) is tested with
:func:`serving.command`.
"""

import contextlib
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import structlog
from serving import environment
from signals import restored_signals

from feedsvc.articles.model import Result
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.source.listing import Listing
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
        patch("os.execve", side_effect=AssertionError("the command became another program")),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        restored_signals(),
        kept_readers(),
        _logs_to(errors),
    ):
        given = dict(os.environ)
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        assert os.environ == given, "what a command sets would stay for the tests that follow"
    return CompletedProcess(words, status, output.getvalue(), errors.getvalue())


class _Readers(ReaderPool):
    """Reader processes for commands that run in different directories."""

    def read(
        self, directory: Path, listing: Listing, rules: ReadOptions, paths: Sequence[str], tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files. Their directory is absolute, since the processes stay in that of the first command."""
        return super().read(directory.absolute(), listing, rules, paths, tick)


READERS = _Readers()
"""Reads for each command that runs here. The tests' fixture ``readers_end`` ends the process with each module."""


@contextlib.contextmanager
def kept_readers() -> Iterator[None]:
    """Have commands read by a process that lives on to the next command, since it takes longest to start."""
    with (
        patch.object(ReaderPool, "__enter__", lambda _pool: READERS),
        patch.object(ReaderPool, "__exit__", lambda *_: None),
    ):
        yield


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
