"""Log lines: readable on a terminal, structured elsewhere. The only home of structlog's configuration.

Every module logs through ``structlog.get_logger()`` with an event and key=value pairs. What libraries log
through the standard library takes the same form.
"""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from feedsvc.settings.settings import Settings

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

_QUIET = ("alembic", "apscheduler", "asyncio", "sqlalchemy", "uvicorn", "watchfiles")
"""Libraries whose own news below a warning would only repeat ours."""


_TOKEN = re.compile(r"(/private/)[^/\s\"']+")
"""The secret in the address of a private feed. No line of ours names one; this is for what others may log."""


def configure_logs(settings: Settings, role: str, stream: TextIO = sys.stderr) -> None:
    """Send all log lines of this process to ``stream``, each marked with the process's ``role``."""
    form = settings.log_format
    if form == "auto":
        form = "text" if stream.isatty() else "logfmt"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderer(form, stream),
                _masked,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(role=role)


def _masked(_logger: object, _method: str, line: object) -> str:
    """The rendered line without secrets."""
    return _TOKEN.sub(r"\1***", str(line))


def _renderer(form: str, stream: TextIO) -> tuple[Processor, ...]:
    if form == "text":
        return (structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0),)
    if form == "json":
        return (structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))
    order = ["timestamp", "level", "role", "event"]
    return (
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True),
    )
