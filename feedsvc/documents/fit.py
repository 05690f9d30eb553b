"""Fitting: as many entries as go into so many bytes."""

from collections.abc import Callable

from feedsvc.documents.feed import Feed


def fit(
    told: Callable[[int], Feed], render: Callable[[Feed], bytes], *, most: int, least: int, limit: int
) -> tuple[Feed, bytes]:
    """The feed with the most entries that is no larger than ``limit``, and its bytes.

    Args:
        told: Gives the feed with so many entries.
        render: Writes it down; more entries are more bytes.
        most: How many entries there are.
        least: So many are taken however large they are.
        limit: In bytes, before any content coding.
    """
    feed = told(most)
    content = render(feed)
    if len(content) <= limit or most <= least:
        return feed, content
    best = told(least)
    fitting, too_many = (best, render(best)), most
    while too_many - least > 1:  # what fits is at least ``least`` and less than ``too_many``
        middle = (least + too_many) // 2
        feed = told(middle)
        content = render(feed)
        if len(content) <= limit:
            fitting, least = (feed, content), middle
        else:
            too_many = middle
    return fitting
