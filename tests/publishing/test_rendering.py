"""Renewing what differs from the last edition."""

from feedsvc.documents.model import FEED, Document, DocumentSpec
from feedsvc.publishing.rendering import render_changed
from feedsvc.responses.edition import Edition, PublisherState
from feedsvc.responses.response import Response


class Shelf:
    """Keeps what is put."""

    def __init__(self) -> None:
        self.there: dict[str, Response] = {}
        self.rekeyed: list[tuple[str, str]] = []
        self.dropped: list[str] = []

    def put(self, response: Response) -> None:
        """Note it."""
        self.there[response.path] = response

    def rekey(self, path: str, key: str) -> None:
        """Note it."""
        self.rekeyed.append((path, key))

    def drop(self, path: str) -> None:
        """Note it."""
        self.dropped.append(path)


def recipe(number: int, key: str = "new") -> DocumentSpec:
    """Of a feed without entries."""
    path = f"/{number}/atom.xml"
    content = f"<feed>{number}</feed>".encode()
    return DocumentSpec(path, key, lambda: Document(path, FEED, "application/atom+xml", content))


def run(shelf: Shelf, memory: PublisherState, *recipes: DocumentSpec) -> PublisherState:
    """One round; gives what the next one has to know."""
    renewed = render_changed(recipes, shelf, memory, 7, lambda *_: None)
    return PublisherState(Edition(1, 7), {}, renewed.responses, {})


def test_what_differs_is_put_what_does_not_is_left_and_what_is_gone_is_dropped() -> None:
    """The same bytes by another key are the same bytes: nothing is written but the key."""
    first, second = Shelf(), Shelf()
    memory = run(first, PublisherState(), recipe(1), recipe(2), recipe(3))
    assert len(first.there) == 3
    run(second, memory, recipe(1), recipe(2, "newer"), recipe(4))
    assert second.rekeyed == [("/2/atom.xml", "newer")]
    assert second.there.keys() == {"/4/atom.xml"}
    assert second.dropped == ["/3/atom.xml"]
