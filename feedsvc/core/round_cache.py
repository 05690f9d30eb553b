"""Recall: what was made in the last round, where it still holds in this one.

A round changes few records and channels. All others are as they were, mostly the very same objects, which is quick
to see; and since they are frozen, what was made of them stays right.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class RoundCache(Generic[Thing, Made]):
    """What was made of each of many things. It holds for an equal thing, in an equal context, in the next round.

    Args:
        name: Tells the things of one round apart.
    """

    def __init__(self, name: Callable[[Thing], str]) -> None:
        self._name = name
        self._context: object = None
        self._made: dict[str, tuple[Thing, Made]] = {}

    def __call__(
        self, things: Iterable[Thing], context: object, make: Callable[[Thing], Made]
    ) -> Mapping[str, Made]:
        """What the things of this round give, by their names.

        Args:
            things: All of them; what is not among them is forgotten.
            context: What else decides.
            make: Gives it for a thing; nothing but the thing and the context may decide.
        """
        before = self._made if self._context == context else {}
        made: dict[str, tuple[Thing, Made]] = {}
        for thing in things:
            name = self._name(thing)
            known = before.get(name)
            same = known is not None and (known[0] is thing or known[0] == thing)
            made[name] = known if known is not None and same else (thing, make(thing))
        self._context, self._made = context, made
        return {name: value for name, (_, value) in made.items()}
