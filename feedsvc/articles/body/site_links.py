"""Links: the notations of site generators for articles and lists of a site, URLs of the site, and URLs of the web.

Pelican's ``{tag}sea``, ``{filename}/tide.md`` and ``{index}``, Nikola's ``link://slug/tide``, Docusaurus's
``@site/static/a.png``, and what Jekyll's ``link`` and ``post_url`` and Hugo's ``ref`` leave of their arguments
(:mod:`feedsvc.articles.markup.shortcodes.notations`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote, urlsplit

from feedsvc.articles.body.media import media_type
from feedsvc.articles.identity.paths import name_slug
from feedsvc.core.urls import ascii_authority, encoded

_BRACED = re.compile(r"(?:\{|%7B|\||%7C)([a-z]+)(?:\}|%7D|\||%7C)(.*)", re.IGNORECASE | re.DOTALL)
_NIKOLA = re.compile(r"link://([a-z_]+)/?(.*)", re.IGNORECASE | re.DOTALL)
_SITE = re.compile(r"@(?:site)?(?=/)")
_LISTS = {"tag": "tags", "category": "tags", "author": "authors"}
"""What a link names to the folder of the channels that are it; categories are tags here."""
_TOPS = frozenset({"index", "root", "archive", "archives", "section_index", "post_path"})
"""Lists that a site has one of; the landing page is all of them."""
_FROM_HERE = frozenset({"filename", "static", "attach"})
_BY_NAME = frozenset({"note", "ref", "slug"})
_POSTS = ("posts", "pages", "stories", "_posts")
_DATED = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}-)?"


@dataclass(frozen=True, slots=True)
class SourceLink:
    """The target of a reference in the notation of a site generator."""

    path: str | None = None
    """The path on this site, where it is a list."""
    sources: tuple[str, ...] = ()
    """Where the source may lie, the likeliest first: from the article's folder, or with a ``/`` from the top."""
    name: str = ""
    """The name by which the source may be found wherever it lies; empty where only a path counts."""
    leads_nowhere: bool = False
    """Whether the reference has no address where there is no such source."""


def as_reference(kind: Literal["link", "note", "post", "ref", "slug"], target: str) -> str:
    """The reference in this notation to what a template's call or a wiki link names, percent-encoded."""
    return f"{{{kind}}}{target}"


def read_source_link(url: str, folder: str) -> SourceLink | None:
    """The target of ``url`` in an article of ``folder``; None where it is in none of these notations."""
    if not url.startswith(("{", "%7", "|", "@", "link:", "LINK:")):
        return None
    if site := _SITE.match(url):
        return SourceLink(sources=tuple(_from_tops(url[site.end() :], folder)))
    found = _NIKOLA.fullmatch(url) or _BRACED.fullmatch(url)
    if found is None:
        return None
    kind, target = found[1].lower(), found[2]
    if kind in _LISTS and target:
        return SourceLink(path=f"/{_LISTS[kind]}/{name_slug(unquote(target.strip('/')))}/")
    if kind in _TOPS:
        return SourceLink(path="/")
    return _source(kind, target, folder)


def _source(kind: str, target: str, folder: str) -> SourceLink | None:
    path = target.partition("#")[0]
    tops = tuple(_from_tops(target, folder))
    if kind in _FROM_HERE:
        return SourceLink(sources=(target, *(() if target.startswith((".", "/")) else tops)))
    sources = {
        "note": (target, *tops),
        "ref": (target, *tops, f"/content/{target.lstrip('/')}"),
        "slug": (target, f"/{target}", *(f"/{posts}/{target}" for posts in _POSTS)),
        "link": (*tops, f"/{target.removeprefix('_posts/')}"),
        "post": (target, *tops, *_from_tops(f"_posts/{target}", folder)),
    }.get(kind)
    if sources is None:
        return None
    name = path.rpartition("/")[2] if kind in _BY_NAME else ""
    return SourceLink(sources=sources, name=name, leads_nowhere=kind == "note")


def _from_tops(target: str, folder: str) -> Iterator[str]:
    """``target`` from the top of the directory and from each folder around the article: one may be the site's."""
    path = target.lstrip("/")
    yield f"/{path}"
    parts = folder.split("/") if folder else []
    for depth in range(1, len(parts) + 1):
        yield f"/{'/'.join(parts[:depth])}/{path}"


def path_pattern(name: str) -> re.Pattern[str]:
    """A pattern of the paths of a media file ``name``, or of such an article, with or without suffix and date."""
    if media_type(name):
        return re.compile(rf"(?:.*/)?{re.escape(name)}\Z")
    stem = re.sub(r"\.(?:md|mdx|markdown|html|rst|txt)\Z", "", name)
    return re.compile(rf"(?:.*/)?{_DATED}{re.escape(stem)}(?:/index)?\.(?:md|mdx|markdown|html|rst|txt)\Z")


_WEB = re.compile(r"(?:(https?):)?[/\\]{2}([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORT = re.compile(r":(?:80|443)?\Z")


class SiteAddress:
    """The base URL, and what lies below it."""

    def __init__(self, base_url: str) -> None:
        """Take the base URL: absolute, in ASCII, without a trailing slash."""
        parts = _WEB.fullmatch(base_url)
        self._authority = _plain(parts[2]) if parts else None
        self._path = parts[3] if parts else ""
        self.host = (self._authority or base_url).partition(":")[0]
        """In lower case; a URL in ASCII that does not hold it is not of the site."""

    def below(self, url: str) -> str | None:
        """The part of an absolute ``url``, or of one that begins with ``//``, below the base URL.

        The scheme, the case of the host, its default port and its spelling in Unicode make no difference.

        Returns:
            A path with a leading slash, with query and fragment, percent-encoded; None where the URL is of another
            site, or of a part of the host that is not the site's.
        """
        parts = _WEB.fullmatch(url)
        if parts is None or _plain(parts[2]) != self._authority:
            return None
        return self.without_base_path(parts[3] if parts[3][:1] in {"/", "\\"} else f"/{parts[3]}")

    def without_base_path(self, path: str) -> str | None:
        """The part of ``path``, from the top of the host, below the base URL; None where it is not below it."""
        found = encoded(path.replace("\\", "/"))
        if not found.startswith(self._path):
            return None
        rest = found[len(self._path) :]
        if rest.startswith("/"):
            return rest
        return f"/{rest}" if rest[:1] in {"", "?", "#"} else None

    @property
    def has_base_path(self) -> bool:
        """Whether the site lies below the top of its host."""
        return bool(self._path)


@lru_cache(maxsize=256)
def _plain(authority: str) -> str | None:
    """The authority as it is compared: in ASCII and lower case, without a default port."""
    found = ascii_authority(authority)
    return None if found is None else _DEFAULT_PORT.sub("", found.lower())


@lru_cache(maxsize=8)
def site_address(base_url: str) -> SiteAddress:
    """The address of the site at ``base_url``; the articles of a round share one."""
    return SiteAddress(base_url)


_WEB_URL = re.compile(r"(https?)://([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[^\s<>\"'`^{|}%\\]+")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web_url(url: str) -> str | None:
    """The URL, encoded where it must be; None where it is no ``http`` or ``https`` URL with a host."""
    parts = _WEB_URL.fullmatch(url)
    if parts is None or not _HOST.fullmatch(parts[2]):
        return None
    try:
        urlsplit(url)
    except ValueError:
        return None
    path, mark, query = re.split(r"([?#].*|\Z)", parts[3], maxsplit=1, flags=re.DOTALL)
    authority = ascii_authority(parts[2])
    if authority is None:
        return None
    path = path.replace("\\", "/")  # as browsers read it (WHATWG URL, section 4.4, "path start state")
    return f"{parts[1].lower()}://{authority}{encoded_once(path + mark + query)}"


def encoded_once(part: str) -> str:
    """The part of a URL, percent-encoded where it is not so already."""
    return encoded(_BARE_PERCENT.sub("%25", part))
