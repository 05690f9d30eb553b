"""Rows give back exactly what they were made of."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import RowMapping

from feedsvc.articles.model import Article
from feedsvc.articles.record import Record
from feedsvc.core.timestamps import from_unix_time, unix_time
from feedsvc.documents.model import LANDING_PAGE
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Representation, Response
from feedsvc.store.rows import (
    edition_of,
    record_of,
    record_row,
    response_of,
    response_row,
)
from feedsvc.store.schema import editions, records, responses

times = st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0))
st.register_type_strategy(datetime, times)


class Watched(Mapping[str, object]):
    """A row that notes which of its columns were asked for."""

    def __init__(self, row: Mapping[str, object]) -> None:
        self.row = row
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.asked.add(name)
        return self.row[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)


def as_read(row: Mapping[str, object]) -> RowMapping:
    """A row as if it came out of the database."""
    return cast("RowMapping", row)


@given(st.builds(Record, article=st.builds(Article)))
def test_any_record_comes_back_equal(record: Record) -> None:
    """Every text, time, tuple and flag survives."""
    assert record_of(as_read(record_row(record))) == record


forms = st.builds(Representation, is_packed=st.just(value=False))


@given(st.builds(Response, representations=st.lists(forms).map(tuple)))
def test_any_response_comes_back_equal(response: Response) -> None:
    """Every header and every byte of every coding survives."""
    assert response_of(as_read(response_row(response, 1))) == response


CODINGS = ("gzip", "identity")


@given(st.binary(min_size=1), st.booleans(), st.booleans())
def test_plain_bytes_are_stored_and_held_once(plain: bytes, brotli: bool, first: bool) -> None:
    """What gzip holds is not beside it, in the store or in a worker, wherever it stands among the codings."""
    forms = [
        Representation("identity", '"i"', coded := gzip.compress(plain), len(plain), is_packed=True),
        Representation("gzip", '"g"', coded, len(coded)),
        *([Representation("br", '"b"', b"brotli", 6)] if brotli else []),
    ]
    response = Response("/", LANDING_PAGE, (), tuple(forms if first else forms[::-1]), 1, None, key="", digest="")
    row = response_row(response, 1)
    again = response_of(as_read(row))
    assert again == response
    packed, identity = (
        next(form for form in again.representations if form.coding == wanted) for wanted in CODINGS
    )
    assert identity.held is packed.held
    assert len(cast("bytes", row["content"])) == len(coded) + 6 * brotli


@given(times)
def test_any_time_comes_back_equal(time: datetime) -> None:
    """Whole seconds hold all times from year 1 to 9999."""
    assert from_unix_time(unix_time(time)) == time


def test_what_is_as_in_most_articles_is_not_stored(record: Callable[..., Record]) -> None:
    """And what an earlier feedsvc stored of it is read."""
    row = record_row(record("a"))
    assert "aliases" not in str(row["article"])
    article = json.loads(str(row["article"])) | {"aliases": [], "episode": None, "expires": None}
    assert record_of(as_read({**row, "article": json.dumps(article)})) == record("a")
    halved = json.dumps(article | {"declared_addresses": ["/p\ud83d/"]})
    assert record_of(as_read({**row, "article": halved})).article.declared_addresses == ("/p/",)


def test_every_column_of_records_is_used(record: Callable[..., Record]) -> None:
    """No column is written and never read, or the other way round; by one of them translations are found."""
    row = Watched(record_row(record("a")))
    record_of(as_read(row))
    assert row.asked | {"original"} == set(row) == set(records.columns.keys())


def test_every_column_of_responses_is_used(response: Callable[..., Response]) -> None:
    """The store itself reads which edition wrote or dropped a row; all else makes the response."""
    row = Watched(response_row(response("/a"), 7))
    response_of(as_read(row))
    assert row.asked | {"edition", "dropped"} == set(row) == set(responses.columns.keys())


def test_every_column_of_editions_is_used() -> None:
    """The head of an edition is its row."""
    row = Watched({"number": 3, "time": 5, "next_moment": None, "identity": "f00d"})
    assert edition_of(as_read(row)) == Edition(3, 5, None, "f00d")
    assert row.asked == set(editions.columns.keys())
