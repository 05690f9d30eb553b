"""Consent: what the operator allows one round to do that a rail would refuse."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consent:
    """Each is given for one round, by a command; no setting gives it for good."""

    removals: bool = False
    """A large part of what is published may go."""
    flood: bool = False
    """Many articles that look published already may appear anew."""
    headers: bool = False
    """What its header held back, and has no header any more, may be read as it stands."""


NO_CONSENT = Consent()
"""What a round has that nobody spoke for."""
