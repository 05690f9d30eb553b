"""Renewing what differs from the last edition."""

from collections.abc import Mapping, Sequence

from feedsvc.documents.document import Document, Recipe
from feedsvc.documents.parts import ATOM_PARTS
from feedsvc.renew import renew
from feedsvc.responses.edition import Edition, Kept, Memory
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Version

OLD = Version(('"a"',), b"\x00" * 8)


class Shelf:
    """Keeps what is put, and knows an old version of every feed."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.there: dict[str, Response] = {}
        self.rekeyed: list[tuple[str, str]] = []
        self.dropped: list[str] = []

    def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[Version, ...]]:
        """The same for each."""
        self.asked.append(len(paths))
        return dict.fromkeys(paths, (OLD,))

    def put(self, response: Response) -> None:
        """Note it."""
        self.there[response.path] = response

    def rekey(self, path: str, key: str) -> None:
        """Note it."""
        self.rekeyed.append((path, key))

    def drop(self, path: str) -> None:
        """Note it."""
        self.dropped.append(path)


def recipe(number: int, key: str = "new") -> Recipe:
    """Of a feed without entries."""
    path = f"/{number}/atom.xml"
    content = f"<feed>{number}</feed>".encode()
    return Recipe(path, key, lambda: Document(path, "application/atom+xml", content, parts=ATOM_PARTS))


def run(shelf: Shelf, memory: Memory, *recipes: Recipe) -> Memory:
    """One round, which knows five versions; gives what the next one has to know."""
    renewed = renew(recipes, shelf, memory, 7, lambda *_: None, versions=5)
    return Memory(Edition(1, 7), {}, renewed.responses, {})


def test_former_versions_are_known_of_every_feed_however_many_there_are() -> None:
    """They are asked for in portions, since at an upgrade all feeds are made again at once."""
    recipes = [recipe(number) for number in range(450)]
    shelf = Shelf()
    kept = Memory(Edition(1, 5), {}, {each.path: Kept("old", "another", 5) for each in recipes}, {})
    run(shelf, kept, *recipes)
    assert shelf.asked == [200, 200, 50]
    known = {path: response.deltas for path, response in shelf.there.items()}
    assert len(known) == 450
    assert all(deltas is not None and deltas.versions[1:] == (OLD,) for deltas in known.values())


def test_what_differs_is_put_what_does_not_is_left_and_what_is_gone_is_dropped() -> None:
    """The same bytes by another key are the same bytes: nothing is written but the key."""
    first, second = Shelf(), Shelf()
    memory = run(first, Memory(), recipe(1), recipe(2), recipe(3))
    assert (first.asked, len(first.there)) == ([], 3)
    run(second, memory, recipe(1), recipe(2, "newer"), recipe(4))
    assert second.rekeyed == [("/2/atom.xml", "newer")]
    assert second.there.keys() == {"/4/atom.xml"}
    assert second.dropped == ["/3/atom.xml"]
    assert second.asked == [1]
