"""From documents to responses: codings, validators, freshness, and the answer to a request.

Everything that can be decided before a request comes is decided here, and is plain values. What this is not:
it knows no clock, no disk and no web framework; those who do (:mod:`feedsvc.web`) hand in the time and send
the bytes.
"""

from feedsvc.responses.answer import Answer, answer, too_often
from feedsvc.responses.codings import STILL, encode, tag
from feedsvc.responses.dates import http_date, parse_http_date
from feedsvc.responses.delta import ReadyDeltas, make_ready_deltas, wants_delta
from feedsvc.responses.edition import Changes, Edition, Kept, Memory
from feedsvc.responses.freshness import (
    IMMUTABLE,
    Lifetime,
    Policy,
    cache_control,
    lifetimes,
    missing_cache_control,
)
from feedsvc.responses.prepare import digest, prepare
from feedsvc.responses.press import press
from feedsvc.responses.ready import Ready, make_ready
from feedsvc.responses.request import Request
from feedsvc.responses.response import Coding, Representation, Response
from feedsvc.responses.ticket import Doors, Ticket, behind
from feedsvc.responses.versions import Deltas, Version

__all__ = [
    "IMMUTABLE",
    "STILL",
    "Answer",
    "Changes",
    "Coding",
    "Deltas",
    "Doors",
    "Edition",
    "Kept",
    "Lifetime",
    "Memory",
    "Policy",
    "Ready",
    "ReadyDeltas",
    "Representation",
    "Request",
    "Response",
    "Ticket",
    "Version",
    "answer",
    "behind",
    "cache_control",
    "digest",
    "encode",
    "http_date",
    "lifetimes",
    "make_ready",
    "make_ready_deltas",
    "missing_cache_control",
    "parse_http_date",
    "prepare",
    "press",
    "tag",
    "too_often",
    "wants_delta",
]
