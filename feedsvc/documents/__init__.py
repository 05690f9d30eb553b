"""The documents station: from channels to the finished bytes of every feed and page.

``compose`` is its door. It lists a recipe for everything the site serves; a recipe that is asked makes its
document. The station knows formats and templates. It knows no clock and no disk (an article's body comes in
through a function), and nothing of HTTP beyond the status, the location and the links a document has.
feedgen is used here and nowhere else.
"""

from feedsvc.documents.compose import compose
from feedsvc.documents.document import NOT_FOUND, Document, Link, Recipe
from feedsvc.documents.feed import Entry, Feed
from feedsvc.documents.formats import FORMATS, Format
from feedsvc.documents.pages import BUILT_IN, STYLES, Theme
from feedsvc.documents.redirects import idle_aliases

__all__ = [
    "BUILT_IN",
    "FORMATS",
    "NOT_FOUND",
    "STYLES",
    "Document",
    "Entry",
    "Feed",
    "Format",
    "Link",
    "Recipe",
    "Theme",
    "compose",
    "idle_aliases",
]
