"""A Dockerfile, read as its instructions."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them: a word, its flags, and the rest of the line."""

    word: str
    flags: dict[str, str]
    rest: str

    @property
    def listed(self) -> list[str]:
        """The rest as the list of words that it is in its exec form."""
        return [str(word) for word in json.loads(self.rest)]


def instructions(file: Path) -> Iterator[Instruction]:
    """What a Dockerfile says, in order; lines that go on are joined, and comments left out."""
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            flags = {}
            rest = rest.strip()
            while found := _FLAG.match(rest):
                flags[found[1]] = found[2]
                rest = rest[found.end() :]
            yield Instruction(word, flags, rest)


def health_check(file: Path) -> list[str]:
    """The command by which the image is found to be well."""
    (found,) = [each for each in instructions(file) if each.word == "HEALTHCHECK"]
    command = json.loads(found.rest.removeprefix("CMD "))
    return [str(word) for word in command]


def environment(file: Path) -> dict[str, str]:
    """The variables that the image sets."""
    lines = [each.rest for each in instructions(file) if each.word == "ENV"]
    return dict(pair.split("=", 1) for line in lines for pair in line.split())
