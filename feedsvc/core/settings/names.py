"""The names of settings in the file, the environment and the command line, and what was meant by a wrong name."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.tables import Table

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
    """All settings by their possible names; full ones count before foreign ones, and those before short ones."""
    foreign = {word: SETTINGS[name] for name, words in _ELSEWHERE.items() for word in words.split()}
    short = {_plain(each.key): each for each in reversed(list(SETTINGS.values()))}
    return short | foreign | {_plain(each.name): each for each in SETTINGS.values()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
