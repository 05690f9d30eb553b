"""Conditional requests: whether the client has the response already (RFC 9110, section 13)."""

from collections.abc import Collection

from feedsvc.responses.http_dates import parse_http_date

_LONGEST = 8192
"""The most bytes of an If-None-Match or If-Match that is parsed: room for 300 of feedsvc's entity tags."""


def known_tag(if_none_match: bytes, tags: Collection[bytes], current: bytes) -> bytes | None:
    """Find the entity tag of the response that the client has already (RFC 9110, section 13.1.2).

    Any coding's tag will do: the client can decode what it has. The comparison is weak, because a proxy
    that compressed our bytes marks the tag so.

    Args:
        if_none_match: The field's value.
        tags: The tags of all codings of the response, with their quotes.
        current: The tag of the representation that this request would get.

    Returns:
        The tag that the 304 repeats: ``current`` where it is listed or the value is ``*``; None where the
        response has to be sent.
    """
    value = if_none_match.strip()
    if value == b"*":
        return current
    if len(value) > _LONGEST:
        return None
    # A tag holds no quote, so a member equal to one of ours is ours even if a foreign tag holds commas.
    members = {member.strip().removeprefix(b"W/") for member in value.split(b",")}
    if current in members:
        return current
    return next((tag for tag in tags if tag in members), None)


def matches(if_match: bytes, tags: Collection[bytes]) -> bool:
    """Whether the client's If-Match holds (RFC 9110, section 13.1.1).

    The comparison is strong: a weak tag promises less than is asked for. Any coding's tag will do, as it names
    bytes that this response has now.

    Args:
        if_match: The field's value; ``*`` matches whatever is there.
        tags: The tags of all codings of the response, with their quotes.
    """
    value = if_match.strip()
    if value == b"*":
        return True
    if len(value) > _LONGEST:
        return False
    members = {member.strip() for member in value.split(b",")}
    return any(tag in members for tag in tags)


def unmodified_since(if_modified_since: bytes, last_modified: int, now: int) -> bool:
    """Whether nothing changed since the client's date (RFC 9110, section 13.1.3).

    A value that is no date, or is in the future, is ignored.

    Args:
        if_modified_since: The field's value.
        last_modified: The true time of the last change, in seconds since 1970. It may lie ahead of ``now`` by
            a second or two, while the client was told ``now``: so two changes within one second are both seen.
        now: Seconds since 1970.
    """
    since = parse_http_date(if_modified_since, now)
    return since is not None and last_modified <= since <= now


def modified_since(if_unmodified_since: bytes, last_modified: int, now: int) -> bool:
    """Whether the client's If-Unmodified-Since does not hold (RFC 9110, section 13.1.4).

    A value that is no date is ignored. Arguments as of :func:`unmodified_since`.
    """
    since = parse_http_date(if_unmodified_since, now)
    return since is not None and last_modified > since
