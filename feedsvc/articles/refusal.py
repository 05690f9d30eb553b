"""Refusals: the rails that hold, as those who run a round and those who ask how things stand are told them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from feedsvc.articles.article import Problem, SetAside
from feedsvc.errors import FeedsvcError

Rail = Literal["removals", "flood"]
NONE: Mapping[str, SetAside] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rail that holds: what the round would have done, and what to do about it."""

    rail: Rail
    what: str
    remedy: str
    """Names the command that lets the round pass, once."""
    paths: tuple[str, ...]
    """The files of the articles concerned, sorted."""


class RefusedError(FeedsvcError):
    """Rails hold; nothing of the round counts, and the last edition stays."""

    def __init__(
        self, refusals: Sequence[Refusal], problems: Sequence[Problem], set_aside: Mapping[str, SetAside] = NONE
    ) -> None:
        """Take the rails that hold, and what else the round found out about single files."""
        super().__init__("; ".join(each.what for each in refusals), refusals[0].remedy)
        self.refusals = tuple(refusals)
        self.problems = tuple(problems)
        self.set_aside = set_aside
