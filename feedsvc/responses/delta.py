"""A delta (RFC 3229): who gets one, and its bytes and header fields.

The manipulation is ``feed``: the answer is a feed of the entries that are new or changed. Whoever asks for it
merges it with what he has, as feed readers do with every feed.
"""

from dataclasses import dataclass

from feedsvc.responses.conditions import known_tag
from feedsvc.responses.negotiate import choose, weight
from feedsvc.responses.ready import Fields, Ready
from feedsvc.responses.request import Request
from feedsvc.responses.response import Coding
from feedsvc.responses.versions import Deltas, Step, gzip_frame, inflate, woven

_MANIPULATION = b"feed"
CACHE_CONTROL = b"no-store, im"
"""No cache keeps it, unless it knows what a delta is (RFC 3229, section 5.5)."""
_VARY = b"Accept-Encoding, A-IM, If-None-Match"
_OF_THE_WHOLE = frozenset({b"content-length", b"content-encoding", b"etag", b"vary"})
_SMALLEST_FIRST: tuple[Coding, ...] = ("gzip", "identity")


@dataclass(frozen=True, slots=True)
class ReadyDeltas:
    """All deltas that lead to one response."""

    tags: frozenset[bytes]
    """Of the response that they lead to."""
    steps: dict[bytes, Step]
    """By the tag of a former version, newest first."""
    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    """See :attr:`Deltas.pieces`; ``plain`` are the same in no coding."""
    length: int
    """Bytes of all pieces."""

    def leads_to(self, ready: Ready) -> bool:
        """Whether ``ready`` is what the reader has once a delta is merged."""
        return self.tags == ready.tags.keys()


@dataclass(frozen=True, slots=True)
class Delta:
    """One delta as it is sent."""

    fields: Fields
    """Beside date, freshness and Last-Modified."""
    body: bytes


def make_ready_deltas(deltas: Deltas | None) -> ReadyDeltas:
    """Have the deltas of a path at hand; None stands for a path that has none."""
    if deltas is None:
        return ReadyDeltas(frozenset(), {}, (), (), 0)
    plain = tuple(map(inflate, deltas.pieces))
    steps = {tag.encode("ascii"): step for step in deltas.steps for tag in deltas.versions[step.version].tags}
    return ReadyDeltas(
        tags=frozenset(tag.encode("ascii") for tag in deltas.versions[0].tags),
        steps=steps,
        plain=plain,
        packed=deltas.pieces,
        length=sum(map(len, plain)) + sum(map(len, deltas.pieces)),
    )


def wants_delta(request: Request, ready: Ready) -> bool:
    """Whether a delta would answer the request, should there be one: it names a version that is not this one.

    Without If-None-Match there is nothing that a delta could lead from (RFC 3229, section 10.5.3).
    """
    tags = request.if_none_match
    return (
        request.a_im is not None
        and tags is not None
        and ready.is_feed
        and request.method in ("GET", "HEAD")
        and weight(request.a_im, "feed") > 0
        and known_tag(tags, ready.tags, ready.variants["identity"].etag) is None
    )


def delta(request: Request, ready: Ready, deltas: ReadyDeltas) -> Delta | None:
    """The delta for who asked for one (:func:`wants_delta`); None where he has to take the whole.

    Of several versions that he names the newest is the base, and the answer says which (RFC 3229, section 10.5.1).
    Its entity tag is that of the response which he then has in full.
    """
    if request.if_none_match is None or not deltas.steps or not deltas.leads_to(ready):
        return None
    base = known_tag(request.if_none_match, deltas.steps, next(iter(deltas.steps)))
    if base is None:
        return None
    step = deltas.steps[base]
    coding = choose(request.accept_encoding, _SMALLEST_FIRST)
    if coding == "gzip":
        body = gzip_frame(b"".join(woven(deltas.packed, step.parts)), step.checksum, step.length)
    else:
        body = b"".join(woven(deltas.plain, step.parts))
    whole = ready.variants[choose(request.accept_encoding, ready.offered)]
    fields = [field for field in whole.fields if field[0] not in _OF_THE_WHOLE]
    fields += [(b"vary", _VARY), (b"etag", whole.etag), (b"im", _MANIPULATION), (b"delta-base", base)]
    if coding != "identity":
        fields.append((b"content-encoding", coding.encode("ascii")))
    fields.append((b"content-length", str(len(body)).encode("ascii")))
    return Delta(tuple(fields), body)
