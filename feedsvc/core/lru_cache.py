"""A memo: what was made of an entry, kept for the other feeds that hold it, within bounds."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LruCache(Generic[Key, Value]):
    """Remembers the values asked for last.

    Args:
        make: Gives the value of a key, never None; equal keys, equal values.
        size: How much of the room a value takes.
        room: How much there is. One value that takes more is made, and not kept.
    """

    def __init__(self, make: Callable[[Key], Value], size: Callable[[Value], int], room: int) -> None:
        self._make = make
        self._size = size
        self._room = room
        self._left = room
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def __call__(self, key: Key) -> Value:
        """The value of ``key``, made now or before."""
        found = self._kept.pop(key, None)  # looked up once, since a key may be long to compare
        if found is not None:
            self._kept[key] = found
            return found
        value = self._make(key)
        self.keep(key, value)
        return value

    def known(self, key: Key) -> Value | None:
        """The value of ``key`` if it is remembered; nothing is made."""
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Remember the value of a key that was come by in another way."""
        size = self._size(value)
        if key in self._kept or size > self._room:
            return
        self._kept[key] = value
        self._left -= size
        while self._left < 0:
            _, oldest = self._kept.popitem(last=False)
            self._left += self._size(oldest)
