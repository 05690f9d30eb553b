"""Every setting, defined once: the most used ones here, the others in their tables.

The configuration file, the environment variables, the command line's help and the reference in ``docs`` all
follow from these fields. Nothing needs to be set: each has a default that works.
"""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from feedsvc.core.address_pattern import read_pattern
from feedsvc.core.settings import tables
from feedsvc.core.settings.tables import Table
from feedsvc.core.settings.values import NamedChannel, base_address, each_once, listed, moves, not_empty
from feedsvc.core.urls import HUB, has_domain_name, is_public_url

_HAS_AFFINITY = hasattr(os, "sched_getaffinity")
"""Whether the system can say on which cores this process may run."""


class Settings(tables.Table):
    """All settings: the most used ones, and tables of the others by topic."""

    articles: Annotated[Path, BeforeValidator(not_empty)] = Path("articles")
    """The directory of the articles to publish."""
    base_url: Annotated[str, AfterValidator(base_address)] | None = None
    """The public address of the site, with which all links in feeds and pages begin. By default http:// with host
    and port."""
    access: Literal["public", "private"] = "public"
    """Who may read the site: everybody (public), or only readers who were given an access token (private); see
    docs/how-to/private-site.md."""
    host: str = Field("127.0.0.1", min_length=1)
    """The address to listen on; 0.0.0.0 for every IPv4 interface."""
    port: int = Field(8000, ge=0, le=65535)
    """The port to listen on; 0 takes any free port."""
    article_url: Annotated[str, AfterValidator(lambda written: read_pattern(written).text)] | None = Field(
        None, min_length=1
    )
    """A pattern of the articles' addresses, such as /{year}/{month}/{slug}/, also as Jekyll, Hugo, Pelican and
    WordPress write it; an absolute one where the articles are on another site. By default /{section}/{slug}; see
    docs/how-to/addresses.md."""
    workers: int = Field(1, ge=1, le=256)
    """The number of processes that serve the feeds."""
    channels: Annotated[tuple[NamedChannel, ...], AfterValidator(each_once("path", "two channels"))] = ()
    """Channels beside those of sections, tags and authors; see docs/how-to/channels.md."""
    redirects: Annotated[dict[str, str], AfterValidator(moves)] = Field({})
    """Former paths, each with its new path or address, or gone; see docs/how-to/channels.md."""
    site: tables.Site = tables.Site()
    scan: tables.Scan = tables.Scan()
    reading: tables.Reading = tables.Reading()
    feeds: tables.Feeds = tables.Feeds()
    pages: tables.Pages = tables.Pages()
    http: tables.Http = tables.Http()
    push: tables.Push = tables.Push()
    store: tables.Store = tables.Store()
    safeguards: tables.Safeguards = tables.Safeguards()
    limits: tables.Limits = tables.Limits()
    log: tables.Log = tables.Log()
    podcast: tables.Podcast = tables.Podcast()

    @property
    def store_url(self) -> str:
        """The URL of the store with its password: for opening the store, and never to be shown."""
        return self.store.url.get_secret_value()

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file of this host, which no other host shares."""
        return self.store_url.startswith("sqlite")

    @property
    def site_title(self) -> str:
        """The title; by default made from the name of the articles directory.

        Where that is a link, as to the newest of several releases, the name of the link counts.
        """
        if self.site.title is not None:
            return self.site.title
        name = Path(os.path.abspath(self.articles)).name  # noqa: PTH100 - resolve() would follow the link
        return name[:1].upper() + name[1:] or "Articles"

    @property
    def local_url(self) -> str:
        """The address to listen on, as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def public_url(self) -> str:
        """The base URL, without a trailing slash."""
        return self.local_url if self.base_url is None else self.base_url

    @property
    def has_hub(self) -> bool:
        """Whether the site has its own WebSub hub; a private one never has."""
        if self.access == "private":
            return False
        if self.push.hub is not None:
            return self.push.hub
        return self.base_url is not None and is_public_url(self.base_url) and not self.push.hubs

    @property
    def has_destinations(self) -> bool:
        """Whether the settings name any destination of push; a private site has none."""
        return self.access == "public" and bool(self.push.hubs or self.push.webhooks or self.push.caches)

    @property
    def outside_hubs(self) -> tuple[str, ...]:
        """The addresses of other hubs that the feeds name; none where the site is private."""
        return () if self.access == "private" else self.push.hubs

    @property
    def feed_hubs(self) -> tuple[str, ...]:
        """The addresses of the hubs that the feeds name, the site's own first; none where it is private."""
        return ((f"{self.public_url}{HUB}",) if self.has_hub else ()) + self.outside_hubs

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """The hosts whose iframes stay in articles, sorted."""
        hosts = listed(self.reading.iframe_hosts)
        return () if hosts == ["none"] else tuple(sorted(set(hosts)))

    @property
    def included(self) -> tuple[str, ...]:
        """The patterns of the setting include, in their order: files that are articles whatever their names."""
        patterns = [part.strip() for part in self.reading.include.split(",")]
        return () if patterns == ["none"] else tuple(patterns)

    @property
    def authority(self) -> str | None:
        """The authority in ids of articles: the domain name of the base URL (RFC 4151, section 2.1).

        None where it has none, since an IP address or a name of the local network is that of many machines.
        """
        if self.base_url is None or not has_domain_name(self.base_url):
            return None
        return (urlsplit(self.base_url).hostname or "").encode("idna").decode("ascii")

    @property
    def most_reader_processes(self) -> int:
        """The most processes that read articles; by default one for each core, and at most four."""
        return self.reading.processes or min(
            4, len(os.sched_getaffinity(0)) if _HAS_AFFINITY else os.cpu_count() or 1
        )

    def with_store(self, url: str) -> Self:
        """These settings with another store, beside which a copy of its ledger is kept."""
        store = self.store.model_copy(update={"url": SecretStr(url), "ledger_copy": True})
        return self.model_copy(update={"store": store})

    def with_local_address(self) -> Self:
        """These settings with the address to listen on as base URL; a path of the base URL stays."""
        return self.model_copy(update={"base_url": self.local_url + urlsplit(self.public_url).path})

    def with_log_level(self, level: Literal["debug", "info", "warning", "error"]) -> Self:
        """These settings with another level of log lines."""
        return self.model_copy(update={"log": self.log.model_copy(update={"level": level})})

    def revealed(self) -> dict[str, JsonValue]:
        """All values, secrets included, as JSON has them: for the processes of the service, never to be shown."""
        values: dict[str, JsonValue] = to_jsonable_python(_revealed(self.model_dump()))
        return values


def _revealed(value: object) -> object:
    """A value of a setting with its secrets in plain text."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return {key: _revealed(each) for key, each in value.items()}
    return [_revealed(each) for each in value] if isinstance(value, list | tuple) else value


PREFIX = "FEEDSVC_"
"""The beginning of every environment variable of feedsvc."""
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
"""The environment variable that names the configuration file."""

_OPTIONS = {"articles": "DIR", "store.url": "--store"}
"""The option of a setting, if it is not its last name behind two dashes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, by its full name: ``port``, or ``http.max_age`` for ``max_age`` in the table ``http``."""

    name: str
    field: FieldInfo

    @property
    def table(self) -> str:
        """The table of the setting; empty at the top of the file."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """The name within the table."""
        return self.name.rpartition(".")[2]

    @property
    def about(self) -> str:
        """What the setting is, on one line."""
        return " ".join((self.field.description or "").split())

    @property
    def in_file(self) -> str:
        """The name as it stands in a configuration file, such as ``[http] max_age``."""
        return f"[{self.table}] {self.key}" if self.table else self.key

    @property
    def variable(self) -> str:
        """The environment variable, such as ``FEEDSVC_HTTP__MAX_AGE``."""
        return PREFIX + self.name.replace(".", "__").upper()

    @property
    def option(self) -> str:
        """The option of the command line, where a command has one."""
        return _OPTIONS.get(self.name) or f"--{self.key.replace('_', '-')}"

    @property
    def is_structured(self) -> bool:
        """Whether its value is a list or a table, which an environment variable writes as JSON."""
        return isinstance(self.field.default, tuple | dict)


TABLES: Mapping[str, type[Table]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Table)
}
"""The tables by their names, in the order in which they are defined."""


def _settings() -> Iterator[Setting]:
    for name, field in Settings.model_fields.items():
        if name in TABLES:
            yield from (Setting(f"{name}.{key}", each) for key, each in TABLES[name].model_fields.items())
        else:
            yield Setting(name, field)


SETTINGS: Mapping[str, Setting] = {each.name: each for each in _settings()}
"""All settings by their full names, in the order in which they are defined."""


_ELSEWHERE = {
    "articles": "contentdir content source path postsdir inputdir",
    "base_url": "url siteurl sitebaseurl domain address rooturl homepage",
    "article_url": "permalink permalinks permalinkstructure posturl",
    "host": "bind listen listenaddress bindaddress",
    "site.title": "name sitename sitetitle blogtitle",
    "site.language": "lang languagecode defaultlanguage defaultcontentlanguage defaultlang locale",
    "site.time_zone": "tz timezone",
    "feeds.size": "paginate pagersize postsperpage limit rsslimit feedmaxitems defaultpagination",
    "store.url": "database databaseurl db dsn",
    "scan.interval": "refresh pollinterval",
}
"""Names that other programs (Hugo, Jekyll, Pelican, Eleventy, WordPress and others) have for these settings."""


def suggested(name: str) -> Setting | None:
    """The setting that was probably meant by a name which is none; None if no name is near."""
    spelled = _spellings()
    wanted = [_plain(name), _plain(re.split(r"\.|__", name)[-1])]
    exact = [each for each in wanted if each in spelled]
    near = exact or [found for each in wanted for found in difflib.get_close_matches(each, spelled, 1, 0.7)]
    return spelled[near[0]] if near else None


def _spellings() -> dict[str, Setting]:
    """All settings by their possible names; full ones count before foreign ones, and those before short ones.

    The name of a table stands for its first setting.
    """
    foreign = {word: SETTINGS[name] for name, words in _ELSEWHERE.items() for word in words.split()}
    tables = {name: SETTINGS[f"{name}.{next(iter(table.model_fields))}"] for name, table in TABLES.items()}
    short = {_plain(each.key): each for each in reversed(list(SETTINGS.values()))}
    return short | foreign | tables | {_plain(each.name): each for each in SETTINGS.values()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
