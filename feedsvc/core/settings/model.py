"""Every setting, defined once.

The configuration file, the environment variables, the command line's help and the reference in ``docs`` all
follow from the fields of :class:`Settings`. Nothing needs to be set: each has a default that works.
"""

import json
import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import to_jsonable_python
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedsvc.core.settings.values import (
    WELL_KNOWN,
    NamedChannel,
    PodcastTable,
    clock_time,
    each_path_once,
    entry_template,
    file_patterns,
    host_names,
    language_tag,
    listed,
    moves,
    web_address,
    zone_name,
)

PREFIX = "FEEDSVC_"
_HAS_AFFINITY = hasattr(os, "sched_getaffinity")
"""Whether the system tells on which of its cores this process may run."""


class Settings(BaseSettings):
    """What the operator may decide. Values come from the command line, the environment, the file, the default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    articles: Path = Field(Path("articles"), description="The directory of articles to publish.")
    access: Literal["public", "private"] = Field(
        "public",
        description="Who may read the site: everybody, or readers who were given a token; see guides/private.md.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every IPv4 interface.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    base_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="Where the public finds the site. By default http:// with host and port."
    )
    store: SecretStr = Field(
        SecretStr("sqlite:///feedsvc.db"),
        description="Where ids, dates and editions are kept: an SQLite or PostgreSQL URL.",
    )
    ledger_copy: bool = Field(
        True, description="Whether a copy of the ledger is kept beside an SQLite store, to rebuild it from."
    )
    interval: int = Field(60, ge=1, le=86400, description="Seconds between two scans of the directory.")
    watch: bool = Field(
        True, description="Whether a change of a file is published at once and does not wait for the next scan."
    )
    debounce: int = Field(
        100, ge=0, le=60_000, description="Milliseconds without another change before a change is published."
    )
    workers: int = Field(1, ge=1, le=256, description="How many processes serve the feeds.")
    title: str | None = Field(
        None, min_length=1, description="The site's title. By default the name of the directory."
    )
    description: str | None = Field(None, min_length=1, description="One sentence about the site.")
    language: Annotated[str, AfterValidator(language_tag)] = Field(
        "en",
        description="The site's language (BCP 47). What pages say around the articles is in it, if it is Arabic, "
        "Chinese (Simplified), French, German, Russian or Spanish, else in English.",
    )
    author: str | None = Field(None, min_length=1, description="Who wrote what names no author.")
    author_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The page of that author."
    )
    copyright: str | None = Field(None, min_length=1, description="Who has the rights in the articles.")
    icon: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The address of a small square picture that stands for the site."
    )
    logo: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The address of a larger picture that stands for the site."
    )
    hubs: tuple[Annotated[str, AfterValidator(web_address)], ...] = Field(
        (), description="Addresses of WebSub hubs that the feeds name."
    )
    time_zone: Annotated[str, AfterValidator(zone_name)] = Field(
        "UTC", description="The time zone of dates that name none, and of the days that pages show."
    )
    day_time: Annotated[time, AfterValidator(clock_time)] = Field(
        time(0), description="The time of day of dates that name none, such as 09:00."
    )
    date_order: Literal["day", "month"] | None = Field(
        None,
        description="Which stands first in 11-9-2017, day or month. By default the day, with a warning.",
    )
    feed_size: int = Field(50, ge=1, le=1000, description="How many of the newest articles a feed holds.")
    feed_days: int = Field(
        7, ge=0, le=3650, description="A feed holds more if so many days before its newest article had more."
    )
    feed_bytes: int = Field(
        500_000,
        ge=10_000,
        description="A feed holds fewer articles, but at least ten, if it would be larger than this uncompressed.",
    )
    archive_size: int = Field(
        50, ge=1, le=1000, description="How many articles a page of an archive holds. A change moves every page."
    )
    theme: Path | None = Field(
        None,
        description="A folder of templates and stylesheets that stand in place of feedsvc's own; see themes.md.",
    )
    feed_preview: bool = Field(
        True,
        description="Whether a browser that is led to a feed's address gets a page about it. Feeds then vary with "
        "Sec-Fetch-Dest, which some CDNs do not cope with.",
    )
    feed_style: bool = Field(
        True, description="Whether RSS and Atom feeds name a stylesheet for browsers that show them as they are."
    )
    tombstone_days: int = Field(
        90, ge=0, le=3650, description="So many days an Atom feed says that an article was taken back."
    )
    empty_channel_days: int = Field(
        90,
        ge=0,
        le=3650,
        description="So many days a folder, tag or author stays a channel after its last article. Then it is gone "
        "(410) until another article comes; 0 keeps it for ever.",
    )
    channels: Annotated[tuple[NamedChannel, ...], AfterValidator(each_path_once)] = Field(
        (), description="Channels beside those of sections, tags and authors; see Channels in the README."
    )
    moved: Annotated[dict[str, str], AfterValidator(moves)] | None = Field(
        None, description="Former paths, each with its new path or address, or gone; see Channels in the README."
    )
    feed_content: Literal["full", "summary"] = Field(
        "full", description="How much of each article the feeds tell; a channel and an article may say otherwise."
    )
    markdown_source: bool = Field(
        False,
        description="Whether RSS also tells the Markdown of articles, as it was written, comments included.",
    )
    entry_header: Annotated[str, AfterValidator(entry_template)] | None = Field(
        None,
        description="HTML before each article in the feeds, with {title}, {url}, {author}, {site}, {site_url}.",
    )
    entry_footer: Annotated[str, AfterValidator(entry_template)] | None = Field(
        None, description="HTML after each article in the feeds, with the same placeholders."
    )
    podcast: PodcastTable = Field(
        PodcastTable(), description="What the feeds say that are podcasts; see Podcasts in the README."
    )
    max_article_bytes: int = Field(2_000_000, ge=1, description="Larger files are not read.")
    max_tags: int = Field(100, ge=1, description="How many tags an article has at the most; the first ones count.")
    max_authors: int = Field(50, ge=1, description="The same for its authors.")
    max_aliases: int = Field(1000, ge=1, description="The same for its aliases.")
    max_media: int = Field(1000, ge=1, description="The same for the files beside it that it shows or plays.")
    reader_processes: int | None = Field(
        None,
        ge=1,
        le=64,
        description="How many processes read articles at the most. Little work takes one, and none takes none. By "
        "default one for each core, and four at the most.",
    )
    reader_seconds: int = Field(
        10,
        ge=1,
        le=3600,
        description="So long one file may take a reader; then it is set aside until its bytes change.",
    )
    reader_memory: int = Field(
        1_000_000_000,
        ge=200_000_000,
        description="How many bytes of address space a reader has; a file that takes more is set aside likewise.",
    )
    removal_limit: int = Field(
        25,
        ge=0,
        le=100,
        description="Percent of the published articles; a round that would remove more, and more than five, is "
        "refused. What leaves no article at all is always refused.",
    )
    flood_limit: int = Field(
        10,
        ge=0,
        description="A round is refused that would publish more articles than this which look published already.",
    )
    remote_sizes: bool = Field(
        False,
        description="Whether the server of a sound or film elsewhere is asked once for its size, if its article "
        "does not tell it.",
    )
    iframe_hosts: Annotated[str, AfterValidator(host_names)] = Field(
        ", ".join(WELL_KNOWN),
        description="Whose players stay in articles, parted by commas, or none; any other becomes a link.",
    )
    include: Annotated[str, AfterValidator(file_patterns)] = Field(
        "none",
        description="Patterns as in .gitignore, parted by commas, of files that are articles although their names "
        "or folders say otherwise, such as README.md or static/notes/, or none.",
    )
    max_age: int | None = Field(
        None,
        ge=1,
        description="Seconds for which a cache may reuse a feed unasked. By default the interval, or a minute if "
        "that is shorter.",
    )
    shared_max_age: int | None = Field(
        None,
        ge=1,
        description="The same for caches that many share, such as a CDN (s-maxage). Where it is set, they may not "
        "hand out an old feed meanwhile.",
    )
    cache_keys: Literal["none", "surrogate-key", "cache-tag"] = Field(
        "none", description="The header field that tells a CDN which channel and articles a copy shows."
    )
    stale_while_revalidate: int = Field(
        60, ge=0, description="Seconds for which a cache may hand out an old feed while it asks for the new one."
    )
    stale_if_error: int = Field(
        86400, ge=0, description="Seconds for which a cache may hand out an old feed while the service is down."
    )
    max_connections: int = Field(
        10_000,
        ge=10,
        description="How many connections a worker holds open; beyond that the longest silent ones are closed.",
    )
    request_timeout: int = Field(
        20,
        ge=1,
        le=3600,
        description="Seconds in which a client must complete a request, or ask again, before it is closed.",
    )
    max_header_bytes: int = Field(32_768, ge=1024, description="How long the header of a request may be (431).")
    max_content_bytes: int = Field(65_536, ge=0, description="How long the content of a request may be (413).")
    backlog: int = Field(2048, ge=1, description="How many connections may wait to be accepted.")
    metrics: bool = Field(
        False,
        description="Whether /metrics tells Prometheus how things stand. Who can reach the feeds can read it too.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is logged."
    )
    log_format: Literal["auto", "text", "logfmt", "json"] = Field(
        "auto", description="How log lines look; auto is text on a terminal and logfmt elsewhere."
    )

    @property
    def store_url(self) -> str:
        """The URL of the store, its password included: for those who open it, and never to be shown."""
        return self.store.get_secret_value()

    @property
    def site_title(self) -> str:
        """The title, or what can be made of the directory's name."""
        if self.title is not None:
            return self.title
        name = self.articles.resolve().name
        return name[:1].upper() + name[1:] or "Articles"

    @property
    def public_url(self) -> str:
        """The base URL, without a trailing slash."""
        if self.base_url is not None:
            return self.base_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Whose frames stay in bodies, sorted."""
        hosts = listed(self.iframe_hosts)
        return () if hosts == ["none"] else tuple(sorted(set(hosts)))

    @property
    def included(self) -> tuple[str, ...]:
        """The patterns of files that are articles whatever their names say, in their order."""
        patterns = [part.strip() for part in self.include.split(",")]
        return () if patterns == ["none"] else tuple(patterns)

    @property
    def authority(self) -> str:
        """Who mints the ids: the host of the base URL as a tag URI takes it (RFC 4151, section 2.1)."""
        host = urlsplit(self.public_url).hostname or ""
        return "localhost" if not host or ":" in host else host.encode("idna").decode("ascii")

    @property
    def most_reader_processes(self) -> int:
        """How many processes read articles at the most."""
        return self.reader_processes or min(
            4, len(os.sched_getaffinity(0)) if _HAS_AFFINITY else os.cpu_count() or 1
        )

    def environment(self) -> dict[str, str]:
        """These settings, secrets included, as the environment variables that give them again."""
        values = to_jsonable_python(_revealed(self.model_dump(exclude_none=True)))
        return {
            f"{PREFIX}{name.upper()}": json.dumps(value) if isinstance(value, list | dict) else str(value)
            for name, value in values.items()
        }


def _revealed(value: object) -> object:
    """What a setting holds, with the secrets in it as they are."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _revealed(each) for key, each in value.items()}
    return [_revealed(each) for each in value] if isinstance(value, list | tuple) else value
