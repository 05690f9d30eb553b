"""The round cache: results of the last round that still hold in this one. The publisher owns it and passes it in.

A round changes few records and channels. All others are equal to those of the last round, mostly the very same
objects, which is quick to see; and since they are frozen, what was computed from them stays right.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")


class RoundCache:
    """Keeps results by the purpose that they are computed for, as long as their items are in each round."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Mapping[str, tuple[object, object]]]] = {}

    def results(
        self,
        purpose: str,
        items: Iterable[Item],
        name: Callable[[Item], str],
        compute: Callable[[Item], Result],
        context: object = None,
    ) -> Mapping[str, Result]:
        """The results of all items of this round, by their names.

        Args:
            purpose: Tells apart results of the same items; all results of one purpose have one type.
            items: All of this round; the results of others are forgotten.
            name: Tells the items of one round apart.
            compute: Gives the result of an item. It depends on nothing but the item and the context.
            context: All else that the results depend on; those of another context are computed again.
        """
        known_context, known = self._kept.get(purpose, (None, {}))
        before = known if known_context == context else {}
        kept: dict[str, tuple[object, object]] = {}
        for item in items:
            key = name(item)
            found = before.get(key)
            is_same = found is not None and (found[0] is item or found[0] == item)
            kept[key] = found if found is not None and is_same else (item, compute(item))
        self._kept[purpose] = context, kept
        return {key: cast("Result", result) for key, (_, result) in kept.items()}
