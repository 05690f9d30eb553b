"""The HTML pages: the channel with its newest articles, one article, and the two that answer in vain.

They need no JavaScript and ask for nothing from outside. The stylesheet is a document of its own: within each
page it would double what there is to compress and to keep.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedsvc.articles.article import Enclosure
from feedsvc.channels.channel import Channel
from feedsvc.channels.places import author_path, tag_path
from feedsvc.channels.site import Site
from feedsvc.documents.feed import Entry
from feedsvc.documents.formats import FORMATS
from feedsvc.documents.times import rfc3339, whole

MEDIA_TYPE = "text/html; charset=utf-8"

STYLE = files(__package__).joinpath("templates", "style.css").read_bytes()
_GROUPS = (
    ("Sections", frozenset({"query", "section"})),
    ("Tags", frozenset({"tag"})),
    ("Authors", frozenset({"author"})),
)
"""The headings under which a page lists other channels, and the kinds under each."""
STYLE_PATH = "/style.css"
STYLE_MEDIA_TYPE = "text/css; charset=utf-8"


def channel_page(site: Site, channel: Channel, newest: Sequence[Entry], others: Sequence[Channel] = ()) -> bytes:
    """The page of a channel: what it is, how to subscribe, its newest articles, and the ``others``, in UTF-8."""
    sorted_ = ((name, [other for other in others if other.kind in kinds]) for name, kinds in _GROUPS)
    groups = [(name, found) for name, found in sorted_ if found]
    return _render("index.html", site, channel.path, channel=channel, newest=newest, groups=groups)


def article_page(site: Site, entry: Entry) -> bytes:
    """The page of one article, with players for the enclosures its text does not show, in UTF-8."""
    return _render("article.html", site, entry=entry, body=Markup(entry.content), extra=_not_in_text(entry))  # noqa: S704  the body was sanitised when the article was read


def gone_page(site: Site) -> bytes:
    """The page for an article that was taken back. It does not say which: it was taken back."""
    return _render("gone.html", site)


def missing_page(site: Site) -> bytes:
    """The page for an address that nothing is at."""
    return _render("missing.html", site)


def _render(template: str, site: Site, channel_path: str = "/", **values: object) -> bytes:
    page = _environment().get_template(template)
    feeds = [(form, site.url(channel_path + form.file)) for form in FORMATS]
    titled = values.get("channel", site)
    return page.render(site=site, titled=titled, style=_style_url(site), feeds=feeds, **values).encode()


def _style_url(site: Site) -> str:
    """Without a host, since an operator may look at the site under another one (``style-src 'self'``).

    The query makes browsers fetch a new stylesheet together with the pages that were written for it.
    """
    return f"{urlsplit(site.base_url).path}{STYLE_PATH}?{hashlib.sha256(STYLE).hexdigest()[:8]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["tag_path"] = tag_path
    environment.filters["author_path"] = author_path
    environment.filters["instant"] = rfc3339
    environment.filters["day"] = lambda moment: whole(moment).date().isoformat()
    return environment


def _not_in_text(entry: Entry) -> list[Enclosure]:
    """The enclosures whose address, written as HTML writes it, stands nowhere in the article's text."""
    return [one for one in entry.enclosures if escape(one.url, quote=False) not in entry.content]
