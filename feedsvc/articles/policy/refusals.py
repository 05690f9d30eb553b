"""Why a round is refused, and what an operator may let one round do all the same.

Plain records, which every process that shows them may load; :mod:`.safeguards` decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from feedsvc.articles.model import Problem, SetAside
from feedsvc.core.errors import FeedsvcError

_NONE: Mapping[str, SetAside] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Overrides:
    """The safeguards that a command overrides for one round; no setting overrides them for good."""

    removals: bool = False
    """A large part of what is published may go."""
    flood: bool = False
    """Many articles that look published already may appear anew."""
    headers: bool = False
    """What its header held back, and has no header any more, may be read as it stands."""


NO_OVERRIDES = Overrides()
"""What a round has that no command asked for."""


Safeguard = Literal["removals", "flood"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a safeguard refuses a round: what the round would have done, and what to do about it."""

    safeguard: Safeguard
    what: str
    remedy: str
    """Names the command that lets the round pass, once."""
    paths: tuple[str, ...]
    """The files of the articles concerned, sorted."""


class SafeguardError(FeedsvcError):
    """Safeguards refuse the round: nothing of it is kept, and the last edition stays published."""

    def __init__(
        self, refusals: Sequence[Refusal], problems: Sequence[Problem], set_aside: Mapping[str, SetAside] = _NONE
    ) -> None:
        """Take the refusals, and the problems that the round found in single files."""
        super().__init__("; ".join(each.what for each in refusals), refusals[0].remedy)
        self.refusals = tuple(refusals)
        self.problems = tuple(problems)
        self.set_aside = set_aside
