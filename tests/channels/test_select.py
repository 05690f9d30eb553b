from datetime import UTC, datetime

import pytest

from feedsvc.articles.article import Article
from feedsvc.articles.record import Record
from feedsvc.channels import Site, select

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SITE = Site("https://example.org", "The Gazette", "News of the harbour", "en")


def _record(name: str) -> Record:
    article = Article(
        path=f"{name}.md",
        format="markdown",
        title=name,
        summary="",
        section="",
        slug=name,
        id=None,
        published=None,
        updated=None,
        draft=False,
        tags=(),
        authors=(),
        language=None,
        image=None,
        enclosures=(),
        media=(),
        meaning="",
        body="",
    )
    return Record(f"tag:example.org,2026:{name}", article, "", "", f"/{name}", NOON, NOON)


def test_the_site_is_one_channel_at_the_root() -> None:
    """The site's channel has the site's words and the path ``/``."""
    (channel,) = select(SITE, [], None)
    assert (channel.title, channel.description, channel.path) == ("The Gazette", "News of the harbour", "/")


def test_the_site_channel_holds_every_public_article_in_order() -> None:
    """No article is left out and none is moved, however small the feeds are."""
    public = [_record("third"), _record("second"), _record("first")]
    (channel,) = select(Site("https://example.org", "T", "", "en", feed_size=1), public, NOON)
    assert channel.records == tuple(public)


@pytest.mark.parametrize("change", [None, NOON], ids=["never", "once"])
def test_the_newest_change_is_taken_as_it_is(change: datetime | None) -> None:
    """A removal moves a channel as well, so its date comes from outside and not from its articles."""
    (channel,) = select(SITE, [], change)
    assert channel.updated == change
