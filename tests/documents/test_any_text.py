import html
from collections.abc import Callable

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.articles.model import Author
from feedsvc.articles.source.decoding import clean_text
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.xml_feeds import render_atom, render_rss

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(clean_text)
SOME_TEXT = ANY_TEXT.filter(bool)


def _left_alone(text: str) -> bool:
    """Whether feedparser takes the text as it is, instead of repairing what it believes to be mistakes.

    It reads the controls U+0080 to U+009F as windows-1252, and Latin-1 that would make UTF-8 as UTF-8. Such
    texts are left to the strict parser.
    """
    try:
        repaired = text.encode("latin-1").decode()
    except UnicodeError:
        repaired = text
    return repaired == text and not any("\x7f" < character < "\xa0" for character in text)


PLAIN_TEXT = ANY_TEXT.map(str.strip).filter(bool).filter(_left_alone)


@given(title=SOME_TEXT, summary=ANY_TEXT, content=ANY_TEXT, author=SOME_TEXT, tag=SOME_TEXT)
def test_any_text_at_all_stands_in_the_xml_exactly(  # noqa: PLR0917 - one text for each place
    make_feed: Callable[..., Feed],
    make_entry: Callable[..., Entry],
    title: str,
    summary: str,
    content: str,
    author: str,
    tag: str,
) -> None:
    """Well-formed for a strict parser, and equal to the last character."""
    entry = make_entry(title=title, summary=summary, content=content, authors=(Author(author),), tags=(tag,))
    feed = make_feed(entry, title=title, description=summary, author=Author(author))
    rss, atom = etree.fromstring(render_rss(feed)), etree.fromstring(render_atom(feed))
    item, told = rss[0][-1], atom[-1]
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    assert (item.findtext("title"), item.findtext("category"), item.findtext(creator)) == (title, tag, author)
    assert (item.findtext(encoded) or "", html.unescape(item.findtext("description") or "")) == (
        content,
        summary,
    )
    a = "{http://www.w3.org/2005/Atom}"
    assert (told.findtext(f"{a}title"), told.findtext(f"{a}author/{a}name")) == (title, author)
    assert (told.findtext(f"{a}content"), told.findtext(f"{a}summary") or "") == (content, summary)
    assert [category.get("term") for category in told.findall(f"{a}category")] == [tag]


@given(title=PLAIN_TEXT, content=PLAIN_TEXT)
def test_any_text_at_all_is_read_back_by_a_feed_parser(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry], title: str, content: str
) -> None:
    """It finds nothing wrong and gives title and text back; the white space around them is its own affair."""
    feed = make_feed(make_entry(title=title, content=content))
    for document in (render_rss(feed), render_atom(feed)):
        parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
        assert not parsed.bozo
        assert parsed.entries[0].title == title
        assert parsed.entries[0].content[0].value == content
