"""Held back: articles that their headers keep from the public, and the rail for the day a header is lost.

A header that cannot be parsed sets its file aside (:mod:`.parser`). One that has vanished
leaves a file which looks like any public one; only the ledger knows that it was to stay back. The same holds for a
file beside or above the article that said so in place of its header (:mod:`.inherited`).
"""

from collections.abc import Container

from feedsvc.articles.collector import ReadArticle
from feedsvc.articles.frontmatter.data_files import sidecars
from feedsvc.articles.model import Article, Problem
from feedsvc.articles.record import Record


def lost_its_header(record: Record, taken: ReadArticle, data: Container[str] = frozenset()) -> bool:
    """Whether what held ``record`` back was its header, and the file it has become has none.

    A header that is still there and says something else is the author's word. So is a file's place: what is a
    draft by its folder goes public when it leaves that folder. ``data`` are the files that are there and speak of
    articles; one that held the article back, and is gone, is a header that was lost.
    """
    before, after = record.article, taken.article
    if after.draft or ((after.headed or not before.headed) and _lost_file(before, after, data) is None):
        return False
    return before.draft or before.unlisted or before.expires is not None or not record.settled


def _lost_file(before: Article, after: Article, data: Container[str]) -> str | None:
    """The file that held the article back and is gone; None if there is none, or the article left its folder."""
    told = {file.rpartition("/")[0] for file in after.held_by}
    beside = set(sidecars(before.path))
    for file in before.held_by:
        folder = file.rpartition("/")[0]
        still_there = file in beside or not folder or after.path.startswith(f"{folder}/")
        if file not in data and still_there and folder not in told:
            return file
    return None


def problem(record: Record, taken: ReadArticle, data: Container[str] = frozenset()) -> Problem:
    """What the operator is told of such a file."""
    article = record.article
    lost = _lost_file(article, taken.article, data)
    by = "its header, and the header" if lost is None else f"{lost}, and that file"
    again = "write the header again, with draft: false to publish it" if lost is None else f"bring {lost} back"
    was = (
        "a draft"
        if article.draft
        else "unlisted"
        if article.unlisted
        else "to wait"
        if not record.settled
        else "to expire"
    )
    return Problem(
        taken.article.path,
        None,
        f"it was {was} by {by} is gone",
        f"{again}; or run feedsvc publish --accept-headers",
        rail="headers",
    )
