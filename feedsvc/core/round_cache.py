"""The round cache: results of the last round that are still right in this one. The publisher owns it.

A round changes few records and channels. All others are equal to those of the last round, and mostly the same
objects, which is cheap to compare. Since they are frozen, results computed from them stay right.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")


class RoundCache:
    """Keeps results by the purpose for which they are computed, as long as every round contains their items."""

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
        """The results of all items of this round, by the names of the items.

        Args:
            purpose: Distinguishes several results of the same items; all results of one purpose have one type.
            items: All items of this round; the results of other items are dropped.
            name: Returns the name of an item, unique within a round.
            compute: Returns the result of an item. It depends on nothing but the item and the context.
            context: Everything else that the results depend on; if it changed, all results are computed again.
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
