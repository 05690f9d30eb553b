"""Rows of deltas: the versions of a feed and what leads from one to another, there and back without loss."""

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import RowMapping

from feedsvc.responses.versions import Deltas, Step, Version
from feedsvc.store.rows import Row


def deltas_row(path: str, deltas: Deltas, edition: int) -> Row:
    """The deltas of a path as a row of ``deltas``."""
    steps = [(step.version, step.parts, step.checksum, step.length) for step in deltas.steps]
    return {
        "path": path,
        "edition": edition,
        "versions": json.dumps([(version.tags, version.prints.hex()) for version in deltas.versions]),
        "steps": json.dumps(steps),
        "pieces": json.dumps([len(piece) for piece in deltas.pieces]),
        "content": b"".join(deltas.pieces),
    }


def deltas_of(row: RowMapping) -> Deltas:
    """The deltas that :func:`deltas_row` wrote."""
    return Deltas(
        versions=versions_of(row["versions"]),
        steps=tuple(
            Step(version, tuple(parts), checksum, length)
            for version, parts, checksum, length in json.loads(row["steps"])
        ),
        pieces=tuple(_pieces(row["content"], json.loads(row["pieces"]))),
    )


def versions_of(text: str) -> tuple[Version, ...]:
    """The versions that a row has in its column of that name."""
    return tuple(Version(tuple(tags), bytes.fromhex(prints)) for tags, prints in json.loads(text))


def _pieces(content: bytes, lengths: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for length in lengths:
        yield content[start : start + length]
        start += length
