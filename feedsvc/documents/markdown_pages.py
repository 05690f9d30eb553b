"""An article as Markdown, for programs that read no HTML: what is known of it, and its cleaned text."""

import json

from feedsvc.channels.site import Site
from feedsvc.core.timestamps import rfc3339
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.model import MARKDOWN, Document, Link

ENDING = ".md"


def markdown_path(page: str) -> str:
    """The path of the Markdown of the article whose page has the path ``page``."""
    return page.rstrip("/") + ENDING


def pages_of(path: str) -> tuple[str, ...]:
    """The paths that the page of an article may have whose Markdown is at ``path``; none for other paths."""
    bare = path.removesuffix(ENDING)
    return (bare, f"{bare}/") if path.endswith(ENDING) and bare.strip("/") else ()


def markdown_document(site: Site, page: str, entry: Entry) -> Document:
    """The Markdown of an article: a header in YAML, and the text of its feed entry.

    Search engines are told to leave it alone, and that the page is what counts.
    """
    from markdownify import markdownify  # noqa: PLC0415 - it takes its time, and few sites have such pages

    canonical = entry.links.canonical or entry.url
    header = {
        "title": entry.title,
        "published": rfc3339(entry.published),
        "updated": rfc3339(entry.updated),
        "id": entry.id,
        "canonical": canonical,
        "language": entry.language or site.language,
    }
    head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in header.items())
    text = markdownify(entry.content, heading_style="ATX", bullets="-").strip()
    content = f"---\n{head}---\n\n# {entry.title}\n\n{text}\n".encode()
    links = (Link(canonical, "canonical"),)
    fields = (("x-robots-tag", "noindex"),)
    return Document(
        markdown_path(page), MARKDOWN, "text/markdown; charset=utf-8", content, links=links, fields=fields
    )
