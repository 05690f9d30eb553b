"""Feed readers that open with a feed when one follows a link."""

from urllib.parse import quote

from feedsvc.documents.pages.views import ReaderView

_READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
    ("Feedbin", "https://feedbin.com/?subscribe={}"),
)
"""Each with the address that subscribes to a feed, whose own is percent-encoded in it."""


def readers(feed: str) -> tuple[ReaderView, ...]:
    """Links that open well-known readers with the ``feed`` at that absolute URL.

    Programs on the reader's own device listen to the scheme ``feed``.
    """
    encoded = quote(feed, safe="")
    return tuple(ReaderView(name, pattern.format(encoded)) for name, pattern in _READERS)
