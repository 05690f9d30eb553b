"""Log lines of the supervisor, in the formats of :mod:`feedsvc.core.logs` but without its libraries."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TextIO

_LEVELS = {"debug": 0, "info": 32, "warning": 33, "error": 31}
"""The levels of log lines, the lowest first, and the colour of each on a terminal (ECMA-48, SGR)."""


class Log:
    """Writes log lines in the formats of :func:`feedsvc.core.logs.configure_logs`, without importing structlog."""

    def __init__(self, log_format: str, level: str, stream: TextIO = sys.stderr) -> None:
        """Take the format (``text``, ``logfmt`` or ``json``), the lowest level to write, and the stream."""
        self._stream = stream
        self._colours = stream.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
        self.configure(log_format, level)

    def configure(self, log_format: str, level: str) -> None:
        """Write in this format, from this level on."""
        renderers: dict[str, Callable[[Mapping[str, object]], str]] = {"text": self._text, "json": json.dumps}
        self._render = renderers.get(log_format, self._logfmt)
        self._level = level

    def info(self, event: str, **values: object) -> None:
        """Log an event of normal operation."""
        self._write("info", event, values)

    def warning(self, event: str, **values: object) -> None:
        """Log an event that the operator should look at."""
        self._write("warning", event, values)

    def error(self, event: str, **values: object) -> None:
        """Log a failure."""
        self._write("error", event, values)

    def _write(self, level: str, event: str, values: Mapping[str, object]) -> None:
        levels = list(_LEVELS)
        if level not in levels[levels.index(self._level) :]:
            return
        time_ = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = {"timestamp": time_, "level": level, "role": "feedsvc", "event": event, **values}
        print(self._render(line), file=self._stream, flush=True)

    @staticmethod
    def _logfmt(line: Mapping[str, object]) -> str:
        quoted = {name: f'"{value}"' if _needs_quotes(value) else value for name, value in line.items()}
        return " ".join(f"{name}={value}" for name, value in quoted.items())

    def _text(self, line: Mapping[str, object]) -> str:
        shown = {name: repr(value) if _needs_quotes(value) else value for name, value in line.items()}
        level, event = str(shown.pop("level")), line["event"]
        head = f"{self._styled(shown.pop('timestamp'), 2)} [{self._styled(f'{level:9}', _LEVELS[level], 1)}]"
        del shown["event"]
        values = (f"{self._styled(name, 36)}={self._styled(shown[name], 35)}" for name in sorted(shown))
        return " ".join((head, self._styled(event, 1), *values))

    def _styled(self, text: object, *codes: int) -> str:
        """The text in a style of ECMA-48, SGR, where colours are wanted."""
        if not self._colours:
            return str(text)
        return "".join(f"\x1b[{code}m" for code in codes) + f"{text}\x1b[0m"


def _needs_quotes(value: object) -> bool:
    return isinstance(value, str) and not {" ", "="}.isdisjoint(value)
