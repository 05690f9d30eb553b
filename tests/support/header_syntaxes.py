"""Every syntax in which a header or a data file may hide an article, and which keys do not hide it in one."""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter import keys
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

Said: TypeAlias = str | Mapping[str, str]
"""A value: a word, or a table of words."""
Files: TypeAlias = dict[str, str]
"""Path to content; the article is the file called ``a.`` and a suffix."""

BODY = "Words.\n"


def _json(key: str, said: Said) -> str:
    return json.dumps({key: said if isinstance(said, str) else dict(said)})


def _yaml(key: str, said: Said) -> str:
    if isinstance(said, str):
        return f"{key}: {said}"
    return f"{key}:" + "".join(f"\n  {part}: {word}" for part, word in said.items())


def _toml(key: str, said: Said) -> str:
    if isinstance(said, str):
        return f"{key} = {said if said in {'true', 'false'} else json.dumps(said)}"
    return f"[{key}]" + "".join(f'\n{part} = "{word}"' for part, word in said.items())


def _table(key: str, said: Said) -> str:
    """What stands in a table within a line of YAML."""
    return f"{{{key}: {said}}}" if isinstance(said, str) else f"{{{key}: {_yaml_table(said)}}}"


def _yaml_table(said: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{part}: {word}" for part, word in said.items()) + "}"


ANY: Mapping[str, Callable[[str, Said], Files]] = MappingProxyType(
    {
        "YAML": lambda key, said: {"a.md": f"---\n{_yaml(key, said)}\n---\n{BODY}"},
        "YAML above plain text": lambda key, said: {"a.txt": f"---\n{_yaml(key, said)}\n---\n{BODY}"},
        "YAML above HTML": lambda key, said: {"a.html": f"---\n{_yaml(key, said)}\n---\n<p>{BODY}"},
        "YAML below comments": lambda key, said: {"a.md": f"<!-- lint -->\n---\n{_yaml(key, said)}\n---\n{BODY}"},
        "TOML": lambda key, said: {"a.md": f"+++\n{_toml(key, said)}\n+++\n{BODY}"},
        "JSON": lambda key, said: {"a.md": f"{_json(key, said)}\n\n{BODY}"},
        "JSON between fences": lambda key, said: {"a.md": f";;;\n{_json(key, said)[1:-1]}\n;;;\n{BODY}"},
        "dashes of a phone": lambda key, said: {"a.md": f"—-\ntitle: A\n{_yaml(key, said)}\n—-\n{BODY}"},
        "a table of Zola's": lambda key, said: {"a.md": f"---\nextra: {_table(key, said)}\n---\n{BODY}"},
        "a table of Hugo's": lambda key, said: {"a.md": f"{_json_of('params', key, said)}\n\n{BODY}"},
        "a file beside it, in YAML": lambda key, said: {"a.md": BODY, "a.meta": f"---\n{_yaml(key, said)}\n---\n"},
        "Eleventy's file beside it": lambda key, said: {"a.md": BODY, "a.11tydata.json": _json(key, said)},
        "Eleventy's file of a folder": lambda key, said: {"n/a.md": BODY, "n/n.11tydata.json": _json(key, said)},
        "a folder's data": lambda key, said: {"n/a.md": BODY, "n/n.json": _json(key, said)},
        "a cascade": lambda key, said: {
            "n/a.md": BODY,
            "n/_index.md": f"---\ncascade: {_table(key, said)}\n---\n",
        },
        "a cascade of the site": lambda key, said: {
            "n/a.md": BODY,
            "hugo.yaml": f"cascade: {_table(key, said)}\n",
        },
        "Jekyll's defaults": lambda key, said: {
            "n/a.md": BODY,
            "_config.yml": f"defaults:\n  - scope: {{path: n}}\n    values: {_table(key, said)}\n",
        },
    }
)
"""Syntaxes that can give a word or a table."""


def _json_of(table: str, key: str, said: Said) -> str:
    return json.dumps({"title": "A", table: json.loads(_json(key, said))})


WORDS: Mapping[str, Callable[[str, str], Files]] = MappingProxyType(
    {
        "a line": lambda key, said: {"a.md": f"{key}: {said}\n\n{BODY}"},
        "lines of plain text": lambda key, said: {"a.txt": f"Title: A\n{key.title()}: {said}\n\n{BODY}"},
        "lines": lambda key, said: {"a.md": f"Title: A\n{key.title()}: {said.title()}\n\n{BODY}"},
        "fields of reStructuredText": lambda key, said: {"a.rst": f":title: A\n:{key}: {said}\n\n{BODY}"},
        "fields below a title": lambda key, said: {"a.rst": f"A\n=\n\n:{key}: {said}\n\n{BODY}"},
        "fields in plain text": lambda key, said: {"a.txt": f":title: A\n:{key}: {said}\n\n{BODY}"},
        "Nikola's comment": lambda key, said: {"a.md": f"<!--\n.. title: A\n.. {key}: {said}\n-->\n\n{BODY}"},
        "Nikola's comment in HTML": lambda key, said: {"a.html": f"<!--\n.. {key}: {said}\n-->\n<p>{BODY}"},
        "Nikola's lines": lambda key, said: {"a.rst": f".. title: A\n.. {key}: {said}\n\n{BODY}"},
        "Nikola's file beside it": lambda key, said: {"a.md": BODY, "a.meta": f".. {key}: {said}\n"},
        "the head of a document": lambda key, said: {
            "a.html": f'<title>A</title><meta name="{key.title()}" content="{said}"><p>{BODY}'
        },
    }
)
"""Syntaxes that can give a word."""
REFUSED: Mapping[str, Callable[[str, str], Files]] = MappingProxyType(
    {
        "no blank behind the colon": lambda key, said: {"a.md": f"---\n{key}:{said}\n---\n{BODY}"},
        "an item of a list": lambda key, said: {"a.md": f"---\n- {key}: {said}\n---\n{BODY}"},
        "Eleventy's broken data": lambda key, said: {"a.md": BODY, "a.11tydata.json": f'{{"{key}": {said}'},
        "Eleventy's program": lambda key, said: {
            "a.md": BODY,
            "a.11tydata.js": f"export let {key} = f({said})",
        },
    }
)
"""Syntaxes that cannot be read, or only by running them: the article is set aside."""
TAGS = ("Nikola's comment", "Nikola's comment in HTML", "Nikola's lines", "Nikola's file beside it")
"""Syntaxes in which tags hide an article."""


def hiding() -> Iterator[tuple[str, Said, bool]]:
    """Each key that hides an article or keeps it out of lists, and whether it does so among tags.

    The first spelling of a field comes with each of its values, any other with one.
    """
    for table in (keys.HIDING, keys.UNLISTING):
        for name, values in table.items():
            for number, key in enumerate(keys.SPELLINGS[name]):
                for word in sorted(values.hide | values.hide_undated)[: 1 if number else None]:
                    yield key, {values.part: word} if values.part else word, values.of_lists is not None


def leaks(syntax: str, but: Container[str] = ()) -> list[str]:
    """The keys and values that do not hide an article in one syntax; the keys ``but`` are not asked."""
    found = []
    for key, said, is_tag in hiding():
        if key in but or (is_tag and syntax not in TAGS):
            continue
        if syntax in ANY:
            files = ANY[syntax](key, said)
        elif isinstance(said, str):
            files = WORDS[syntax](key, said)
        else:
            continue
        if outcome := _outcome(files):
            found.append(f"{key}: {said} ({outcome})")
    return found


def _outcome(files: Files) -> str:
    """What becomes of an article that is not hidden; empty where it is hidden."""
    rules = ReadOptions("https://example.org", ZoneInfo("UTC"), 9_999)
    with TemporaryDirectory() as name:
        path = article_in(Path(name), files)
        try:
            article = read(Path(name), path, scan(Path(name)), rules).article
        except Unreadable as error:
            return str(error)
    return "" if article.draft or article.unlisted else "public"


def article_in(directory: Path, files: Files) -> str:
    """Write the files, and give the path of the article among them."""
    for path, content in files.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return next(path for path in files if path.rpartition("/")[2] in {"a.md", "a.txt", "a.html", "a.rst"})
