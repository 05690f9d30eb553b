"""Which file of the export holds what a path answers."""

from dataclasses import dataclass

from feedsvc.documents.document import NOT_FOUND
from feedsvc.responses.response import Response

_LONGEST = 250
"""Bytes of a file's name, with room for ``.gz``."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One path of the site as a host has to answer it."""

    path: str
    """As in a URL, not quoted; that of the page for everything unknown is :data:`NOT_FOUND`."""
    status: int
    file: str
    """Below the folder of the site, with a slash before it; empty for a redirect, which has none."""
    headers: tuple[tuple[str, str], ...]
    """All header fields but Location, in their order; names in lower case."""
    location: str = ""
    """Where a redirect leads."""

    def header(self, name: str) -> str:
        """The value of a field, empty if it has none."""
        return dict(self.headers).get(name, "")


def leaf_of(response: Response, cache_control: str) -> Leaf:
    """How a host has to answer the path of ``response``."""
    location = dict(response.headers).get("location", "")
    fields = [(name, value) for name, value in response.headers if name != "location"]
    file = "" if location else _file(response)
    return Leaf(response.path, response.status, file, (*fields, ("cache-control", cache_control)), location)


def _file(response: Response) -> str:
    """The file from which hosts serve the path by themselves, so that the site keeps its addresses.

    A page without a slash at its end is a file with ``.html``: nginx is told so, and Netlify, Cloudflare and
    GitHub do it of their own accord. A folder with ``index.html`` would move the page to an address with a slash.
    """
    path = response.path
    if path == NOT_FOUND:
        return "/404.html"
    if response.status == 410:
        # Most of them are one and the same page.
        tag = response.representations[-1].etag.strip('"')
        return f"/_gone/{tag}.html"
    if path.endswith("/"):
        return f"{path}index.html"
    is_page = dict(response.headers).get("content-type", "").startswith("text/html")
    return f"{path}.html" if is_page and not path.endswith(".html") else path


def can_be_written(file: str) -> bool:
    """Whether a file system can have it, below the folder of the site and nowhere else."""
    names = file.split("/")[1:]
    return file.startswith("/") and all(
        name not in {"", ".", ".."} and "\0" not in name and len(name.encode()) <= _LONGEST for name in names
    )
