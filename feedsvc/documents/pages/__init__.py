"""The HTML pages: channels and their archives, articles, previews of feeds, and the two that answer in vain.

They need no JavaScript and ask for nothing from outside. A page is told as views (:mod:`.views`), which are plain
values, and these are written down by templates (:mod:`.printer`), which see nothing else.
"""

from feedsvc.documents.pages.articles import article_pages
from feedsvc.documents.pages.helpful import gone, missing
from feedsvc.documents.pages.listings import channel_pages, directories
from feedsvc.documents.pages.styles import styles
from feedsvc.documents.pages.theme import BUILT_IN, STYLES, Theme
from feedsvc.documents.pages.workshop import Workshop

__all__ = [
    "BUILT_IN",
    "STYLES",
    "Theme",
    "Workshop",
    "article_pages",
    "channel_pages",
    "directories",
    "gone",
    "missing",
    "styles",
]
