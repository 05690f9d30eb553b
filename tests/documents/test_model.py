"""By which keys a cache in between can be told to forget."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from every_document import every_document

from feedsvc.articles.record import Record
from feedsvc.channels.site import KeyField, Site
from feedsvc.documents.model import LONGEST_CACHE_KEY
from feedsvc.responses.builder import prepare


def fields(site: Site, *public: Record) -> dict[str, dict[str, str]]:
    """The header fields of what such a site serves, by path."""
    documents = every_document(site, public)
    return {path: dict(prepare(served.make(), "", 0).headers) for path, served in documents.items()}


@pytest.mark.parametrize(("field", "separator"), [("surrogate-key", " "), ("cache-tag", ",")])
def test_all_that_shows_a_channel_or_an_article_has_its_key(
    site: Site, make_record: Callable[..., Record], field: KeyField, separator: str
) -> None:
    """Feeds, pages and the article's own page, by the paths people know; percent-encoded as in an address."""
    found = fields(replace(site, key_field=field), make_record("tide"), make_record("é, b", page="/news/é, b"))
    keys = {path: headers[field].split(separator) for path, headers in found.items() if field in headers}
    both = ["/news/tide", "/news/%C3%A9%2C%20b"]
    assert keys["/atom.xml"] == ["/", *both]
    assert keys["/news/rss.xml"] == keys["/news/"] == ["/news/", *both]
    assert keys["/news/tide"] == ["/news/tide"]
    assert not {"/style.css", "/feeds.opml", "/rss"} & keys.keys()


def test_a_long_row_of_keys_is_cut_between_two(site: Site, make_record: Callable[..., Record]) -> None:
    """Servers on the way refuse answers with long header fields; the channel's key, which comes first, stays."""
    records = [make_record(str(number), page=f"/news/{'long-' * 15}{number}") for number in range(80)]
    told = fields(replace(site, key_field="surrogate-key", feed_size=80), *records)["/atom.xml"]["surrogate-key"]
    assert LONGEST_CACHE_KEY - 100 < len(told) <= LONGEST_CACHE_KEY
    assert told.split(" ")[0] == "/"
    assert {key.rpartition("-")[2] for key in told.split(" ")[1:]} <= {str(number) for number in range(80)}


def test_no_key_is_told_by_default(site: Site, make_record: Callable[..., Record]) -> None:
    """They would be bytes for nobody."""
    found = fields(site, make_record())
    assert not [path for path, headers in found.items() if {"surrogate-key", "cache-tag"} & headers.keys()]
