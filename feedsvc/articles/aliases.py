"""Aliases: the former addresses of an article, as paths of this site."""

import posixpath
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from feedsvc.articles.excerpt import one_line
from feedsvc.articles.unreadable import Notes


def alias_paths(written: Iterable[str], folder: str, base_url: str, notes: Notes) -> tuple[str, ...]:
    """The paths at which the article was, each with a leading slash and none at the end, decoded, in order.

    Args:
        written: As the header has them: paths, those without a leading slash relative to the folder (Hugo), or
            whole addresses of this site.
        folder: The folder of the article, without outer slashes.
        base_url: Of this site, without a trailing slash.
        notes: Takes a warning for each that is no address of this site.
    """
    found: dict[str, None] = {}
    for alias in written:
        path = _path(alias, folder, base_url)
        if path is None:
            what = f'the alias "{alias[:80]}" is no address of this site'
            notes.warn(None, what, f"write its path, or begin it with {base_url}/")
        else:
            found[path] = None
    return tuple(found)


def _path(alias: str, folder: str, base_url: str) -> str | None:
    try:
        parts, own = urlsplit(alias), urlsplit(base_url)
    except ValueError:
        return None
    if parts.netloc and parts.netloc.lower() != own.netloc.lower():
        return None
    if parts.scheme not in {"", "http", "https"}:
        return None
    path = unquote(parts.path)
    if parts.netloc:
        path = path.removeprefix(own.path) or "/"
    elif not path:
        return None
    joined = one_line(posixpath.normpath(posixpath.join("/", folder, path)))
    return f"/{joined.lstrip('/')}"
