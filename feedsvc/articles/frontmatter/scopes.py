"""Scopes: the articles to which the values of a data file apply.

Hugo's ``cascade`` names targets (its documentation, "Front matter", "Cascade"), Jekyll's ``defaults`` paths and
types (its documentation, "Front Matter Defaults").
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from feedsvc.articles.frontmatter.header import Value, spelling

_LANGUAGE = re.compile(r"\.[a-z]{2,3}(?:-[a-z]{2,4})?$")
_PARTS = re.compile(r"\*\*|[*?{},]|\[[^\]/]*\]|[^*?{},\[]+|\[")


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


def fits_scope(scope: Mapping[str, Value], path: str) -> bool:
    """Whether Jekyll's ``scope`` holds for the article at ``path``, seen from the folder of its configuration."""
    wanted, kind = scope.get("path", ""), scope.get("type", "")
    if not isinstance(wanted, str) or not isinstance(kind, str):
        return True  # no scope that Jekyll would take; what it hides must not be published
    folder = wanted.strip("/")
    if "*" in folder:
        inside = any(_matches(folder, "/".join(parts)) for parts in _beginnings(path))
    else:
        inside = not folder or path == folder or path.startswith(f"{folder}/")
    return inside and (not kind or _is_of_type(kind, path))


def _beginnings(path: str) -> Iterator[list[str]]:
    parts = path.lower().split("/")
    return (parts[: number + 1] for number in range(len(parts)))


def _is_of_type(kind: str, path: str) -> bool:
    folders = path.split("/")[:-1]
    if kind == "pages":
        return not any(folder.startswith("_") for folder in folders)
    return f"_{kind}" in folders or (kind == "posts" and "_drafts" in folders)


def precedence(scope: Mapping[str, Value]) -> tuple[int, int]:
    """The rank of a scope among those that apply: by the length of its path, then by whether it has a type."""
    path, kind = scope.get("path", ""), scope.get("type", "")
    return len(path) if isinstance(path, str) else 0, int(bool(kind))
