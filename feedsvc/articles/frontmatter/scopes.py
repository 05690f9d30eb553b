"""Rules of data files: entries for headers, and the articles to which they apply.

Hugo's ``cascade`` names targets (its documentation, "Front matter", "Cascade"), Jekyll's ``defaults`` paths and
types (its documentation, "Front Matter Defaults").
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from feedsvc.articles.frontmatter.header import Dialect, Header, HeaderEntry, Value, spelling
from feedsvc.articles.frontmatter.parser import flattened
from feedsvc.articles.model import Problem

_LANGUAGE = re.compile(r"\.[a-z]{2,3}(?:-[a-z]{2,4})?$")
_PARTS = re.compile(r"\*\*|[*?{},]|\[[^\]/]*\]|[^*?{},\[]+|\[")


@dataclass(frozen=True, slots=True)
class Rule:
    """The entries of one data file, and the articles to which they apply."""

    entries: tuple[HeaderEntry, ...] = ()
    fits: Callable[[str], bool | None] = lambda _path: True
    """Whether the rule applies to the article at a path; None where that cannot be known."""
    always: bool = False
    """Whether the rule hides the article whatever its own header says."""
    broken: str | None = None
    """Why the data file, which may hide articles, cannot be read."""
    failure: Problem | None = None
    """The error of feedsvc itself because of which it cannot be read."""
    whole: Dialect | None = None
    """The dialect of a data file that replaces the article's own header: every field of it counts."""


def cascade_rules(header: Header) -> Iterator[Rule]:
    """The rules of Hugo's ``cascade`` in the header of a section's page or of the configuration."""
    found = header.entries.get("cascade")
    for part in _mappings(found.value) if found else ():
        targets = [value for key, value in part.items() if spelling(key) == "target"]
        values = {key: value for key, value in part.items() if spelling(key) != "target"}
        entries = inheritable(_header(values))
        yield Rule(entries, partial(fits_target, targets[0])) if targets else Rule(entries)


def default_rules(header: Header, root: str) -> Iterator[Rule]:
    """The rules of Jekyll's ``defaults`` in the configuration of the folder ``root``, the strongest first."""
    found = header.entries.get("defaults")
    parts = [part for part in _mappings(found.value) if isinstance(part.get("values"), dict)] if found else []
    scoped = [(_mapping(part.get("scope")), _mapping(part["values"])) for part in parts]
    scoped.sort(key=lambda pair: _precedence(pair[0]))
    for scope, values in reversed(scoped):  # of two that count alike, the later one
        yield Rule(inheritable(_header(values)), partial(_fits_scope, scope, root))


def _mappings(value: Value) -> list[dict[str, Value]]:
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, dict)]


def _mapping(value: "Value | None") -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _header(values: dict[str, Value]) -> Header:
    return Header({spelling(key): HeaderEntry(key, value, None) for key, value in values.items()})


def inheritable(header: Header) -> tuple[HeaderEntry, ...]:
    """The entries without their lines, which are lines of the data file."""
    return tuple(HeaderEntry(entry.key, entry.value, None) for entry in flattened(header).entries.values())


def fits_target(target: Value, path: str) -> bool | None:
    """Whether Hugo's ``target`` names the page of the article at ``path``.

    Args:
        target: A mapping of patterns by ``path``, ``kind``, ``lang`` or ``environment``.
        path: The file, relative to the articles directory, which may hold more than Hugo's ``content``.

    Returns:
        None where only Hugo can tell.
    """
    if not isinstance(target, dict):
        return None
    answers = {_fits_part(spelling(name), pattern, path) for name, pattern in target.items()}
    if False in answers:
        return False
    return None if None in answers else True


def _fits_part(name: str, pattern: Value, path: str) -> bool | None:
    if not isinstance(pattern, str):
        return None
    if name == "path":
        return any(_matches(pattern, candidate) for candidate in _page_paths(path))
    if name == "kind":
        return _matches(pattern, "page")
    if name == "environment":
        return _matches(pattern, "production")
    if name == "lang":
        found = _LANGUAGE.search(path.rpartition(".")[0].lower())
        return found is None or _matches(pattern, found[0][1:])
    return None


def _page_paths(path: str) -> Iterator[str]:
    """The paths that Hugo may give the page, counted from each folder that may hold the site's content."""
    stem = _LANGUAGE.sub("", path.rpartition(".")[0].lower()).removesuffix("/index")
    parts = stem.split("/")
    for number in range(len(parts)):
        yield "/" + "/".join(parts[number:])


def _matches(pattern: str, text: str) -> bool:
    return _expression(pattern.lower()).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    """The pattern of a glob with ``**``, ``*``, ``?``, ``[a-z]`` and ``{one,other}``."""
    signs = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    braces = pattern.count("{") == pattern.count("}")
    parts: list[str] = []
    inside = 0
    for part in _PARTS.findall(pattern):
        inside += {"{": 1, "}": -1}.get(part, 0)
        if part[0] == "[" and len(part) > len("[]"):
            parts.append(part.replace("[!", "[^", 1).replace("\\", "\\\\"))
        elif part in signs and (part not in "{}," or (braces and (part in "{}" or inside))):
            parts.append(signs[part])
        else:
            parts.append(re.escape(part))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def _fits_scope(scope: Mapping[str, Value], root: str, path: str) -> bool:
    """Whether Jekyll's ``scope`` holds for the article at ``path``, seen from ``root``, where it stands."""
    wanted, kind = scope.get("path", ""), scope.get("type", "")
    if not isinstance(wanted, str) or not isinstance(kind, str):
        return True  # no scope that Jekyll would take; what it hides must not be published
    folder, path = wanted.strip("/"), path.removeprefix(root)
    if "*" in folder:
        parts = path.lower().split("/")
        inside = any(_matches(folder, "/".join(parts[: number + 1])) for number in range(len(parts)))
    else:
        inside = not folder or path == folder or path.startswith(f"{folder}/")
    return inside and (not kind or _is_of_type(kind, path))


def _is_of_type(kind: str, path: str) -> bool:
    folders = path.split("/")[:-1]
    if kind == "pages":
        return not any(folder.startswith("_") for folder in folders)
    return f"_{kind}" in folders or (kind == "posts" and "_drafts" in folders)


def _precedence(scope: Mapping[str, Value]) -> tuple[int, int]:
    """The rank of a scope among those that apply: by the length of its path, then by whether it has a type."""
    path, kind = scope.get("path", ""), scope.get("type", "")
    return len(path) if isinstance(path, str) else 0, int(bool(kind))
