"""The channels station: from the public articles to the selections that are told together.

``select`` is its door. It decides which articles stand in which channel and under which path, and nothing
else: it does not decide what is public (:mod:`feedsvc.articles`), nor how a channel is written down
(:mod:`feedsvc.documents`).
"""

from feedsvc.channels.archive import Archive, Page, Seats, archive
from feedsvc.channels.channel import Channel, Kind, private_place
from feedsvc.channels.passages import is_private, judge, note_passages
from feedsvc.channels.places import author_path, tag_path
from feedsvc.channels.podcast import Podcast
from feedsvc.channels.query import Query
from feedsvc.channels.select import select
from feedsvc.channels.site import Site

__all__ = [
    "Archive",
    "Channel",
    "Kind",
    "Page",
    "Podcast",
    "Query",
    "Seats",
    "Site",
    "archive",
    "author_path",
    "is_private",
    "judge",
    "note_passages",
    "private_place",
    "select",
    "tag_path",
]
