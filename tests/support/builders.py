"""Articles and records for tests, with the fewest words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from feedsvc.articles.model import Article
from feedsvc.articles.record import Record

MORNING = datetime(2026, 5, 4, 8, tzinfo=UTC)


class Noted(NamedTuple):
    """What is known of a file, and no more."""

    stamp: str
    source: str
    article: Article
    settled: bool = False


def article(name: str, **fields: object) -> Article:
    """An article by its name, with some fields changed."""
    plain = Article(
        path=f"{name}.md",
        format="markdown",
        title=f"Title of {name}",
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
        meaning=f"meaning of {name}",
        body=f"body of {name}",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # names decide


def record(name: str, **fields: object) -> Record:
    """A record by its name; each field goes to it or to its article, whichever has it."""
    own = {key: value for key, value in fields.items() if key in Record.__slots__}
    rest = {key: value for key, value in fields.items() if key not in own}
    made = Record(f"tag:example.org,2026:{name}", article(name, **rest), "", "", f"/{name}", MORNING, MORNING)
    return replace(made, **own)  # type: ignore[arg-type]  # names decide
