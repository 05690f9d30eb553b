"""A call of a template: its name and what is handed to it, whatever syntax it is written in."""

import re
from dataclasses import dataclass, field

_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s*(?:=|:(?!//))\s*)?(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|[^\s,=\"'`]+)", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A call such as ``figure src="a.jpg"``."""

    name: str
    """In lower case, without dashes and underscores."""
    given: tuple[str, ...] = ()
    """The arguments without a name, in their order."""
    named: dict[str, str] = field(default_factory=dict)
    """By name in lower case."""

    def get(self, *names: str, at: int | None = None) -> str:
        """The first argument that is given under one of ``names``, else the one at place ``at``; empty if none."""
        for name in names:
            if self.named.get(name):
                return self.named[name]
        return self.given[at] if at is not None and at < len(self.given) else ""


def read_call(name: str, arguments: str) -> Call:
    """The call of ``name`` with ``arguments`` as they are written: by place, ``name=value`` or ``name: value``."""
    given: list[str] = []
    named: dict[str, str] = {}
    for key, value in _ARGUMENT.findall(arguments):
        if key:
            named.setdefault(key.lower(), _plain(value))
        else:
            given.append(_plain(value))
    return Call(plain_name(name), tuple(given), named)


def plain_name(name: str) -> str:
    """The name by which a template is known: ``blocks/youTube-lite.html`` is ``youtubelite``."""
    return re.sub(r"[-_]", "", re.sub(r"\.\w+$", "", name.rpartition("/")[2])).lower()


def _plain(value: str) -> str:
    if value[:1] in {'"', "'"}:
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip("`")
