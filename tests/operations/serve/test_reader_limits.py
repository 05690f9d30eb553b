"""A file that takes a reader too much, as the operator of ``feedsvc serve`` sees it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from commands import run_command
from serving import READER, Service, wait_for, write

GOOD = {f"2026-03-0{day}-day-{day}.md": f"# Day {day}\n\nwords\n" for day in range(1, 6)}
KILLERS = {
    "time": (
        "[a](b.md) " * 190_000,
        {"limits__reader_timeout": "1"},
        "its 1,900,010 bytes take more than 1 s to read",
    ),
    "memory": (
        "*a **b " * 270_000,
        {"limits__reader_memory": "200000000"},
        "its 1,890,010 bytes take more than 200,000,000 bytes of memory to read",
    ),
}


def status(home: Path) -> list[dict[str, str]]:
    """The problems that ``feedsvc status`` tells."""
    told = json.loads(run_command(home, "status", "--format", "json").stdout)
    problems: list[dict[str, str]] = told["problems"]
    return problems


@pytest.mark.parametrize("cause", ["time", pytest.param("memory", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_a_file_that_ends_its_reader_costs_itself_alone(tmp_path: Path, cause: str) -> None:
    """Log and status name it with size and cause, the others are published, and nobody tries it again.

    Not in a later round and not after a restart; with other bytes it is published.
    """
    text, settings, what = KILLERS[cause]
    stories = write(tmp_path / "stories", {**GOOD, "2026-03-03-killer.md": f"# Killer\n\n{text}"})
    with serving(tmp_path, stories, settings) as service:
        service.ready()
        assert service.titles() == [f"Day {day}" for day in range(5, 0, -1)]
        assert what in service.log
        assert "2026-03-03-killer.md" in service.log
        assert [(each["path"], each["what"]) for each in status(tmp_path)] == [("2026-03-03-killer.md", what)]
        write(stories, {"2026-03-06-day-6.md": "# Day 6\n\nwords\n"})
        service.scan()
        assert "Day 6" in service.titles()
    with serving(tmp_path, stories, settings) as service:
        service.ready()
        service.scan()
        assert not service.children(READER)
        assert [each["what"] for each in status(tmp_path)] == [what]
        write(stories, {"2026-03-03-killer.md": "# Killer\n\nNow it is tame.\n"})
        service.scan()
        wait_for(lambda: "Killer" in service.titles(), "the article")
        assert not status(tmp_path)


def serving(home: Path, stories: Path, settings: Mapping[str, str]) -> Service:
    """The service, which scans when it is told to; at one address, since another has all files read anew."""
    address = {"base_url": "https://stories.example"}
    return Service(home, stories, "--port", 0, "--interval", 3600, settings={**address, **settings})
