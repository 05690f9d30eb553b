"""Held back: articles that their headers keep from the public, and the rail for the day a header is lost.

A header that cannot be parsed sets its file aside (:mod:`feedsvc.articles.frontmatter`). One that has vanished
leaves a file which looks like any public one; only the ledger knows that it was to stay back.
"""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.articles.article import Article, Problem
from feedsvc.articles.gather import Taken
from feedsvc.articles.record import Record

Judge = Callable[[Article], bool]
"""Whether an article is private: which channels are, is known downstream."""


def lost_its_header(record: Record, taken: Taken, is_private: Judge) -> bool:
    """Whether what held ``record`` back was its header, and the file it has become has none.

    A header that is still there and says something else is the author's word. So is a file's place: what is a
    draft or private by its folder goes public when it leaves that folder.
    """
    before, after = record.article, taken.article
    if after.headed or after.draft or not before.headed:
        return False
    if before.draft or before.unlisted or before.expires is not None or not record.settled:
        return True
    there = replace(before, path=after.path, section=after.section)
    return is_private(there) and not is_private(after)


def problem(record: Record, taken: Taken) -> Problem:
    """What the operator is told of such a file."""
    article = record.article
    was = (
        "a draft"
        if article.draft
        else "unlisted"
        if article.unlisted
        else "to wait"
        if not record.settled
        else "to expire"
        if article.expires is not None
        else "private"
    )
    return Problem(
        taken.article.path,
        None,
        f"it was {was} by its header, and the header is gone",
        "write the header again, with draft: false to publish it; or run feedsvc publish --accept-headers",
        rail="headers",
    )
