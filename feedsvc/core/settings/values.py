"""Checks of single values: each function returns the value as it is kept, or says what it must be.

A :class:`ValueError` of theirs begins with "must", and is told to the operator behind the setting and the value.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import time
from ipaddress import ip_network
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from feedsvc.core.urls import RESERVED, ascii_host, ascii_url

WELL_KNOWN = (
    "www.youtube.com",
    "www.youtube-nocookie.com",
    "player.vimeo.com",
    "w.soundcloud.com",
    "bandcamp.com",
    "open.spotify.com",
    "archive.org",
    "www.openstreetmap.org",
)
"""Hosts of players that feed readers let through too."""
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?")


_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\\\"<>^`{|}]")
"""Characters that no URL may contain (RFC 3986, appendix A), and that browsers treat differently."""


def matching(pattern: str, wanted: str) -> Callable[[str], str]:
    """A check that the whole value matches a regular expression; ``wanted`` says what it must be."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {wanted}")
        return value

    return check


def not_empty(value: object) -> object:
    """A path, or a name, that names something: an empty path would be the working directory."""
    if value == "":
        raise ValueError("must not be empty")
    return value


short_name = matching(r"[a-z0-9][a-z0-9_-]{0,39}", "a name of small letters, digits, - and _")
"""A name for commands and log lines."""
mail_address = matching(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", "an address such as radio@example.org")
css_color = matching(r"#(?:[0-9A-Fa-f]{3}){1,2}|[A-Za-z]{3,20}", "a colour such as #204060 or teal")
"""A colour as CSS writes it: by # and hexadecimal digits, or by a name."""
fediverse_account = matching(r"@[\w.-]+@[\w-]+(?:\.[\w-]+)+", "an account such as @ada@example.social")


_Table = TypeVar("_Table")


def each_once(key: str, two: str) -> Callable[[tuple[_Table, ...]], tuple[_Table, ...]]:
    """A check that no two of several tables have the same value of ``key``; ``two`` says what there are."""

    def check(values: tuple[_Table, ...]) -> tuple[_Table, ...]:
        for value, times in Counter(getattr(each, key) for each in values).items():
            if times > 1:
                raise ValueError(f"must not have {two} with the {key} {value}")
        return values

    return check


def zone_name(value: str) -> str:
    """A name of the time zone database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a name such as Europe/Berlin or UTC") from error
    return value


def network(value: str) -> str:
    """A network of IP addresses, in CIDR notation."""
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError("must be a network such as 192.168.1.0/24") from error


def clock_time(value: time) -> time:
    """A time of day, in whole seconds."""
    if value.tzinfo is not None:
        raise ValueError("must name no time zone; time_zone does")
    return value.replace(microsecond=0)


def host_names(value: str) -> str:
    """Names of hosts, separated by commas, or ``none``."""
    if value.strip().lower() != "none" and not all(map(_HOST.fullmatch, listed(value))):
        raise ValueError("must be names of hosts such as www.youtube.com, separated by commas, or none")
    return value


def file_patterns(value: str) -> str:
    """Patterns of files as in ``.gitignore``, separated by commas, or ``none``."""
    if any(not part.strip() or part.strip()[0] in "!#" for part in value.split(",")):
        raise ValueError(
            "must be patterns of files such as README.md or static/notes/, separated by commas, or none"
        )
    return value


def listed(value: str) -> list[str]:
    """The items between the commas, in lower case."""
    return [part.strip().lower() for part in value.split(",")]


def language_tag(value: str) -> str:
    """A language tag (BCP 47)."""
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in value.split("-")):
        raise ValueError("must be a language tag such as en, de-AT or zh-Hant (BCP 47)")
    return value


def entry_template(value: str) -> str:
    """HTML with placeholders that have a meaning."""
    for name in re.findall(r"\{([^{}]*)\}", value):
        if name not in {"title", "url", "author", "site", "site_url"}:
            raise ValueError(
                f"must not name {{{name}}}, only {{title}}, {{url}}, {{author}}, {{site}} and {{site_url}}"
            )
    return value


def channel_path(value: str) -> str:
    """The page of a channel, with a slash at its end, where the site has nothing of its own."""
    if not re.fullmatch(r"(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)+", value.rstrip("/")):
        raise ValueError("must be a path such as /sea-stories, of small letters, digits, dashes and slashes")
    if value.split("/")[1] in RESERVED:
        raise ValueError(f"must not begin with /{value.split('/')[1]}, which is the site's own")
    return value.rstrip("/") + "/"


def web_address(value: str) -> str:
    """An http or https URL without a user, in ASCII."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in {"http", "https"} and parts.port != 0
        named = known and ascii_host(parts.hostname or "") is not None
    except ValueError:  # brackets that do not close, a port that is none
        named = False
    if not named:
        raise ValueError("must be an address such as https://news.example.org")
    if "@" in parts.netloc:
        raise ValueError("must have no user and no password, since everybody would see them")
    if _NO_ADDRESS.search(value):
        raise ValueError('must have no blanks and none of \\ " < > ^ ` { | }; in a path, write %20 for a blank')
    return ascii_url(value)


def hub_address(value: str) -> str:
    """A web address to which requests are sent, so one without a fragment (RFC 9110, section 4.2.5)."""
    if "#" in value:
        raise ValueError("must have no #")
    return web_address(value)


def base_address(value: str) -> str:
    """A web address to which paths are appended, without a trailing slash."""
    address = web_address(value)
    if "?" in value or "#" in value:
        raise ValueError("must have no ? and no #")
    address = address.rstrip("/")
    if not {"", ".", ".."}.isdisjoint(map(unquote, urlsplit(address).path.split("/")[1:])):
        raise ValueError("must have no // and no part . or .. in its path, which clients change")
    return address


class NamedChannel(BaseModel):
    """A channel that the operator defines: articles that match every given field by any of its values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, AfterValidator(channel_path)]
    title: str = Field(min_length=1)
    description: str = ""
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[Annotated[str, AfterValidator(language_tag)], ...] = ()
    content: Literal["full", "summary"] | None = None
    header: Annotated[str, AfterValidator(entry_template)] | None = None
    footer: Annotated[str, AfterValidator(entry_template)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_not_private(cls, told: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Refuse the private channels of an earlier version, whose articles would silently become public."""
        if not isinstance(told, dict):
            return told
        if told.get("private"):
            raise ValueError(
                "must not be private: privacy is a property of a whole site. Move these articles to a folder of "
                'their own, published by a second service with access = "private" '
                "(docs/how-to/private-site.md), and take the channel out only then, since what stays in this "
                "folder is public"
            )
        return {name: value for name, value in told.items() if name != "private"}

    def fields(self) -> dict[str, Any]:
        """These values by the names that a query has for them (:class:`feedsvc.channels.site.Query`)."""
        told = self.model_dump()
        return {"extent": told.pop("content"), **told}


GONE = "gone"
"""Stands for the target of a former path that answers 410."""


def moves(moved: dict[str, str]) -> dict[str, str]:
    """Former paths with their targets on this site or another one; no target is a former path itself."""
    for former, target in moved.items():
        if not former.startswith("/"):
            raise ValueError(f"must begin with a slash each: {former!r} does not")
        if target in moved:
            raise ValueError(f"must lead to where something is, and {target!r} has moved itself")
        if target != GONE and not target.startswith(("/", "https://", "http://")):
            raise ValueError(f"must lead to a path, to an address or be gone: {target!r} is none of these")
    return moved


_SIGNAL = re.compile(r"(search|ai-input|ai-train)=(yes|no)")


def usage_signals(value: str) -> str:
    """Signals of contentsignals.org, separated by commas, as a line of robots.txt has them."""
    signals = [part.strip() for part in value.split(",")]
    if not all(_SIGNAL.fullmatch(signal) for signal in signals):
        raise ValueError("must be search, ai-input or ai-train with =yes or =no, such as search=yes, ai-train=no")
    return ", ".join(signals)
