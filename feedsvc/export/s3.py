"""What a store of objects is told: for each file its key and what has to be sent with it."""

import json
from collections.abc import Iterable

from feedsvc.export.files import Leaf


def listing(leaves: Iterable[Leaf]) -> str:
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


def _key(leaf: Leaf) -> str:
    if leaf.status == 404:
        return "404.html"
    return f"{leaf.path}index.html"[1:] if leaf.path.endswith("/") else leaf.path[1:]
