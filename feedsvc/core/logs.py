"""Log lines: readable text on a terminal, structured elsewhere. The only home of structlog's configuration.

Every module logs an event with key=value pairs through ``structlog.get_logger()``. Log lines of libraries, which
use the standard library's logging, get the same format.
"""

import logging
import os
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from feedsvc.core.printable import printable, printable_json, printable_line, redacted
from feedsvc.core.settings.model import Settings

_SHARED: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

_QUIET = ("alembic", "apscheduler", "asyncio", "sqlalchemy", "uvicorn", "watchfiles")
"""Libraries whose log lines below a warning would only repeat those of feedsvc."""


_PLAIN = (int, float, type(None))
"""Types of values that are no text, and stay as they are."""
_LINES = ("exception", "stack")
"""The keys of tracebacks, whose values have several lines."""


def configure_logs(settings: Settings, role: str, stream: TextIO = sys.stderr) -> None:
    """Send all log lines of this process to ``stream``, each marked with the process's ``role``."""
    shared: tuple[Processor, ...] = (lambda _logger, _method, event: {"role": role, **event}, *_SHARED)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                *_renderer(format_for(settings, stream), stream),
                lambda _logger, _method, line: redacted(str(line)),  # feedsvc logs no secret; libraries might
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log.level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def format_for(settings: Settings, stream: TextIO = sys.stderr) -> str:
    """The format of log lines that go to ``stream``: ``text``, ``logfmt`` or ``json``."""
    if settings.log.format == "auto":
        return "text" if stream.isatty() else "logfmt"
    return settings.log.format


def _without_controls(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The event without characters in its values that could control a terminal or forge a log line.

    Among the values are file names, requested paths, and messages that quote them.
    """
    return {name: value if isinstance(value, _PLAIN) else _shown(name, value) for name, value in event.items()}


def _shown(name: str, value: object) -> str:
    """A value as text; a traceback keeps its lines."""
    return printable(str(value)) if name in _LINES else printable_line(str(value))


def _renderer(form: str, stream: TextIO) -> tuple[Processor, ...]:
    if form == "text":
        # The formatter that structlog prefers shows the values of local variables, and any may be a secret.
        plain = structlog.dev.plain_traceback
        colors = stream.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
        return (
            _without_controls,
            structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, exception_formatter=plain),
        )
    if form == "json":
        as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
        return (as_json, lambda _logger, _method, line: printable_json(str(line)))
    order = ["timestamp", "level", "role", "event"]
    return (_without_controls, structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True))
