"""A directory full of bad and hostile input: none hangs, none stops the others, each is named with a remedy."""

import codecs
import multiprocessing
import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from read_here import ReadHere
from serving import PATIENCE

from feedsvc.articles.collector import Collection, collect
from feedsvc.articles.options import ReadOptions

Put = Callable[[Path], object]


def content(text: str | bytes) -> Put:
    """A file that holds ``text``."""
    return lambda file: file.write_bytes(text if isinstance(text, bytes) else text.encode())


def listen(file: Path) -> None:
    """A socket; it stays when nobody listens any more."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(file))


BOMB = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
SET_ASIDE: dict[str, tuple[Put, str]] = {
    "yaml.md": (content("---\ntitle: [a\n---\nText"), "header"),
    "never-closed.md": (content("---\ntitle: a\ndraft: true\n\nText"), "closed"),
    "type.md": (content("---\ndraft: {a: b}\n---\nText"), "draft"),
    "date.md": (content("---\ndate: 2024-02-31\n---\nText"), "date"),
    "bomb.md": (content(f"---\n{BOMB}---\nText"), "header"),
    "deep-yaml.md": (content(f"---\na: {'[' * 1000}{']' * 1000}\n---\nText"), "header"),
    "table.md": (content(f"{'|a' * 3000}|\n{'|-' * 3000}|\n" + "|a|\n" * 8000), "cells"),
    "deep.html": (content("<div>" * 1000), "deep"),
    "empty.txt": (content(""), "empty"),
    "binary.txt": (content(b"\x7fELF\x02\x01\x01\x00\x00\x00\x03\x00" * 50), "no text file"),
    "picture.md": (content(b"\x89PNG\r\n\x1a\n\x00"), "no text file"),
    "large.txt": (content("x" * 200_001), "larger than 200000 bytes"),
    "half.txt": (content(b"\xff\xfeabc"), "UTF-16"),
    "two\nlines.md": (content("Text"), "no text"),
    os.fsdecode(b"caf\xe9.md"): (content("Text"), "no text"),
}
WARNED: dict[str, tuple[Put, str]] = {
    "control.txt": (content("a\x08b \x00c"), "2 characters"),
    "declared.html": (content(b"<meta charset=x-none><p>caf\xe9"), "x-none"),
    "out.md": (lambda file: file.symlink_to("/etc/passwd"), "leads out"),
    "loop.md": (lambda file: file.symlink_to(file), "has no target"),
    "missing.md": (content("![](gone.png)"), "gone.png"),
    "template.md": (content("{{< who >}}Text"), "who"),
}
SILENT: dict[str, tuple[Put, bool]] = {
    "pipe.md": (os.mkfifo, False),
    "socket.md": (listen, False),
    "folder.md": (Path.mkdir, False),
    "around": (lambda folder: folder.symlink_to("."), False),
    "long-table.md": (content("|a|b|\n|-|-|\n" + "|x|y|\n" * 9000), True),
    "deep.md": (content(f"{'> ' * 1000}deep"), True),
    "deep-list.md": (content("".join(f"{' ' * level}- x\n" for level in range(600))), True),
    "deep-emphasis.md": (content(f"{'*a **b ' * 1000}"), True),
    "deep-json.md": (content(f'{{"a": {"[" * 1000}{"]" * 1000}}}\nText'), True),
    "deep-toml.md": (content(f"+++\na = {'[' * 1000}{']' * 1000}\n+++\nText"), True),
    "deep-links.md": (content(f"{'[' * 1000}x{'](y)' * 1000}"), True),
    f"{'n' * 252}.md": (content("Text"), True),
    "story.txt": (content("---\nA story that begins with a rule.\n\nAnd goes on."), True),
}
"""Whether it is published; where it may be too deep, a problem is as good."""


@pytest.fixture
def rules(rules: ReadOptions) -> ReadOptions:
    """Give a low limit of size."""
    return replace(rules, size_limit=200_000)


def gathered(directory: Path, rules: ReadOptions) -> Collection:
    """What comes of the directory at first sight."""
    return collect(
        directory, {}, rules, lambda _digest, _body: None, lambda _done, _total: None, readers=ReadHere()
    )


@pytest.fixture
def found(directory: Path, rules: ReadOptions) -> Collection:
    """Gather all of it at once, with a good article in the middle."""
    (directory / "good.md").write_text("# Good\n\nText")
    for name, (put, _) in (SET_ASIDE | WARNED | SILENT).items():
        put(directory / name)
    return gathered(directory, rules)


def test_each_bad_file_is_named_and_the_good_one_published(found: Collection) -> None:
    """By path, what is wrong and what to do; whatever else lies in the directory."""
    published = {taken.article.path for taken in found.readings}
    assert "good.md" in published
    told = {problem.path: problem for problem in found.problems if problem.severity == "problem"}
    for name, (_, words) in SET_ASIDE.items():
        path = name.encode("ascii", "backslashreplace").decode().replace("\\udc", "\\x").replace("\n", "\\n")
        assert words in told[path].what, told[path]
        assert told[path].remedy
        assert name not in published


def test_each_odd_file_is_a_warning(found: Collection) -> None:
    """It is published as far as it goes."""
    told = [(problem.path, problem.what) for problem in found.problems if problem.severity == "warning"]
    for name, (_, words) in WARNED.items():
        assert any(path == name and words in what for path, what in told), (name, told)


def test_what_is_no_article_is_left_out_and_the_rest_is_read(found: Collection) -> None:
    """A pipe, a socket, a folder with a file's name and a circle of links are nothing to report."""
    outcomes = {taken.article.path for taken in found.readings} | {problem.path for problem in found.problems}
    for name, (_, read) in SILENT.items():
        assert (name in outcomes) is read, name


@pytest.mark.skipif(not hasattr(os, "mknod") or os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_left_out(directory: Path, rules: ReadOptions) -> None:
    """Reading /dev/zero would never end."""
    try:
        os.mknod(directory / "zero.md", 0o020666, os.makedev(1, 5))
    except OSError as error:
        pytest.skip(f"no device can be made here: {error}")
    assert gathered(directory, rules) == Collection()


def _gather_as_nobody(
    directory: Path, rules: ReadOptions, told: "multiprocessing.Queue[list[tuple[str, str]]]"
) -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    found = gathered(directory, rules)
    outcomes = [(taken.article.path, "read") for taken in found.readings]
    told.put(outcomes + [(problem.path, problem.what) for problem in found.problems])


def test_what_may_not_be_read_is_a_problem(rules: ReadOptions) -> None:
    """A file without rights and a folder without rights; asked for by a process that is not root."""
    context = multiprocessing.get_context("fork")
    codecs.lookup("utf-8-sig")  # loads the codec: the other user may not be able to read where Python lies
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        for path in ("good.txt", "closed.txt", "folder/inner.txt"):
            (directory / path).parent.mkdir(exist_ok=True)
            (directory / path).write_text("Title\n\nText")
        (directory / "closed.txt").chmod(0)
        (directory / "folder").chmod(0)
        queue: multiprocessing.Queue[list[tuple[str, str]]] = context.Queue()
        child = context.Process(target=_gather_as_nobody, args=(directory, rules, queue))
        child.start()
        told = dict(queue.get(timeout=PATIENCE))
        child.join(PATIENCE)
        (directory / "folder").chmod(0o755)
    assert told["good.txt"] == "read"
    assert told["closed.txt"] == "the file cannot be read (Permission denied)"
    assert told["folder"] == "this folder cannot be read (Permission denied)"
