"""The tables of the configuration file: settings that have settings of their own."""

import re
from collections import Counter
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from feedsvc.articles.mint import RESERVED
from feedsvc.channels import Podcast


def language_tag(value: str) -> str:
    """A language tag (BCP 47)."""
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in value.split("-")):
        raise ValueError("must be a language tag such as en, de-AT or zh-Hant (BCP 47)")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise ValueError("must be an address such as radio@example.org")
    return value


def entry_template(value: str) -> str:
    """HTML with placeholders that have a meaning."""
    for name in re.findall(r"\{([^{}]*)\}", value):
        if name not in {"title", "url", "author", "site", "site_url"}:
            raise ValueError(
                f"must not name {{{name}}}, only {{title}}, {{url}}, {{author}}, {{site}} and {{site_url}}"
            )
    return value


def _channel_path(value: str) -> str:
    if not re.fullmatch(r"(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)+", value.rstrip("/")):
        raise ValueError("must be a path such as /sea-stories, of small letters, digits, dashes and slashes")
    if value.split("/")[1] in RESERVED:
        raise ValueError(f"must not begin with /{value.split('/')[1]}, which is the site's own")
    return value.rstrip("/") + "/"


class NamedChannel(BaseModel):
    """A channel of the operator's: the articles that fit every field given, each by any of its values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, AfterValidator(_channel_path)]
    title: str = Field(min_length=1)
    description: str = ""
    sections: tuple[Annotated[str, AfterValidator(lambda value: value.strip("/"))], ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[Annotated[str, AfterValidator(language_tag)], ...] = ()
    content: Literal["full", "summary"] | None = None
    header: Annotated[str, AfterValidator(entry_template)] | None = None
    footer: Annotated[str, AfterValidator(entry_template)] | None = None

    def fields(self) -> dict[str, Any]:
        """These values by the names that a query has for them (:class:`feedsvc.channels.Query`)."""
        told = self.model_dump()
        return {"extent": told.pop("content"), **told}


def each_path_once(channels: tuple[NamedChannel, ...]) -> tuple[NamedChannel, ...]:
    """The channels, none of which has the path of another."""
    for path, times in Counter(channel.path for channel in channels).items():
        if times > 1:
            raise ValueError(f"must not have two channels with the path {path}")
    return channels


def web_address(value: str) -> str:
    """The address without a trailing slash, if it is one of the web."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://news.example.org")
    if parts.query or parts.fragment:
        raise ValueError("must have no ? and no #")
    return value.rstrip("/")


class PodcastTable(BaseModel):
    """What the operator says of the podcasts of the site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: tuple[Annotated[str, Field(min_length=1)], ...] = Field(("News",), min_length=1)
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    owner: Annotated[str, AfterValidator(_mail_address)] | None = None
    locked: bool = True
    guid: UUID | None = None
    moved_to: Annotated[str, AfterValidator(web_address)] | None = None

    def told(self) -> Podcast:
        """The same as plain values."""
        return Podcast(
            categories=self.categories,
            explicit=self.explicit,
            order=self.type,
            owner=self.owner,
            locked=self.locked,
            guid=None if self.guid is None else str(self.guid),
            moved_to=self.moved_to,
        )


GONE = "gone"
"""In place of a path's new address: it answers 410."""


def moves(moved: dict[str, str]) -> dict[str, str]:
    """Former paths with where they lead: on this site or on another one, in one step."""
    for former, target in moved.items():
        if not former.startswith("/"):
            raise ValueError(f"must begin with a slash each: {former!r} does not")
        if target in moved:
            raise ValueError(f"must lead to where something is, and {target!r} has moved itself")
        if target != GONE and not target.startswith(("/", "https://", "http://")):
            raise ValueError(f"must lead to a path, to an address or be gone: {target!r} is none of these")
    return moved
