"""What each channel's feeds show of an entry."""

from collections.abc import Callable

import pytest

from feedsvc.articles.model import Author, Extent
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.decoration import decorate
from feedsvc.documents.feeds.model import Entry

PLAIN = Channel("T", "", "/", (), None)
SHORT = '<p>I &lt;3 it</p>\n<p><a href="https://example.org/news/tide">Read on</a></p>'


def test_an_entry_is_told_in_full_as_it_is(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Nothing is copied where nothing changes."""
    entry = make_entry()
    assert decorate(entry, site, PLAIN) is entry


@pytest.mark.parametrize(
    ("channel", "article", "short"),
    [
        ("full", None, False),
        ("summary", None, True),
        ("summary", "full", False),
        ("full", "summary", True),
    ],
)
def test_how_much_is_told(
    site: Site, make_entry: Callable[..., Entry], channel: Extent, article: Extent | None, *, short: bool
) -> None:
    """The article decides, else the channel; a summary ends with a link to the whole."""
    entry = make_entry(summary="I <3 it", content="<p>All</p>", text="All", markdown="All", extent=article)
    told = decorate(entry, site, Channel("T", "", "/", (), None, extent=channel))
    expected = (SHORT, None, None) if short else ("<p>All</p>", "All", "All")
    assert (told.content, told.text, told.markdown) == expected


def test_a_summary_without_words_is_the_link(site: Site, make_entry: Callable[..., Entry]) -> None:
    """No empty paragraph stands before it."""
    told = decorate(make_entry(summary="", extent="summary"), site, PLAIN)
    assert told.content == '<p><a href="https://example.org/news/tide">Read on</a></p>'


def test_header_and_footer_stand_around_the_text(site: Site, make_entry: Callable[..., Entry]) -> None:
    """With what they name, escaped; a brace that names nothing stays."""
    channel = Channel(
        "T", "", "/", (), None, header="<p>By {author}</p>", footer='<a href="{url}">{title}</a> {x}'
    )
    entry = make_entry(title="<R&B>", authors=(Author("Jo"), Author("Ann")))
    told = decorate(entry, site, channel).content
    assert told.startswith("<p>By Jo, Ann</p>\n<p>It comes")
    assert told.endswith('href="https://example.org/news/tide">&lt;R&amp;B&gt;</a> {x}')


def test_header_and_footer_are_sanitised(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Also what a title brings into them."""
    channel = Channel(
        "T", "", "/", (), None, footer='<script>x()</script><a href="javascript:x">{title}</a>{site}'
    )
    told = decorate(make_entry(title="<script>y()</script>"), site, channel).content
    assert "<script" not in told
    assert "javascript" not in told
    assert "The Gazette" in told
