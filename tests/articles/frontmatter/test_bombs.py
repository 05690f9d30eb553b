"""Files beside articles that are made to swell or to hang who reads them: each parser refuses them in time.

Pages of sections and files about a project are read by the publisher itself, and what a data file takes it would
take again for every article below it. So no such file may cost much, reader process or not.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from read_here import ReadHere
from serving import PATIENCE

from feedsvc.articles.collector import collect
from feedsvc.articles.options import ReadOptions

MEMORY = 500_000_000
"""Address space of the process that meets the bombs, in bytes."""
SECONDS = 3.0
"""Of computing for one of them, on a busy machine."""
_NAMES = tuple(pairwise("abcdefghi"))
_YAML = {
    "aliases": "a: &a [x, x]\n" + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in _NAMES),
    "merged": "a: &a {x: y}\n" + "".join(f"{b}: &{b}\n  <<: [{','.join([f'*{a}'] * 9)}]\n" for a, b in _NAMES),
    "deep": "a: " + "[" * 400_000 + "\n",
    "wide": "a: {" + "a," * 450_000 + "}\n",
    "many": "a: [b]\n" * 140_000,
    "pairs": "? a\n" * 240_000,
}  # fmt: skip
_TOML = {
    "dots": "a." * 49_000 + "b = 1\n",
    "quoted dots": '"a" . ' * 16_000 + "b = 1\n",
    "a dotted table": "[" + "a." * 49_000 + "b]\n",
    "deep": "a = " + "[" * 49_000 + "]" * 49_000 + "\n",
    "deep tables": "a = " + "{a=" * 24_000 + "1" + "}" * 24_000 + "\n",
    "many": "".join(f"a{number} = 1\n" for number in range(90_000)),
    "no dots": "a" * 90_000 + "\n",
}
_JSON = {
    "deep": '{"draft": ' + "[" * 450_000 + "]" * 450_000 + "}",
    "deep objects": '{"draft": ' + '{"a":' * 150_000 + "1" + "}" * 150_001,
    "escaped names": "{" + ",".join(f'"\\u0061{number:x}":1' for number in range(65_000)) + ', "tags": []}',
    "many": '{"tags": [' + "{}," * 300_000 + "1]}",
}


def fenced() -> dict[str, str]:
    """The bombs as headers of Markdown."""
    return {
        **{f"YAML, {name}": f"---\ntitle: x\n{text}---\nwords\n" for name, text in _YAML.items()},
        **{f"TOML, {name}": f"+++\ntitle = 'x'\n{text}+++\nwords\n" for name, text in _TOML.items()},
        **{f"JSON, {name}": f"{text}\nwords\n" for name, text in _JSON.items()},
    }


PLACES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "posts/_index.md": fenced,
    "README.md": fenced,
    "posts/a.meta": fenced,
    "posts/posts.json": lambda: _JSON,
    "_config.yml": lambda: {
        name: f"{text}defaults: [{{values: {{draft: true}}}}]\n" for name, text in _YAML.items()
    },
    "_config.toml": lambda: {name: f"title = 'x'\n{text}" for name, text in _TOML.items()},
    "authors.yml": lambda: _YAML,
}


_AMONG_THE_QUICK = {"README.md", "_config.toml"}
"""Between them they are read in every syntax, in less than a third of the time that all places take."""


@pytest.mark.parametrize(
    "place", [pytest.param(each, marks=[] if each in _AMONG_THE_QUICK else pytest.mark.slow) for each in PLACES]
)
def test_no_file_of_a_site_is_a_bomb(directory: Path, place: str) -> None:
    """The other article is read all the same, unless the file may keep it back and is no more to be understood."""
    done = subprocess.run(
        [sys.executable, __file__, str(directory), place], capture_output=True, text=True, check=False,
        timeout=PATIENCE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert not done.returncode, done.stderr[-2000:]
    for name, (seconds, read, problems) in json.loads(done.stdout).items():
        assert seconds < SECONDS, name
        assert "top.md" in read or place.startswith(("_config", "authors")), name
        set_aside = {"top.md", "posts/a.md", "posts/b.md"} - {*read}
        assert set_aside <= problems.keys(), name
        assert not any("fault of feedsvc" in what for what in problems.values()), name


def _meet(directory: Path, place: str) -> dict[str, tuple[float, list[str], dict[str, str]]]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    (directory / "posts").mkdir()
    for article in ("posts/a.md", "posts/b.md", "top.md"):
        (directory / article).write_text("---\nauthor: ida\n---\nwords\n")
    told = {}
    for name, bomb in PLACES[place]().items():
        (directory / place).write_text(bomb)
        begin = time.process_time()
        rules = ReadOptions("https://example.org", ZoneInfo("UTC"), 2_000_000)
        found = collect(directory, {}, rules, lambda *_: None, lambda *_: None, readers=ReadHere())
        seconds = time.process_time() - begin
        problems = {problem.path: problem.what for problem in found.problems}
        told[name] = seconds, [taken.article.path for taken in found.readings], problems
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_meet(Path(sys.argv[1]), sys.argv[2])))
