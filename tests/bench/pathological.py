"""What single files of a nasty kind take to read: seconds of computing and peak memory, each in its own process.

    python tests/bench/pathological.py [--bytes 200000]

Every kind must end as an article or as a problem, below the limits (10 s and 1 GB). With --one KIND the measured
process itself is run.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.attempt import attempt
from feedsvc.articles.source.scanner import scan

KINDS: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "table of 3,000 columns": (
        ".md",
        lambda size: "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "|a|\n" * (size // 4),
    ),
    "long table": (".md", lambda size: "|a|b|\n|-|-|\n" + "|x|y|\n" * (size // 6)),
    "nested quotes": (".md", lambda size: "> " * (size // 2) + "x"),
    "nested lists": (
        ".md",
        lambda size: "".join(f"{' ' * level}- x\n" for level in range(int((2 * size) ** 0.5))),
    ),
    "emphasis": (".md", lambda size: "*a **b " * (size // 7)),
    "brackets": (".md", lambda size: "[" * (size // 2) + "](x)" * (size // 8)),
    "definitions and references": (".md", lambda size: "[a]: /x\n\n" + "[a] " * (size // 4)),
    "local links": (".md", lambda size: "".join(f"[a](b{n}.md) " for n in range(size // 14))),
    "footnotes": (".md", lambda size: "".join(f"[^{n}]\n\n[^{n}]: x\n\n" for n in range(size // 24))),
    "back-ticks": (".md", lambda size: "".join("`" * n + " " for n in range(int((2 * size) ** 0.5)))),
    "shortcodes": (".md", lambda size: "{{< a " * (size // 6)),
    "Liquid": (".md", lambda size: "{% if a %}" * (size // 10)),
    "long line": (".md", lambda size: "a" * size),
    "deep HTML": (".html", lambda size: "<div>" * (size // 5)),
    "attributes": (".html", lambda size: "<p " + "a=b " * (size // 4) + ">x"),
    "entities": (".html", lambda size: "&amp;&#x41;&lt;" * (size // 15)),
    "open tags": (".html", lambda size: "<b><i><p>" * (size // 9)),
    "URLs in text": (".txt", lambda size: "http://a.example/ x " * (size // 20)),
    "large YAML": (".md", lambda size: "---\n" + "a: [b]\n" * (size // 7) + "---\nx"),
    "deep YAML": (".md", lambda size: "---\na: " + "[" * (size // 2) + "]" * (size // 2) + "\n---\nx"),
    "large TOML": (".md", lambda size: "+++\n" + "".join(f"a{n} = 1\n" for n in range(size // 10)) + "+++\nx"),
    "deep JSON": (".md", lambda size: '{"a": ' + "[" * (size // 2) + "]" * (size // 2) + "}\nx"),
    "tags": (".md", lambda size: "---\ntags: [" + ", ".join(f"t{n}" for n in range(size // 8)) + "]\n---\nx"),
}


def main() -> None:
    """Measure each kind and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=200_000, help="how large each file is, about")
    parser.add_argument("--one", help="measure this kind in this process")
    options = parser.parse_args()
    if options.one:
        _print(json.dumps(_measure(options.one, options.bytes)))
        return
    _print("| kind | bytes | seconds | peak memory | what becomes of it |\n|---|---:|---:|---:|---|")
    for kind in KINDS:
        command = [sys.executable, __file__, "--one", kind, "--bytes", str(options.bytes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            _print(f"| {kind} | | | | ended by status {done.returncode} |")
            continue
        size, seconds, megabytes, end = json.loads(done.stdout)
        _print(f"| {kind} | {size:,} | {seconds:.2f} | {megabytes:.0f} MB | {end} |")


def _measure(kind: str, size: int) -> tuple[int, float, float, str]:
    suffix, text = KINDS[kind]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file = directory / f"a{suffix}"
        file.write_text(text(size), "utf-8")
        rules = ReadOptions("https://example.org", ZoneInfo("UTC"), 2_000_000)
        begin = time.process_time()
        found = attempt(directory, file.name, scan(directory), rules)
        seconds = time.process_time() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        problem = getattr(found, "problem", None)
        return file.stat().st_size, seconds, memory, problem.what if problem else "an article"


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the table is what one runs this for


if __name__ == "__main__":
    main()
