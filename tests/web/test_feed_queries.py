import pytest

from feedsvc.web.feed_queries import path_meant

QUERIES = {
    ("/", "feed=rss2"): "/feed/rss2",
    ("/", "feed=atom"): "/feed/atom",
    ("/", "feed=rss2&tag=harbour"): "/tag/harbour/feed/rss2",
    ("/", "category_name=sea&feed=rss2"): "/category/sea/feed/rss2",
    ("/", "feed=rss2&author_name=ada"): "/author/ada/feed/rss2",
    ("/category/sea/", "feed=rss2"): "/category/sea/feed/rss2",
    ("/", "format=rss"): "/feed",
    ("/blog", "format=rss"): "/blog/feed",
    ("/blog/", "format=rss&tag=harbour"): "/tag/harbour/feed",
    ("/blog", "category=sea&format=rss"): "/category/sea/feed",
    ("/feeds/posts/default", "alt=rss"): "/feed",
    ("/feeds/posts/default/-/sea", "alt=rss&max-results=5"): "/tag/sea/feed",
    ("/feeds/posts/default", "alt=atom"): None,
    ("/news/", "alt=rss"): None,
    ("/blog", "format=json"): None,
    ("/", "feed=rss2&cat=3"): None,
    ("/", "feed=comments-rss2"): None,
    ("/", "utm_source=feed"): None,
    ("/", "feed="): None,
    ("/", "&".join(f"feed={number}" for number in range(50))): None,
}


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_a_query_stands_for_a_path(path: str, query: str) -> None:
    """Where it names what it means; a category by its number could be any."""
    assert path_meant(path, query.encode()) == QUERIES[path, query]
