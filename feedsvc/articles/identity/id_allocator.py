"""The id, page and dates that an article gets when the ledger does not know it yet."""

from collections.abc import Container, Iterable
from datetime import datetime
from itertools import chain, count
from uuid import uuid4

from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.model import Article
from feedsvc.articles.record import NO_REST, Record, Rest, wanted_page
from feedsvc.core.timestamps import whole_seconds


class IdAllocator:
    """Makes records whose ids and pages no other article ever had.

    Args:
        authority: A domain name or e-mail address (RFC 4151, section 2.1). None for a site without one: its ids
            are random UUIDs (RFC 9562, section 5.4), which no other site gives.
        ids: The ids in the ledger, and those that headers of new articles declare.
        pages: All pages that ever were, also those of withdrawn articles and the former ones of moved articles.
        rest: The rest of the ledger, whose ids and pages are taken too.
    """

    def __init__(
        self, authority: str | None, ids: Iterable[str], pages: Iterable[str], rest: Rest = NO_REST
    ) -> None:
        self.authority = authority
        self.ids = set(ids)
        self.pages = set(pages)
        self.rest = rest

    def record(self, reading: ReadArticle, now: datetime, published: datetime | None = None) -> Record:
        """A record for a new article.

        Args:
            reading: The article as it was read.
            now: The moment of this round; aware.
            published: When the article appears, if neither header nor file name gives a date. Its id is made
                of the file's time all the same, so that a ledger which is rebuilt gives the same ids.
        """
        article = reading.article
        dated = article.published or min(whole_seconds(reading.committed or reading.modified), whole_seconds(now))
        published = published or dated
        page = self.page(article)
        return Record(
            id=article.id or self._new_id(dated, page),
            article=article,
            stamp=reading.stamp,
            source=reading.source,
            page=page,
            published=published,
            updated=max(article.updated or published, published),
        )

    def _new_id(self, dated: datetime, page: str) -> str:
        if self.authority is None:
            return self.id(uuid4().urn)
        return self.id(f"tag:{self.authority},{dated.date().isoformat()}:{page.removeprefix('/')}")

    def id(self, wanted: str) -> str:
        """``wanted``, or ``wanted-2``, ``-3`` … where other articles have it; from now on the id is given."""
        found = unique(wanted, self.ids, self.rest.ids)
        self.ids.add(found)
        return found

    def page(self, article: Article, own: Container[str] = ()) -> str:
        """The page that an article asks for, or the same with ``-2``, ``-3`` … where other articles have it.

        Args:
            article: Its section and slug say what it asks for.
            own: The pages that the article has and had; it may go back to them.
        """
        wanted = wanted_page(article)
        page = wanted if wanted in own else unique(wanted, self.pages, self.rest.pages)
        self.pages.add(page)
        return page


def unique(wanted: str, *taken: Container[str]) -> str:
    """``wanted``, or ``wanted`` with the first of ``-2``, ``-3`` … that is in none of ``taken``."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if not any(name in names for names in taken))
