"""What Netlify, Cloudflare Pages and their like are told: the files ``_headers`` and ``_redirects``."""

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from feedsvc.core.reserved_paths import MEDIA
from feedsvc.operations.export.directory import ExportedFile

_THEIRS = frozenset({"vary"})
"""Fields that these hosts set themselves, as they compress."""


def headers_file(leaves: Sequence[ExportedFile]) -> str:
    """A rule for each path that has a file, feeds first: Cloudflare Pages heeds the first hundred rules.

    Rules that match one path add up there, so no two of these have a field in common: what all files have stands
    under ``/*``, the rest under each path, and under ``/media/*`` once for all.
    """
    there = [leaf for leaf in leaves if leaf.status == 200]
    common = _common(there)
    rules = [("/*", common)] if common else []
    media = list(filter(_is_media, there))
    shared = _common(media)
    kept = [field for field in shared if field not in common and field[0] != "content-type"]
    rules += [("/media/*", kept)] if kept else []
    for leaf in sorted(there, key=lambda leaf: (_is_page(leaf), leaf.path.count("/"))):
        known = {*common, *(kept if _is_media(leaf) else ())}
        own = [field for field in leaf.headers if field not in known and field[0] not in _THEIRS]
        if own:
            rules.append((quote(leaf.path), own))
    return "".join(map(_rule, rules))


def _rule(rule: tuple[str, list[tuple[str, str]]]) -> str:
    path, fields = rule
    return "".join([f"{path}\n", *(f"  {name}: {value}\n" for name, value in fields)])


def redirects_file(leaves: Iterable[ExportedFile]) -> str:
    """A line for each address that leads elsewhere, and for each that is gone.

    Netlify shows the page of what is gone with the status 410. Cloudflare Pages leaves such a line out, and
    answers 404.
    """
    lines = [f"{quote(leaf.path)} {leaf.location} 301\n" for leaf in leaves if leaf.location]
    lines += [f"{quote(leaf.path)} {leaf.file} 410\n" for leaf in leaves if leaf.status == 410]
    return "".join(lines)


def _common(leaves: Sequence[ExportedFile]) -> list[tuple[str, str]]:
    """The fields that all of them have."""
    if not leaves:
        return []
    shared = set(leaves[0].headers).intersection(*(leaf.headers for leaf in leaves[1:]))
    return [field for field in leaves[0].headers if field in shared and field[0] not in _THEIRS]


def _is_media(leaf: ExportedFile) -> bool:
    return leaf.path.startswith(MEDIA)


def _is_page(leaf: ExportedFile) -> bool:
    return leaf.header("content-type").startswith("text/html")


def listing(leaves: Iterable[ExportedFile]) -> str:
    """A JSON array with an object for each object of the bucket.

    ``file`` is below ``site/``, empty for a redirect, which is an empty object with a ``redirect``. A page has the
    key of its address, without ``.html``, so that the site keeps its addresses; ``index.html`` stands for a slash.
    """
    told = [
        {
            "file": leaf.file.removeprefix("/"),
            "key": _key(leaf),
            "content_type": leaf.header("content-type"),
            "cache_control": leaf.header("cache-control"),
            "content_disposition": leaf.header("content-disposition"),
            "redirect": leaf.location,
        }
        for leaf in leaves
        if leaf.status != 410
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _key(leaf: ExportedFile) -> str:
    if leaf.status == 404:
        return "404.html"
    return f"{leaf.path}index.html"[1:] if leaf.path.endswith("/") else leaf.path[1:]
