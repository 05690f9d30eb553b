"""Content negotiation: which content coding a client gets (RFC 9110, section 12.5.3)."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from feedsvc.responses.response import Coding

_LONGEST_CACHED = 200
"""Bytes of the longest value whose weights are cached. Browsers and feed readers send fewer than 50; hostile
values must not fill the memory."""
_LONGEST_READ = 4096
"""Bytes of the longest value that is parsed; for a longer one the answer is not encoded."""
_MEMBER = re.compile(
    r"""[ \t]* (?P<coding> [!#$%&'*+.^_`|~0-9A-Za-z-]+ ) [ \t]*
        (?: ; [ \t]* [qQ] = (?P<weight> 0(?:\.[0-9]{0,3})? | 1(?:\.0{0,3})? ) [ \t]* )?""",
    re.VERBOSE,
)


def choose(accept_encoding: bytes | None, offered: Sequence[Coding]) -> Coding:
    """Choose one of the codings of a response.

    Args:
        accept_encoding: The field's value; None where the request has none.
        offered: The codings, smallest representation first; identity is one of them.

    Returns:
        The coding with the highest weight, among equals the smallest. Identity where nothing else is
        acceptable, even if it was refused: a feed reader can do more with that than with a 406.
    """
    if accept_encoding is None or len(accept_encoding) > _LONGEST_READ:
        return "identity"
    weights = _cached_weights if len(accept_encoding) <= _LONGEST_CACHED else parse_accept_encoding
    return _best(weights(accept_encoding), offered)


def parse_accept_encoding(value: bytes) -> Mapping[str, int]:
    """Read the weight of each coding named, in thousandths.

    Members that are malformed are left out, as if the coding had not been named. The lowest weight counts
    where one is named twice.
    """
    weights: dict[str, int] = {}
    for member in value.decode("latin-1").split(","):
        if found := _MEMBER.fullmatch(member):
            coding = found["coding"].lower()
            coding = "gzip" if coding == "x-gzip" else coding  # RFC 9110, section 8.4.1.3
            weight = round(float(found["weight"] or "1") * 1000)
            weights[coding] = min(weight, weights.get(coding, weight))
    return weights


_cached_weights = lru_cache(maxsize=512)(parse_accept_encoding)


def _best(weights: Mapping[str, int], offered: Sequence[Coding]) -> Coding:
    best: Coding = "identity"
    # Identity needs no naming to be acceptable, but anything that was asked for comes before it.
    highest = 0
    for coding in offered:
        weight = weights.get(coding, weights.get("*", 0))
        if weight > highest:
            best, highest = coding, weight
    return best
