"""What the store keeps of the versions of a feed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Deltas, Step, Version
from feedsvc.store.store import Store
from feedsvc.store.tables import deltas as table

OLD = Version(('"b"', '"a"'), b"\x00" * 8)
NEW = Version(('"d"', '"c"'), b"\xff" * 16)
DELTAS = Deltas((NEW, OLD), (Step(1, (3, 4), 4_000_000_000, 12),), (b"head", b"", b"tail\x00", b"one", b"two"))

MakeResponse = Callable[..., Response]
Publish = Callable[..., Edition]


def _paths(store: Store) -> set[str]:
    with store._database.reading() as connection:
        return set(connection.execute(select(table.c.path)).scalars())


def test_deltas_come_back_equal(store: Store, response: MakeResponse, publish: Publish) -> None:
    """The whole for a worker, the versions for the next round."""
    publish(response("/rss.xml", deltas=DELTAS), response("/atom.xml"))
    assert store.deltas("/rss.xml") == DELTAS
    assert store.deltas("/atom.xml") is None
    with store.round(1) as transaction:
        assert transaction.versions(["/rss.xml", "/atom.xml", "/nowhere"]) == {"/rss.xml": (NEW, OLD)}


def test_the_response_itself_is_read_without_them(store: Store, response: MakeResponse, publish: Publish) -> None:
    """A worker holds every feed, and deltas only of those that are asked for."""
    publish(response("/rss.xml", deltas=DELTAS))
    assert store.changes(0).hot == (response("/rss.xml"),)


def test_the_next_ones_take_their_place(store: Store, response: MakeResponse, publish: Publish) -> None:
    """A feed has one row, however often it changes; a feed that stays keeps its own."""
    later = Deltas((OLD, NEW))
    publish(response("/rss.xml", deltas=DELTAS), response("/atom.xml", deltas=DELTAS))
    publish(response("/rss.xml", b"others", deltas=later))
    assert (store.deltas("/rss.xml"), store.deltas("/atom.xml")) == (later, DELTAS)


def test_what_leads_nowhere_is_swept(store: Store, response: MakeResponse, publish: Publish) -> None:
    """Of a feed that is gone, and of one that changed while no versions were wanted."""
    names = ("/a", "/b", "/c")
    publish(*(response(name, deltas=DELTAS) for name in names))
    publish(response("/b", b"others"), drop=("/a",))
    assert _paths(store) == {"/c"}


def test_a_round_that_is_given_up_leaves_them_as_they_were(
    store: Store, response: MakeResponse, publish: Publish
) -> None:
    """They count with the edition, or not at all."""
    publish(response("/rss.xml", deltas=DELTAS))

    def given_up() -> None:
        with store.round(1) as transaction:
            transaction.put(response("/rss.xml", b"others", deltas=Deltas((OLD, NEW))))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        given_up()
    assert store.deltas("/rss.xml") == DELTAS
