"""The tables of the configuration file: settings that have settings of their own."""

from collections import Counter
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from feedsvc.core.settings.values import channel_path, entry_template, language_tag, mail_address, web_address


class NamedChannel(BaseModel):
    """A channel of the operator's: the articles that fit every field given, each by any of its values."""

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
        """Refuse what an earlier feedsvc had: without a word its articles would be public now."""
        if not isinstance(told, dict):
            return told
        if told.get("private"):
            raise ValueError(
                "must not be private: privacy is a property of a whole site. Move these articles to a folder of "
                'their own, published by a second service with access = "private" (docs/guides/private.md), and '
                "take the channel out only then, since what stays in this folder is public"
            )
        return {name: value for name, value in told.items() if name != "private"}

    def fields(self) -> dict[str, Any]:
        """These values by the names that a query has for them (:class:`feedsvc.channels.query.Query`)."""
        told = self.model_dump()
        return {"extent": told.pop("content"), **told}


def each_path_once(channels: tuple[NamedChannel, ...]) -> tuple[NamedChannel, ...]:
    """The channels, none of which has the path of another."""
    for path, times in Counter(channel.path for channel in channels).items():
        if times > 1:
            raise ValueError(f"must not have two channels with the path {path}")
    return channels


class PodcastTable(BaseModel):
    """What the operator says of the podcasts of the site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: tuple[Annotated[str, Field(min_length=1)], ...] = Field(("News",), min_length=1)
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    owner: Annotated[str, AfterValidator(mail_address)] | None = None
    locked: bool = True
    guid: UUID | None = None
    moved_to: Annotated[str, AfterValidator(web_address)] | None = None


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
