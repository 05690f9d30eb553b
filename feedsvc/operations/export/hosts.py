"""From responses to files of static hosts, and the configuration by which those answer as feedsvc does.

That is ``_headers`` and ``_redirects``, a list of the objects of an S3 bucket, and two files for nginx: one stands
in ``http`` and the other in ``server``, next to what the operator has there.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from feedsvc.core.media_types import bare_media_type
from feedsvc.documents.model import NOT_FOUND_PATH, Traits
from feedsvc.responses.response import Response

_LONGEST = 250
"""The most bytes of the name of a file, with room for ``.gz``."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One URL path of the site, as a static host has to answer it."""

    path: str
    """The URL path, not percent-encoded."""
    traits: Traits
    """The traits of the document at the path."""
    file: str
    """The path of the file below the folder of the site, with a leading slash; empty for a redirect."""
    headers: Mapping[str, str]
    """All header fields except Location, in their order; names in lower case."""
    location: str = ""
    """The target of a redirect; empty for other documents."""

    def header(self, name: str) -> str:
        """The value of a header field, empty if there is none."""
        return self.headers.get(name, "")


def exported_file(response: Response, cache_control: str) -> ExportedFile:
    """The exported file for the path of ``response``."""
    fields = dict(response.headers)
    location = fields.pop("location", "")
    file = "" if location else _file(response)
    fields["cache-control"] = cache_control
    return ExportedFile(response.path, response.traits, file, fields, location)


def _file(response: Response) -> str:
    """The file from which hosts serve the path by themselves, so that the site keeps its addresses.

    A page without a slash at its end is a file with ``.html``: nginx is told so, and Netlify, Cloudflare and
    GitHub do it of their own accord. A folder with ``index.html`` would move the page to an address with a slash.
    """
    path = response.path
    if response.traits.kind == "not-found":
        return "/404.html"
    if response.traits.kind == "gone":
        # Most of them are one and the same page.
        tag = response.representations[-1].etag.strip('"')
        return f"/_gone/{tag}.html"
    if path.endswith("/"):
        return f"{path}index.html"
    is_page = bare_media_type(dict(response.headers).get("content-type", "")) == "text/html"
    return f"{path}.html" if is_page and not path.endswith(".html") else path


def possible_files(path: str) -> tuple[str, ...]:
    """The files that a URL path may lead to, whatever it holds; but the page of what is gone, which many share."""
    if path == NOT_FOUND_PATH:
        return ("/404.html",)
    return (f"{path}index.html",) if path.endswith("/") else (path, f"{path}.html")


def can_be_written(file: str) -> bool:
    """Whether a file system can have a file of this name, and below the folder of the site."""
    names = file.split("/")[1:]
    return file.startswith("/") and all(
        name not in {"", ".", ".."} and "\0" not in name and len(name.encode()) <= _LONGEST for name in names
    )


_THEIRS = frozenset({"vary"})
"""Header fields that these hosts set themselves, because they compress."""


def headers_file(leaves: Sequence[ExportedFile]) -> str:
    """A rule for each path that has a file, feeds first: Cloudflare Pages heeds the first hundred rules.

    Rules that match one path add up there, so no two of these have a field in common: what all files have stands
    under ``/*``, the rest under each path, and under ``/media/*`` once for all.
    """
    there = [leaf for leaf in leaves if leaf.traits.status == 200]
    common = _common(there)
    rules = [("/*", common)] if common else []
    media = list(filter(_is_media, there))
    shared = _common(media)
    kept = [field for field in shared if field not in common and field[0] != "content-type"]
    rules += [("/media/*", kept)] if kept else []
    for leaf in sorted(there, key=lambda leaf: (_is_page(leaf), leaf.path.count("/"))):
        known = {*common, *(kept if _is_media(leaf) else ())}
        own = [field for field in leaf.headers.items() if field not in known and field[0] not in _THEIRS]
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
    lines += [f"{quote(leaf.path)} {leaf.file} 410\n" for leaf in leaves if leaf.traits.kind == "gone"]
    return "".join(lines)


def _common(leaves: Sequence[ExportedFile]) -> list[tuple[str, str]]:
    """The header fields that all files share."""
    if not leaves:
        return []
    shared = set(leaves[0].headers.items()).intersection(*(leaf.headers.items() for leaf in leaves[1:]))
    return [field for field in leaves[0].headers.items() if field in shared and field[0] not in _THEIRS]


def _is_media(leaf: ExportedFile) -> bool:
    return leaf.traits.kind == "media"


def _is_page(leaf: ExportedFile) -> bool:
    return bare_media_type(leaf.header("content-type")) == "text/html"


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
        if leaf.traits.kind != "gone"
    ]
    # Not with an indent, for which Python has only its slow encoder.
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in told) + "\n]\n"


def _key(leaf: ExportedFile) -> str:
    if leaf.traits.kind == "not-found":
        return "404.html"
    return f"{leaf.path}index.html"[1:] if leaf.path.endswith("/") else leaf.path[1:]


_HTTP = """\
# Made by feedsvc export. Include it in http {}; server.conf belongs into server {}.
# Longer tables than nginx expects; if your configuration sets these two already, take the larger values.
map_hash_max_size %d;
map_hash_bucket_size %d;
geo $feedsvc_dollar {
    default "$";
}
"""
_SERVER = """\
# Made by feedsvc export. Include it in the server {} of the site, which names the exported folder as its root:
#
#     server {
#         listen 443 ssl;
#         root /srv/export/site;
#         include /srv/export/nginx/server.conf;
#     }

types {}
default_type "";
gzip off;
gzip_vary off;
gzip_static on;
# With the module for it, which Debian has as libnginx-mod-http-brotli-static:
# brotli_static on;
absolute_redirect off;
merge_slashes on;
%s
%s
error_page 404 /404.html;
error_page 410 $feedsvc_file;

location / {
    if ($feedsvc_moved) {
        return 301 $feedsvc_moved;
    }
    if ($feedsvc_gone) {
        return 410;
    }
    try_files $feedsvc_file @feedsvc_tidy;
}
# A slash too many at the end leads to the address without it.
location @feedsvc_tidy {
    rewrite ^(/.+?)/+$ %s permanent;
    return 404;
}
location = /404.html {
    internal;
}
location ^~ /_gone/ {
    internal;
}
"""
_BELOW = """
# The site is below a path, which its files lack. A proxy in front may have taken it off already.
rewrite %s $1;
location = %s {
    return 301 %s;
}
"""


def http_conf(leaves: Sequence[ExportedFile]) -> str:
    """The nginx maps: from paths to files and to redirect targets, from files to their header fields."""
    files = [leaf for leaf in leaves if leaf.file]
    there = [(leaf.path, leaf.file) for leaf in files if leaf.traits.kind != "not-found"]
    moved = [(leaf.path, leaf.location) for leaf in leaves if leaf.location]
    alike = _alike(path for path, _ in [*there, *moved])
    files_alike = _alike(leaf.file for leaf in files)
    maps = [
        _map("$uri", "$feedsvc_file", '""', there, alike),
        _map("$uri", "$feedsvc_moved", '""', moved, alike),
        _map("$feedsvc_file", "$feedsvc_gone", '""', [("~^/_gone/", "1")]),
        *(text for name in _names(leaves) for text in _header_maps(name, leaves, files_alike)),
    ]
    longest = max((len(_quoted(path).encode()) for path, _ in [*there, *moved]), default=0)
    head = _HTTP % (_power(2 * len(there) + 2 * len(moved), 2048), _power(longest + 32, 128))
    return "\n".join([head, *maps])


def server_conf(leaves: Sequence[ExportedFile], base: str = "") -> str:
    """The nginx directives that use the maps; they change only when an edition has a new header field.

    Args:
        leaves: The files.
        base: The path of the base URL, decoded, without a slash at the end; empty for a site at the top.
    """
    fields = [f"add_header {name.title()} {_variable(name)} always;\n" for name in _names(leaves)]
    return _SERVER % (_below(base) if base else "", "".join(fields), _quoted(f"{quote(base)}$1"))


def _below(base: str) -> str:
    # After a rewrite nginx would show what is internal, so that stays under its path, where there is nothing.
    inner = _quoted(rf"^{re.escape(base)}(/(?!404\.html$|_gone/).*)$")
    return _BELOW % (inner, _quoted(base), _valued(f"{quote(base)}/"))


def _names(leaves: Iterable[ExportedFile]) -> list[str]:
    return sorted({name for leaf in leaves for name in leaf.headers})


def _header_maps(name: str, leaves: Sequence[ExportedFile], alike: Collection[str]) -> Iterator[str]:
    """The tables for one field: by file, where what most files have is the default, and by what became of it."""
    values = {leaf.file: leaf.header(name) for leaf in leaves if leaf.file}
    values |= {"": values["/404.html"]} if "/404.html" in values else {}
    default = _usual(values.values())
    of_file = f"{_variable(name)}_of_file"
    others = [row for row in values.items() if row[1] != default]
    yield _map("$feedsvc_file", of_file, _valued(default), others, alike)
    rows = [("301", _usual(leaf.header(name) for leaf in leaves if leaf.location))]
    # A 304 does not repeat what the client has (RFC 9110, section 15.4.5).
    rows += [("304", "")] if name == "content-type" else []
    yield _map("$status", _variable(name), of_file, rows)


def _usual(values: Iterable[str]) -> str:
    found = Counter(values).most_common(1)
    return found[0][0] if found else ""


def _map(
    source: str, variable: str, default: str, rows: Iterable[tuple[str, str]], alike: Collection[str] = ()
) -> str:
    """A table; keys that are ``alike`` are written so that nginx tells them apart."""
    lines = [f"    {_quoted(_exact(key) if key in alike else key)} {_valued(value)};\n" for key, value in rows]
    return f"map {source} {variable} {{\n    default {default};\n{''.join(lines)}}}\n"


def _alike(names: Iterable[str]) -> frozenset[str]:
    """The keys that are equal for nginx, which compares them in lower case (ASCII)."""
    distinct = {name: name.encode().lower() for name in names}
    counts = Counter(distinct.values())
    return frozenset(name for name, small in distinct.items() if counts[small] > 1)


def _exact(key: str) -> str:
    """The key as a case-sensitive pattern. nginx tries patterns one after another, so there should be few."""
    return rf"~^{re.escape(key)}\z"


def _quoted(text: str) -> str:
    """The text as one quoted word of an nginx configuration."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _valued(text: str) -> str:
    """The text as one word in which nginx expands variables; a variable stands for ``$``, which has no escape."""
    return _quoted(text.replace("$", "${feedsvc_dollar}"))


def _variable(name: str) -> str:
    return f"$feedsvc_{name.replace('-', '_')}"


def _power(least: int, floor: int) -> int:
    return max(floor, 1 << (least - 1).bit_length())
