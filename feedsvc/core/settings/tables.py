"""The settings by topic: each class is a table of the configuration file, such as ``[http]``.

A table's docstring, and those below its fields, become the help of options and the reference in ``docs``. To add a
setting, add a field with a default that works, and what it is.
"""

from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from feedsvc.core.settings import values


class Table(BaseModel):
    """A table of settings."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class Site(Table):
    """The site: its name, its authors and its pictures."""

    title: str | None = Field(None, min_length=1)
    """The site's title. By default the name of the directory."""
    description: str | None = Field(None, min_length=1)
    """One sentence about the site."""
    language: Annotated[str, AfterValidator(values.language_tag)] = "en"
    """The site's language (BCP 47). The pages' own words are in this language if it is Arabic, Chinese
    (Simplified), French, German, Russian or Spanish, otherwise in English."""
    author: str | None = Field(None, min_length=1)
    """The author of the articles that name none."""
    author_url: Annotated[str, AfterValidator(values.web_address)] | None = None
    """The address of that author's page."""
    copyright: str | None = Field(None, min_length=1)
    """The holder of the rights in the articles."""
    icon: Annotated[str, AfterValidator(values.web_address)] | None = None
    """The address of a small square picture that stands for the site."""
    icon_file: Annotated[Path | None, BeforeValidator(values.not_empty)] = None
    """A small square picture (PNG, ICO or SVG) that is served as /favicon.ico, as a PNG also as
    /apple-touch-icon.png, and stands for the site if icon is not set."""
    me: tuple[Annotated[str, AfterValidator(values.web_address)], ...] = ()
    """Addresses of the author's profiles elsewhere, which can verify the site (rel=me)."""
    fediverse_creator: Annotated[str, AfterValidator(values.fediverse_account)] | None = None
    """The author's account in the fediverse, such as @ada@example.social, for link previews."""
    logo: Annotated[str, AfterValidator(values.web_address)] | None = None
    """The address of a larger picture that stands for the site."""
    time_zone: Annotated[str, AfterValidator(values.zone_name)] = "UTC"
    """The time zone of dates that name none, and of the days shown on pages."""


class Scan(Table):
    """How changes of the articles directory are noticed."""

    interval: int = Field(60, ge=1, le=86400)
    """Seconds between two scans of the directory."""
    watch: bool = True
    """Whether to publish as soon as a file changes, without waiting for the next scan."""
    debounce: int = Field(100, ge=0, le=60_000)
    """Milliseconds that a file change waits at most for others, to be published together with them. While others
    come, it waits on."""


class Reading(Table):
    """How article files are read."""

    include: Annotated[str, AfterValidator(values.file_patterns)] = "none"
    """Patterns as in .gitignore, separated by commas, of files that are articles although their names or folders
    would exclude them, such as README.md or static/notes/; or none."""
    default_time: Annotated[time, AfterValidator(values.clock_time)] = time(0)
    """The time of day of dates that name none, such as 09:00."""
    date_order: Literal["day", "month"] | None = None
    """Whether the day or the month comes first in a date such as 11-9-2017. By default the day, with a warning."""
    iframe_hosts: Annotated[str, AfterValidator(values.host_names)] = ", ".join(values.WELL_KNOWN)
    """Hosts whose embedded players stay in articles, separated by commas, or none; players of other hosts become
    links."""
    remote_sizes: bool = False
    """Whether to ask the servers of recordings elsewhere once for their sizes, where articles do not give them."""
    processes: int | None = Field(None, ge=1, le=64)
    """The most processes that read articles at the same time; they run only while there are files to read. By
    default one for each core, and at most four."""


class Feeds(Table):
    """The content of feeds."""

    size: int = Field(50, ge=1, le=1000)
    """The number of newest articles in a feed."""
    days: int = Field(7, ge=0, le=3650)
    """A feed holds more than size articles where that is needed to cover this many days before its newest
    article."""
    bytes: int = Field(500_000, ge=10_000)
    """A feed holds fewer articles, but at least ten, if it would be larger than this many bytes uncompressed."""
    content: Literal["full", "summary"] = "full"
    """Whether feeds hold the full articles or only summaries; a channel or an article may override this."""
    archive_size: int = Field(50, ge=1, le=1000)
    """The number of articles on one page of an archive (RFC 5005). Changing it moves articles between all
    pages."""
    header: Annotated[str, AfterValidator(values.entry_template)] | None = None
    """HTML inserted before each article in the feeds, with the placeholders {title}, {url}, {author}, {site} and
    {site_url}."""
    footer: Annotated[str, AfterValidator(values.entry_template)] | None = None
    """HTML inserted after each article in the feeds, with the same placeholders."""
    markdown_source: bool = False
    """Whether RSS also holds the Markdown source of articles, without its comments."""
    preview: bool = True
    """Whether a browser that opens a feed's address gets a readable page about the feed. Feeds then vary with
    Sec-Fetch-Dest, which some CDNs do not support."""
    style: bool = True
    """Whether RSS and Atom feeds name a stylesheet for browsers that show feeds as they are."""
    tombstone_days: int = Field(90, ge=0, le=3650)
    """The number of days for which Atom feeds list a withdrawn article as deleted (RFC 6721)."""
    empty_channel_days: int = Field(90, ge=0, le=3650)
    """The number of days for which a folder, tag or author stays a channel after its last article. After that its
    addresses answer 410 until it has an article again; 0 keeps it for ever."""


class Pages(Table):
    """The pages for people."""

    theme: Annotated[Path | None, BeforeValidator(values.not_empty)] = None
    """A folder of templates and stylesheets that replace feedsvc's own; see docs/how-to/themes.md. It must not lie
    in the articles directory."""
    static: Annotated[Path, BeforeValidator(values.not_empty)] = Path("static")
    """A folder of files that are served at the root as they are, such as CNAME or img/sea.jpg. It may be missing.
    It must not lie in the articles directory, nor contain that or the store."""
    markdown: bool = False
    """Whether each article is also served as Markdown for programs, at its address with .md added."""
    content_signal: Annotated[str, AfterValidator(values.usage_signals)] | None = None
    """What robots.txt says programs may use the site for (contentsignals.org), such as search=yes, ai-train=no."""
    theme_color: Annotated[str, AfterValidator(values.css_color)] | None = None
    """The colour in which browsers may show the frame of a page, such as #204060."""


class Http(Table):
    """Caching, and metrics for monitoring."""

    max_age: int | None = Field(None, ge=1)
    """Seconds for which a cache may reuse a feed without asking (max-age). By default the interval, but at most a
    minute."""
    shared_max_age: int | None = Field(None, ge=1)
    """The same for shared caches such as a CDN (s-maxage). Where it is set, shared caches may not serve a stale
    feed while they revalidate it."""
    stale_while_revalidate: int = Field(60, ge=0)
    """Seconds for which a cache may serve a stale feed while it asks for the new one (RFC 5861)."""
    stale_if_error: int = Field(86400, ge=0)
    """Seconds for which a cache may serve a stale feed while the service is down (RFC 5861)."""
    cache_keys: Literal["none", "surrogate-key", "cache-tag"] = "none"
    """The header field that names the channel and articles of each response for a CDN, so that they can be
    purged."""
    metrics: bool = False
    """Whether /metrics serves metrics for Prometheus. Everybody who can reach the feeds can read them."""


class Webhook(Table):
    """A receiver of events about articles (Standard Webhooks)."""

    name: Annotated[str, AfterValidator(values.short_name)]
    url: SecretStr
    secret: SecretStr | None = None
    events: tuple[Literal["article.published", "article.updated", "article.removed", "edition.published"], ...] = (
        Field(("article.published", "article.updated", "article.removed"), min_length=1)
    )
    format: Literal["standard", "text"] = "standard"


class Cache(Table):
    """A cache in front of the site that is to forget what changed."""

    name: Annotated[str, AfterValidator(values.short_name)]
    kind: Literal["fastly", "cloudflare", "bunny", "varnish"]
    id: str = ""
    token: SecretStr | None = None
    url: Annotated[str, AfterValidator(values.base_address)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind == "varnish":
            missing = "a url, such as http://127.0.0.1:6081" if self.url is None else ""
        else:
            missing = "a token" if self.token is None else "an id" if self.kind != "bunny" and not self.id else ""
        if missing:
            raise ValueError(f"must have {missing}, since its kind is {self.kind}")
        return self


class Push(Table):
    """Push: how an edition reaches subscribers, webhooks and caches; see docs/how-to/push.md."""

    hub: bool | None = None
    """Whether the site has its own WebSub hub, which its feeds name. By default it has one where base_url is on
    the public internet and hubs names no other."""
    hubs: tuple[Annotated[str, AfterValidator(values.hub_address)], ...] = ()
    """Addresses of other WebSub hubs that the feeds name."""
    interval: int = Field(60, ge=0, le=86_400)
    """Seconds between two deliveries to a subscriber. Editions that come in the meantime reach it together."""
    max_subscriptions: int = Field(10_000, ge=1)
    """The most subscriptions of the site's own hub."""
    allowed_networks: tuple[Annotated[str, AfterValidator(values.network)], ...] = ()
    """Networks to which push may send although they are not on the public internet, such as 127.0.0.0/8 for a
    test."""
    webhooks: Annotated[tuple[Webhook, ...], AfterValidator(values.each_once("name", "two"))] = ()
    """Receivers of events about articles; see docs/how-to/push.md."""
    caches: Annotated[tuple[Cache, ...], AfterValidator(values.each_once("name", "two"))] = ()
    """Caches in front of the site that forget what changed; see docs/how-to/push.md."""


class Store(Table):
    """Where ids, dates and editions are kept."""

    url: SecretStr = SecretStr("sqlite:///feedsvc.db")
    """The database for ids, dates and editions: an SQLite or PostgreSQL URL."""
    ledger_copy: bool = True
    """Whether to keep a copy of the ledger (the ids and dates of all articles) beside an SQLite store, so that a
    lost store can be rebuilt."""


class Safeguards(Table):
    """The limits beyond which a round is refused, since it would harm subscribers."""

    removal_limit: int = Field(25, ge=0, le=100)
    """A round that would remove more than this percentage of the published articles, and more than five, is
    refused; removals of the ten minutes before count too. A round that would leave no article is always
    refused."""
    flood_limit: int = Field(10, ge=0)
    """A round is refused if it would publish more than this many articles as new that look as if they were
    published already."""


class Limits(Table):
    """The most that one article, one client or one worker may take."""

    article_bytes: int = Field(2_000_000, ge=1)
    """The largest article file that is read, in bytes."""
    tags: int = Field(100, ge=1)
    """The most tags of one article; further tags are ignored."""
    authors: int = Field(50, ge=1)
    """The most authors of one article; further authors are ignored."""
    aliases: int = Field(1000, ge=1)
    """The most aliases of one article; further aliases are ignored."""
    media: int = Field(1000, ge=1)
    """The most media files of one article; further files are ignored."""
    reader_timeout: int = Field(10, ge=1, le=3600)
    """Seconds that reading one file may take. A file that takes longer is set aside until it changes."""
    reader_memory: int = Field(1_000_000_000, ge=200_000_000)
    """Bytes of memory (address space) that reading one file may take. A file that takes more is set aside until it
    changes."""
    connections: int = Field(10_000, ge=10)
    """The most open connections of one worker; beyond that it closes those that have been idle longest."""
    request_timeout: int = Field(20, ge=1, le=3600)
    """Seconds within which a client must complete a request, or send the next one, before its connection is
    closed."""
    header_bytes: int = Field(32_768, ge=1024)
    """The most bytes in the header of a request; longer ones are answered 431."""
    content_bytes: int = Field(65_536, ge=0)
    """The most bytes in the content of a request; longer ones are answered 413."""
    backlog: int = Field(2048, ge=1)
    """The most connections that may wait to be accepted."""
    cache_memory: int = Field(32_000_000, ge=1_000_000)
    """Bytes of memory in which each worker keeps what was asked for lately: pages, and feeds of channels other
    than the site itself, whose feeds it always has."""


class Log(Table):
    """The log: its content and its format."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level that is logged."""
    format: Literal["auto", "text", "logfmt", "json"] = "auto"
    """The format of log lines; auto is text on a terminal and logfmt elsewhere."""
    access: bool = False
    """Whether each answer is logged as a line of JSON on standard output, without tokens. It costs a web worker
    about half of its speed."""


class Podcast(Table):
    """Podcast metadata for feeds with recordings; see docs/how-to/podcasts.md."""

    categories: tuple[Annotated[str, Field(min_length=1)], ...] = Field(("News",), min_length=1)
    """Apple's categories of the podcast, such as Arts > Books; the first is the main one."""
    explicit: bool = False
    """Whether the recordings are for adults only."""
    type: Literal["episodic", "serial"] = "episodic"
    """Whether episodes stand for themselves (episodic) or follow each other (serial)."""
    owner: Annotated[str, AfterValidator(values.mail_address)] | None = None
    """The e-mail address at which directories reach the owner."""
    locked: bool = True
    """Whether other platforms may not import the podcast (podcast:locked)."""
    guid: UUID | None = None
    """The podcast's id (podcast:guid). By default it is made from the address of the feed."""
    new_base_url: Annotated[str, AfterValidator(values.base_address)] | None = None
    """The base URL to which the podcast has moved (itunes:new-feed-url)."""
