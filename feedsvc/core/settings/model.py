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
"""Whether the system can say on which cores this process may run."""


class Settings(BaseSettings):
    """All settings. Their values come from the command line, the environment, the file, or the defaults."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    articles: Path = Field(Path("articles"), description="The directory of the articles to publish.")
    access: Literal["public", "private"] = Field(
        "public",
        description="Who may read the site: everybody (public), or only readers who were given an access "
        "token (private); see docs/how-to/private-site.md.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every IPv4 interface.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes any free port.")
    base_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None,
        description="The public address of the site, with which all links in feeds and pages begin. By "
        "default http:// with host and port.",
    )
    store: SecretStr = Field(
        SecretStr("sqlite:///feedsvc.db"),
        description="The database for ids, dates and editions: an SQLite or PostgreSQL URL.",
    )
    ledger_copy: bool = Field(
        True,
        description="Whether to keep a copy of the ledger (the ids and dates of all articles) beside an "
        "SQLite store, so that a lost store can be rebuilt.",
    )
    interval: int = Field(60, ge=1, le=86400, description="Seconds between two scans of the directory.")
    watch: bool = Field(
        True, description="Whether to publish as soon as a file changes, without waiting for the next scan."
    )
    debounce: int = Field(
        100, ge=0, le=60_000, description="Milliseconds without another file change before a change is published."
    )
    workers: int = Field(1, ge=1, le=256, description="The number of processes that serve the feeds.")
    title: str | None = Field(
        None, min_length=1, description="The site's title. By default the name of the directory."
    )
    description: str | None = Field(None, min_length=1, description="One sentence about the site.")
    language: Annotated[str, AfterValidator(language_tag)] = Field(
        "en",
        description="The site's language (BCP 47). The pages' own words are in this language if it is Arabic,"
        " Chinese (Simplified), French, German, Russian or Spanish, otherwise in English.",
    )
    author: str | None = Field(None, min_length=1, description="The author of the articles that name none.")
    author_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The address of that author's page."
    )
    copyright: str | None = Field(None, min_length=1, description="The holder of the rights in the articles.")
    icon: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The address of a small square picture that stands for the site."
    )
    logo: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="The address of a larger picture that stands for the site."
    )
    hubs: tuple[Annotated[str, AfterValidator(web_address)], ...] = Field(
        (), description="Addresses of the WebSub hubs that the feeds name."
    )
    time_zone: Annotated[str, AfterValidator(zone_name)] = Field(
        "UTC", description="The time zone of dates that name none, and of the days shown on pages."
    )
    default_time: Annotated[time, AfterValidator(clock_time)] = Field(
        time(0), description="The time of day of dates that name none, such as 09:00."
    )
    date_order: Literal["day", "month"] | None = Field(
        None,
        description="What comes first in a date such as 11-9-2017: day or month. By default the day, with a "
        "warning.",
    )
    feed_size: int = Field(50, ge=1, le=1000, description="The number of newest articles in a feed.")
    feed_days: int = Field(
        7,
        ge=0,
        le=3650,
        description="A feed holds more than feed_size articles where that is needed to cover this many days "
        "before its newest article.",
    )
    feed_bytes: int = Field(
        500_000,
        ge=10_000,
        description="A feed holds fewer articles, but at least ten, if it would be larger than this many "
        "bytes uncompressed.",
    )
    archive_size: int = Field(
        50,
        ge=1,
        le=1000,
        description="The number of articles on one page of an archive (RFC 5005). Changing it moves articles "
        "between all pages.",
    )
    theme: Path | None = Field(
        None,
        description="A folder of templates and stylesheets that replace feedsvc's own; see docs/how-to/themes.md.",
    )
    feed_preview: bool = Field(
        True,
        description="Whether a browser that opens a feed's address gets a readable page about the feed. Feeds"
        " then vary with Sec-Fetch-Dest, which some CDNs do not support.",
    )
    feed_style: bool = Field(
        True, description="Whether RSS and Atom feeds name a stylesheet for browsers that show feeds as they are."
    )
    tombstone_days: int = Field(
        90,
        ge=0,
        le=3650,
        description="The number of days for which Atom feeds list a withdrawn article as deleted (RFC 6721).",
    )
    empty_channel_days: int = Field(
        90,
        ge=0,
        le=3650,
        description="The number of days for which a folder, tag or author stays a channel after its last "
        "article. After that its addresses answer 410 until it has an article again; 0 keeps it "
        "for ever.",
    )
    channels: Annotated[tuple[NamedChannel, ...], AfterValidator(each_path_once)] = Field(
        (), description="Channels beside those of sections, tags and authors; see docs/how-to/channels.md."
    )
    redirects: Annotated[dict[str, str], AfterValidator(moves)] | None = Field(
        None, description="Former paths, each with its new path or address, or gone; see docs/how-to/channels.md."
    )
    feed_content: Literal["full", "summary"] = Field(
        "full",
        description="Whether feeds hold the full articles or only summaries; a channel or an article may "
        "override this.",
    )
    markdown_source: bool = Field(
        False,
        description="Whether RSS also holds the Markdown source of articles, comments included.",
    )
    entry_header: Annotated[str, AfterValidator(entry_template)] | None = Field(
        None,
        description="HTML inserted before each article in the feeds, with the placeholders {title}, {url}, "
        "{author}, {site} and {site_url}.",
    )
    entry_footer: Annotated[str, AfterValidator(entry_template)] | None = Field(
        None, description="HTML inserted after each article in the feeds, with the same placeholders."
    )
    podcast: PodcastTable = Field(
        PodcastTable(), description="Podcast metadata for feeds with recordings; see docs/how-to/podcasts.md."
    )
    max_article_bytes: int = Field(2_000_000, ge=1, description="The largest article file that is read, in bytes.")
    max_tags: int = Field(100, ge=1, description="The most tags of one article; further tags are ignored.")
    max_authors: int = Field(50, ge=1, description="The most authors of one article; further authors are ignored.")
    max_aliases: int = Field(
        1000, ge=1, description="The most aliases of one article; further aliases are ignored."
    )
    max_media: int = Field(
        1000, ge=1, description="The most media files of one article; further files are ignored."
    )
    reader_processes: int | None = Field(
        None,
        ge=1,
        le=64,
        description="The most processes that read articles at the same time; they run only while there are "
        "files to read. By default one for each core, and at most four.",
    )
    reader_timeout: int = Field(
        10,
        ge=1,
        le=3600,
        description="Seconds that reading one file may take. A file that takes longer is set aside until it "
        "changes.",
    )
    reader_memory: int = Field(
        1_000_000_000,
        ge=200_000_000,
        description="Bytes of memory (address space) that reading one file may take. A file that takes more "
        "is set aside until it changes.",
    )
    removal_limit: int = Field(
        25,
        ge=0,
        le=100,
        description="A round that would remove more than this percentage of the published articles, and more "
        "than five, is refused. A round that would leave no article is always refused.",
    )
    flood_limit: int = Field(
        10,
        ge=0,
        description="A round is refused if it would publish more than this many articles as new that look as "
        "if they were published already.",
    )
    remote_sizes: bool = Field(
        False,
        description="Whether to ask the servers of recordings elsewhere once for their sizes, where articles "
        "do not give them.",
    )
    iframe_hosts: Annotated[str, AfterValidator(host_names)] = Field(
        ", ".join(WELL_KNOWN),
        description="Hosts whose embedded players stay in articles, separated by commas, or none; players of "
        "other hosts become links.",
    )
    include: Annotated[str, AfterValidator(file_patterns)] = Field(
        "none",
        description="Patterns as in .gitignore, separated by commas, of files that are articles although "
        "their names or folders would exclude them, such as README.md or static/notes/; or none.",
    )
    max_age: int | None = Field(
        None,
        ge=1,
        description="Seconds for which a cache may reuse a feed without asking (max-age). By default the "
        "interval, but at most a minute.",
    )
    shared_max_age: int | None = Field(
        None,
        ge=1,
        description="The same for shared caches such as a CDN (s-maxage). Where it is set, shared caches may "
        "not serve a stale feed while they revalidate it.",
    )
    cache_keys: Literal["none", "surrogate-key", "cache-tag"] = Field(
        "none",
        description="The header field in which a CDN is told the channel and articles of each response, so "
        "that they can be purged.",
    )
    stale_while_revalidate: int = Field(
        60,
        ge=0,
        description="Seconds for which a cache may serve a stale feed while it asks for the new one (RFC 5861).",
    )
    stale_if_error: int = Field(
        86400,
        ge=0,
        description="Seconds for which a cache may serve a stale feed while the service is down (RFC 5861).",
    )
    max_connections: int = Field(
        10_000,
        ge=10,
        description="The most open connections of one worker; beyond that it closes those that have been idle"
        " longest.",
    )
    request_timeout: int = Field(
        20,
        ge=1,
        le=3600,
        description="Seconds within which a client must complete a request, or send the next one, before its "
        "connection is closed.",
    )
    max_header_bytes: int = Field(
        32_768, ge=1024, description="The most bytes in the header of a request; longer ones are answered 431."
    )
    max_content_bytes: int = Field(
        65_536, ge=0, description="The most bytes in the content of a request; longer ones are answered 413."
    )
    backlog: int = Field(2048, ge=1, description="The most connections that may wait to be accepted.")
    metrics: bool = Field(
        False,
        description="Whether /metrics serves metrics for Prometheus. Everybody who can reach the feeds can "
        "read them.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest level that is logged."
    )
    log_format: Literal["auto", "text", "logfmt", "json"] = Field(
        "auto", description="The format of log lines; auto is text on a terminal and logfmt elsewhere."
    )

    @property
    def store_url(self) -> str:
        """The URL of the store with its password: for opening the store, and never to be shown."""
        return self.store.get_secret_value()

    @property
    def site_title(self) -> str:
        """The title; by default made from the name of the articles directory."""
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
        """The hosts whose iframes stay in articles, sorted."""
        hosts = listed(self.iframe_hosts)
        return () if hosts == ["none"] else tuple(sorted(set(hosts)))

    @property
    def included(self) -> tuple[str, ...]:
        """The patterns of the setting include, in their order: files that are articles whatever their names."""
        patterns = [part.strip() for part in self.include.split(",")]
        return () if patterns == ["none"] else tuple(patterns)

    @property
    def authority(self) -> str:
        """The authority in ids of articles: the host of the base URL as in a tag URI (RFC 4151, section 2.1)."""
        host = urlsplit(self.public_url).hostname or ""
        return "localhost" if not host or ":" in host else host.encode("idna").decode("ascii")

    @property
    def most_reader_processes(self) -> int:
        """The most processes that read articles; by default one for each core, and at most four."""
        return self.reader_processes or min(
            4, len(os.sched_getaffinity(0)) if _HAS_AFFINITY else os.cpu_count() or 1
        )

    def environment(self) -> dict[str, str]:
        """The environment variables, secrets included, from which another process gets the same settings."""
        values = to_jsonable_python(_revealed(self.model_dump(exclude_none=True)))
        return {
            f"{PREFIX}{name.upper()}": json.dumps(value) if isinstance(value, list | dict) else str(value)
            for name, value in values.items()
        }


def _revealed(value: object) -> object:
    """A value of a setting with its secrets in plain text."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _revealed(each) for key, each in value.items()}
    return [_revealed(each) for each in value] if isinstance(value, list | tuple) else value
