"""What a round is given, and what comes of it: plain frozen records, which need nothing that runs a round."""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from feedsvc.articles.body.remote_sizes import AskSizes
from feedsvc.articles.identity.wanted_address import SECTION_AND_SLUG, AddressRules
from feedsvc.articles.model import Problem
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.safeguards import DEFAULT_LIMITS, NO_OVERRIDES, Overrides, SafeguardLimits
from feedsvc.channels.site import Site
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.responses.edition import PublisherState
from feedsvc.responses.site_readers import Access
from feedsvc.store.report import Counts, Moved


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """The rules of a round, as plain values."""

    directory: Path
    site: Site
    rules: ReadOptions
    authority: str | None
    """In whose name ids are made (RFC 4151, section 2.1); None where the site has no domain name yet."""
    overrides: Overrides = NO_OVERRIDES
    """The overrides that the operator allows for this round."""
    limits: SafeguardLimits = DEFAULT_LIMITS
    """The numbers above which safeguards refuse the round."""
    theme: Theme = BUILT_IN
    access: Access = "public"
    """Whom the site is for; the store has to be for the same (:func:`.usable_settings.claim`)."""
    ask_sizes: AskSizes | None = None
    """Asks the servers of recordings elsewhere how large they are; None where nothing is to be asked."""
    addresses: AddressRules = SECTION_AND_SLUG
    """The pattern of the addresses of articles."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a round."""

    state: PublisherState
    """The state for the next round."""
    problems: tuple[Problem, ...]
    unread: Container[str]
    """Paths of the files that were as the last round read them; what was wrong with them still is."""
    read: int
    """How many files were read anew."""
    counts: Counts
    """How many articles are in which state."""
    changed: int = 0
    """How many responses were written or dropped."""
    moved: tuple[Moved, ...] = ()
    """The articles that the public saw come, change and go."""
    is_composed: bool = False
    """Whether the round found anew what comes of the whole site; else nothing had changed."""
    left_out: tuple[tuple[str, int], ...] = ()
    """The kinds of files that are no articles, or not read, with the number of each."""

    @property
    def public(self) -> int:
        """How many articles are public."""
        return self.counts.published
