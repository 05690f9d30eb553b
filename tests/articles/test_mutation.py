"""Valid files, damaged at random 20,000 times: nothing but a problem or an article ever comes of one."""

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from injections import active_parts
from lxml import etree
from read_here import ReadHere
from repository import DATA

from feedsvc.articles.collector import collect
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.names import article_format

pytestmark = pytest.mark.slow

GOLDEN = (DATA / "articles", DATA / "dialects")
RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 1_000_000)
SHARDS = 20
MUTATIONS = 1_000
"""In each shard."""
BATCH = 50
"""How many damaged files are gathered at once."""

Mutation = Callable[[random.Random, bytearray, bytes], bytes]


@cache
def golden_files() -> tuple[tuple[str, bytes], ...]:
    """The articles of every dialect, by their suffix."""
    found = (path for folder in GOLDEN for path in folder.rglob("*"))
    paths = sorted(path for path in found if path.is_file() and article_format(path.name))
    return tuple((path.suffix, path.read_bytes()) for path in paths)


def flip(chance: random.Random, content: bytearray, _other: bytes) -> bytes:
    """One to sixteen bits are flipped."""
    for _ in range(chance.randint(1, 16)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def truncate(chance: random.Random, content: bytearray, _other: bytes) -> bytes:
    """The end is missing."""
    return bytes(content[: chance.randrange(len(content))])


def splice(chance: random.Random, content: bytearray, other: bytes) -> bytes:
    """A piece of another file stands in the place of a piece of this one."""
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    begin, stop = sorted(chance.randrange(len(other) + 1) for _ in range(2))
    return bytes(content[:start]) + other[begin:stop] + bytes(content[end:])


def insert(chance: random.Random, content: bytearray, _other: bytes) -> bytes:
    """Something odd was typed, up to three times."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(content) + 1)
        content[at:at] = chance.choice(ODD)
    return bytes(content)


ODD = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\x0b",
    b"&#8;",
    b"&#xD800;",
    b"---\n",
    b"+++\n",
    b"\n\n",
    b"\r",
    b"`",
    b"```\n",
    b'"',
    b"'",
    b"<",
    b">",
    b"<!--",
    b"-->",
    b"]]>",
    b"{{<",
    b"{%",
    b"%}",
    b"{",
    b"}",
    b"[",
    b"](",
    b"|",
    b":",
    b"&",
    b"*a ",
    b"<svg>",
    b"<math>",
    b"</p>",
    b"\t",
    b"$",
    b"\\(",
    b"%%",
    b"{:",
    b"{#a}",
    b"{::comment}",
    b"!!! a\n    ",
    b"<A>",
    b"/// a\n",
    b"[toc]\n",
)
MUTATE: tuple[Mutation, ...] = (flip, truncate, splice, insert)


def mutants(seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged files, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  the same damage every time
    files = golden_files()
    for number in range(MUTATIONS):
        suffix, content = chance.choice(files)
        _, other = chance.choice(files)
        mutated = chance.choice(MUTATE)(chance, bytearray(content), other)
        yield f"{number:04}{suffix}", mutated


FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_body(body: str) -> None:
    """It can stand in XML, and holds nothing active."""
    assert not FORBIDDEN.search(body)
    element = etree.Element("content")
    element.text = body
    assert etree.fromstring(etree.tostring(element)).text == (body or None)
    assert not list(active_parts(body))


@pytest.mark.parametrize("seed", range(SHARDS))
def test_a_damaged_file_is_an_article_or_a_problem(seed: int, tmp_path: Path) -> None:
    """No fault of a reader, and no body that could break or harm a feed."""
    batch: list[tuple[str, bytes]] = []
    gathered = 0
    for mutant in mutants(seed):
        batch.append(mutant)
        if len(batch) == BATCH:
            gathered += gathered_from(tmp_path, batch)
            batch.clear()
    assert gathered == MUTATIONS


def gathered_from(directory: Path, batch: list[tuple[str, bytes]]) -> int:
    """Gather the files of ``batch``, check what came of each, and tell how many they were."""
    for path, content in batch:
        (directory / path).write_bytes(content)
    bodies: dict[str, str] = {}
    found = collect(directory, {}, RULES, bodies.__setitem__, lambda _done, _total: None, readers=ReadHere())
    faults = [problem for problem in found.problems if "fault of feedsvc" in problem.what]
    assert not faults, [(fault, (directory / fault.path).read_bytes()) for fault in faults]
    assert all(problem.remedy for problem in found.problems)
    aside = {problem.path for problem in found.problems if problem.severity == "problem"}
    assert {taken.article.path for taken in found.readings} | aside == {path for path, _ in batch}
    for body in bodies.values():
        check_body(body)
    for path, _ in batch:
        (directory / path).unlink()
    return len(batch)


def test_the_damage_is_worth_it() -> None:
    """Every kind of damage changes a file, and the same seed gives the same damage."""
    for mutation in MUTATE:
        chance = random.Random(1)  # noqa: S311  the same
        assert (
            mutation(chance, bytearray(b"some words, and some more"), b"of another file")
            != b"some words, and some more"
        )
    assert list(mutants(3))[:20] == list(mutants(3))[:20]
    assert len(golden_files()) > 10
