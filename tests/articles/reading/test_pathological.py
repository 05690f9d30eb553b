"""Files of nasty kinds, each read by a reader process under the default limits: an article, or a named problem."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from nasty_files import KINDS
from serving import READER, processes

from feedsvc.articles.collector import lint
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.pool import ReaderPool

LIMITED = re.compile(r"its [\d,]+ bytes take more than (10 s|1,000,000,000 bytes of memory) to read")
"""The two causes by which a reader may be ended; a crash is none."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    """Give one reader that goes on to the next file if it outlives the last."""
    with ReaderPool() as readers:
        yield readers


def read_one_kind(directory: Path, rules: ReadOptions, pool: ReaderPool, kind: str, size: int) -> list[str]:
    """Read a file of that kind beside a plain one, and give what is wrong with it.

    The reader is asked how much it computed for both, and how much memory it had at most.
    """
    suffix, text = KINDS[kind]
    (directory / f"nasty{suffix}").write_text(text(size), "utf-8")
    (directory / "plain.md").write_text("# Plain\n\nwords\n")
    before = computed()
    found = lint(directory, replace(rules, size_limit=2_000_000), lambda *_: None, readers=pool)
    after = computed()
    told = [problem for problem in found.problems if problem.severity == "problem"]
    assert {problem.path for problem in told} <= {f"nasty{suffix}"}
    assert found.read + len(told) == 2
    if before.keys() == after.keys():
        assert sum(after.values()) - sum(before.values()) < 10
    return [problem.what for problem in told]


def computed() -> dict[int, float]:
    """Seconds of computing of each reader that there is."""
    return {reader.pid: sum(reader.cpu_times()[:2]) for reader in processes(READER)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_file_is_read_or_refused_before_it_costs_much(
    directory: Path, rules: ReadOptions, pool: ReaderPool, kind: str
) -> None:
    """At 100 kB no reader dies of any of them: parsers or the estimates before them see to it."""
    told = read_one_kind(directory, rules, pool, kind, 100_000)
    assert not any(LIMITED.fullmatch(what) or "end the process" in what for what in told)
    assert not any("fault of feedsvc" in what for what in told)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_file_as_large_as_may_be_costs_itself_alone(
    directory: Path, rules: ReadOptions, pool: ReaderPool, kind: str
) -> None:
    """At the default size limit a reader may be ended by its limits of time and memory, and by nothing else."""
    told = read_one_kind(directory, rules, pool, kind, 1_900_000)
    assert not any("end the process" in what or "fault of feedsvc" in what for what in told)
