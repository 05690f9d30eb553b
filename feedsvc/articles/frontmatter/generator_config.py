"""The configuration files of site generators, read for ``feedsvc init`` as data: they are never run."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from feedsvc.articles.frontmatter.yaml_header import read_yaml
from feedsvc.articles.problems import Notes, Unreadable

_LONGEST = 1_000_000
"""The most bytes of a configuration that is looked at."""


@dataclass(frozen=True, slots=True)
class Generator:
    """A site generator: where it keeps its configuration and its posts, and how it calls what feedsvc has too."""

    name: str
    files: tuple[str, ...]
    """Names of the configuration; what an earlier one says counts before a later one."""
    posts: tuple[str, ...]
    """Folders of posts, the likeliest first; one of them exists where the generator is in use."""
    keys: Mapping[str, tuple[str, ...]]
    """The keys for each setting of feedsvc, with dots between nested ones; the first that has a text counts, and
    an address may be told by two, with ``+`` between them."""


_OF_SECTION = re.compile(r"permalinks\.(?:page\.)?([^.]+)")
"""The key of a section's pattern (https://gohugo.io/configuration/permalinks/)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A configuration that was recognised."""

    generator: str
    file: str
    settings: Mapping[str, str]
    """Values by the full names of feedsvc's settings, as they are written there."""
    other_permalinks: Mapping[str, str]
    """Section -> pattern, of those sections whose addresses have another pattern than ``article_url``."""


GENERATORS = (
    Generator(
        "Jekyll",
        ("_config.yml", "_config.yaml", "_config.toml"),
        ("_posts",),
        {
            "base_url": ("url+baseurl", "url"),
            "article_url": ("permalink",),
            "site.title": ("title", "name"),
            "site.description": ("description",),
            "site.language": ("lang", "locale"),
            "site.author": ("author.name", "author"),
            "site.time_zone": ("timezone",),
        },
    ),
    Generator(
        "Hugo",
        ("hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml"),
        ("content",),
        {
            "base_url": ("baseURL", "baseurl"),
            "article_url": tuple(
                f"permalinks.{kind}{section}" for kind in ("page.", "") for section in ("posts", "post", "blog")
            ),
            "site.title": ("title",),
            "site.description": ("params.description",),
            "site.language": ("locale", "languageCode", "languagecode", "defaultContentLanguage"),
            "site.author": ("params.author.name", "params.author", "author.name", "author"),
            "site.time_zone": ("timeZone", "timezone"),
        },
    ),
    Generator(
        "Pelican",
        ("publishconf.py", "pelicanconf.py"),
        ("content",),
        {
            "base_url": ("SITEURL",),
            "article_url": ("ARTICLE_URL",),
            "site.title": ("SITENAME",),
            "site.description": ("SITESUBTITLE",),
            "site.language": ("DEFAULT_LANG",),
            "site.author": ("AUTHOR",),
            "site.time_zone": ("TIMEZONE",),
        },
    ),
)


def recognised(folder: Path) -> Found | None:
    """The configuration in a folder, if it is that of a known generator which has posts there; else None."""
    for generator in GENERATORS:
        posts = next((name for name in generator.posts if (folder / name).is_dir()), None)
        files = [name for name in generator.files if (folder / name).is_file()]
        if posts is None or not files:
            continue
        values = {name: value for file in reversed(files) for name, value in _read(folder / file)}
        texts = {
            setting: next((text for key in keys if (text := _text(values, key))), "")
            for setting, keys in generator.keys.items()
        }
        settings = {setting: text for setting, text in texts.items() if text}
        others = dict(_other_permalinks(values, settings.get("article_url")))
        return Found(generator.name, files[0], {"articles": posts, **settings}, others)
    return None


def _other_permalinks(values: Mapping[str, str], taken: str | None) -> Iterator[tuple[str, str]]:
    """Hugo's patterns for sections, without the one that is taken over."""
    for key, pattern in values.items():
        if (found := _OF_SECTION.fullmatch(key)) and pattern != taken:
            yield found[1], pattern


def _text(values: Mapping[str, str], key: str) -> str:
    """The text of a key, or of an address and the path behind it, whose keys have ``+`` between them."""
    texts = [text for part in key.split("+") if (text := values.get(part, "").strip())]
    return texts[0] if len(texts) == 1 else "/".join(text.strip("/") for text in texts)


def _read(file: Path) -> Iterator[tuple[str, str]]:
    """The texts in a configuration, by their keys with dots; nothing of one that cannot be read."""
    readers: Mapping[str, Callable[[str], object]] = {".py": _python, ".toml": tomllib.loads}
    try:
        if file.stat().st_size > _LONGEST:
            return
        text = file.read_text("utf-8-sig")
        values = readers.get(file.suffix, _yaml)(text)
    except (OSError, ValueError, SyntaxError, RecursionError, Unreadable):
        return  # init asks for all that a configuration does not tell
    yield from _texts(values, "")


def _yaml(text: str) -> object:
    header = read_yaml(text, 0, Notes(""), known_only=False)
    return {} if header is None else {key: entry.value for key, entry in header.entries.items()}


def _python(text: str) -> object:
    """The names that a module gives literal values at its top (:func:`ast.literal_eval`)."""
    values: dict[str, object] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            values |= {
                target.id: statement.value.value for target in statement.targets if isinstance(target, ast.Name)
            }
    return values


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, f"{name}.{key}" if name else str(key))
