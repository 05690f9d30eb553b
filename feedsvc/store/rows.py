"""Conversion between records, responses and editions and the rows of their tables, without loss."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from feedsvc.articles.model import Article, Author, Problem, SetAside, shared
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.archive import ArchivePlace
from feedsvc.channels.channel import ChannelSummary
from feedsvc.core.timestamps import from_unix_time, unix_time
from feedsvc.documents.model import Traits
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.responses.response import Representation, Response

Row = Mapping[str, object]

_OWN_COLUMN = {"path", "body", "markdown"}
"""The fields of an article that have columns of their own."""
_DATES = ("published", "updated", "expires")
_DEFAULTS = {each.name: each.default for each in fields(Article) if each.name not in _OWN_COLUMN}
"""The other fields, with their values where an article has none."""


def record_row(record: Record) -> Row:
    """A record as a row of ``records``."""
    article = record.article
    return {
        "id": record.id,
        "page": record.page,
        "path": article.path,
        "published": unix_time(record.published),
        "updated": unix_time(record.updated),
        "settled": record.settled,
        "present": record.present,
        "withdrawn": _seconds(record.withdrawn),
        "listed": record.listed,
        "changed": _seconds(record.changed),
        "former_pages": _json(record.former_pages),
        "membership_changes": _json(
            [(each.kind, each.key, each.label, unix_time(each.when)) for each in record.membership_changes]
        ),
        "file_stamps": record.stamp,
        "source_digest": record.source,
        "body": article.body,
        "article": _text(article),
        "markdown": article.markdown,
        "original": original_of(record),
        "address_pattern": record.address_pattern,
    }


def original_of(record: Record) -> str:
    """The common key of all translations of an article (:mod:`feedsvc.articles.identity.paths`)."""
    return record.article.original or record.article.path.rpartition(".")[0]


def record_of(row: Mapping[str, Any] | RowMapping) -> Record:
    """The record that :func:`record_row` wrote."""
    return Record(
        id=row["id"],
        article=article_of(row["article"], row["path"], row["body"], row["markdown"]),
        stamp=row["file_stamps"],
        source=row["source_digest"],
        page=row["page"],
        published=from_unix_time(row["published"]),
        updated=from_unix_time(row["updated"]),
        settled=row["settled"],
        present=row["present"],
        withdrawn=_moment(row["withdrawn"]),
        listed=row["listed"],
        changed=_moment(row["changed"]),
        former_pages=tuple(msgspec.json.decode(row["former_pages"])),
        membership_changes=tuple(
            MembershipChange(kind, key, label, from_unix_time(when))
            for kind, key, label, when in msgspec.json.decode(row["membership_changes"])
        ),
        address_pattern=row["address_pattern"],
    )


def place_row(channel: str, record_id: str, place: ArchivePlace) -> Row:
    """A place as a row of ``archive_positions``."""
    return {
        "channel": channel,
        "record_id": record_id,
        "position": place.position,
        "held": place.is_held,
        "moved": _seconds(place.moved),
        "published": unix_time(place.published),
    }


def place_of(row: RowMapping) -> ArchivePlace:
    """The place that :func:`place_row` wrote."""
    return ArchivePlace(row["position"], row["held"], _moment(row["moved"]), from_unix_time(row["published"]))


def channel_row(channel: ChannelSummary) -> Row:
    """A channel as a row of ``channels``."""
    values = {member.name: getattr(channel, member.name) for member in fields(channel)}
    dropped = values.pop("is_dropped")
    return {**values, "updated": _seconds(channel.updated), "dropped": dropped}


def channel_of(row: RowMapping) -> ChannelSummary:
    """The channel that :func:`channel_row` wrote."""
    values = dict(row)
    values["is_dropped"] = values.pop("dropped")
    values["updated"] = _moment(row["updated"])
    return ChannelSummary(**values)


def set_aside_row(file: SetAside) -> Row:
    """A file that was fatal to readers as a row of ``set_aside``."""
    problem = file.problem
    return {
        "path": problem.path,
        "source_digest": file.fatal,
        "file_stamps": file.stamp,
        "problem": problem.what,
        "remedy": problem.remedy,
    }


def set_aside_of(row: RowMapping) -> SetAside:
    """The file that :func:`set_aside_row` wrote."""
    return SetAside(
        Problem(row["path"], None, row["problem"], row["remedy"]), row["file_stamps"], row["source_digest"]
    )


def response_row(response: Response, edition: int) -> Row:
    """A response as a row of ``responses``. Plain bytes that are made from the gzip are not stored beside it."""
    stored = [(form, None if form.is_packed else len(form.held)) for form in response.representations]
    return {
        "path": response.path,
        "edition": edition,
        "dropped": False,
        **asdict(response.traits),
        "headers": _json(response.headers),
        "last_modified": response.last_modified,
        "file": response.file,
        "key": response.key,
        "digest": response.digest,
        "codings": _json([(form.coding, form.etag, form.length, size) for form, size in stored]),
        "content": b"".join(form.held for form, size in stored if size is not None),
    }


def response_of(row: RowMapping) -> Response:
    """The response that :func:`response_row` wrote."""
    return Response(
        path=row["path"],
        traits=Traits(row["kind"], row["prepared"], row["caching"], row["preview"], row["pinned"]),
        headers=tuple((name, value) for name, value in msgspec.json.decode(row["headers"])),
        representations=_representations(row["codings"], row["content"]),
        last_modified=row["last_modified"],
        file=row["file"],
        key=row["key"],
        digest=row["digest"],
    )


def edition_of(row: RowMapping | None) -> Edition:
    """The edition of a row; number 0 where there is no row."""
    return NO_EDITION if row is None else Edition(**row)


def _representations(codings: str, content: bytes) -> tuple[Representation, ...]:
    values = msgspec.json.decode(codings)
    bodies: list[bytes] = []
    packed = b""
    start = 0
    for coding, _, _, size in values:
        bodies.append(content[start : start + (size or 0)])
        start += len(bodies[-1])
        packed = bodies[-1] if coding == "gzip" else packed
    return tuple(
        Representation(coding, etag, packed if size is None else body, length, is_packed=size is None)
        for (coding, etag, length, size), body in zip(values, bodies, strict=True)
    )


def _text(article: Article) -> str:
    """The article as JSON, without its own columns and without what is as in most articles."""
    values = {name: value for name, none in _DEFAULTS.items() if (value := getattr(article, name)) != none}
    for name in _DATES:
        values[name] = _seconds(getattr(article, name))
    return _json(values)


def article_of(text: str, path: str, body: str, markdown: str | None) -> Article:
    """The article that :func:`_text` wrote, now or earlier; values that many articles have are one object."""
    try:
        values: dict[str, Any] = msgspec.json.decode(text)
    except msgspec.DecodeError:  # an earlier feedsvc kept half of a character, which is none in UTF-8
        values = json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "ignore"))
    for name in _DATES:
        values[name] = _moment(values.get(name))
    for name in ("section", "language"):
        values[name] = shared(values[name])
    values["tags"] = [*map(shared, values["tags"])]
    values["authors"] = [shared(msgspec.convert(author, Author)) for author in values["authors"]]
    return msgspec.convert({**values, "path": path, "body": body, "markdown": markdown}, Article)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else unix_time(moment)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_unix_time(seconds)
