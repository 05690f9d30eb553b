"""The reference in ``docs``, generated from the code: ``make reference`` writes it anew.

Some pages are generated as a whole. Others are written by hand around tables that are: such a table stands between
``<!-- generated: NAME -->`` and ``<!-- /generated -->``.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import get_args

import typer
from pydantic import SecretStr
from typer.core import TyperCommand, TyperGroup

from feedsvc.articles.frontmatter.keys import HIDING, SPELLINGS, UNLISTING, HidingValues
from feedsvc.cli.options import Exit
from feedsvc.core.settings.model import SETTINGS, TABLES, Setting
from feedsvc.operations.metrics import exposition
from feedsvc.operations.status import DestinationStatus, PushStatus, Status, TopicStatus
from feedsvc.responses.edition import Edition
from feedsvc.store.operator_store import Report
from feedsvc.web.request_counts import TIMES, AnswerCount, Sums, Times

_NOTE = "<!-- Generated from the code. To write it anew: make reference -->"

_HEAD = """\
`feedsvc --install-completion` teaches your shell to complete commands and options. Long work shows a progress bar
on a terminal. Colours are left out where `NO_COLOR` is set. `--format json` gives output for programs.
"""


_STATUSES = {
    Exit.OK: "Success.",
    Exit.PROBLEMS: "The command is done, and names problems that a person has to mend.",
    Exit.FAILED: "The command was wrong, or could not be carried out: one line says what to do.",
    Exit.REFUSED: "A safeguard refused the round; the last edition stays published.",
    Exit.INTERRUPTED: "Interrupted by Ctrl-C.",
    Exit.BROKEN_PIPE: "The program that read the output closed it, as `head` does.",
}


def pages(program: typer.Typer) -> dict[str, str]:
    """The text of each page, in Markdown, by its path in ``docs``."""
    return {
        "reference/commands.md": f"{_NOTE}\n\n{commands_reference(program)}",
        "reference/settings.md": f"{_NOTE}\n\n{settings_reference()}",
    }


_SETTINGS_HEAD = """\
# Settings

No setting is required; a public site needs `base_url`. Each setting can be given in `feedsvc.toml`, where most
stand in tables such as `[http]`, and as an environment variable, and the most used ones as options of the command
line. Options override environment variables, and those override the file. In environment variables, lists and
tables are JSON.

feedsvc reads one configuration file: that of `--config`, else the one that `FEEDSVC_CONFIG` names, else
`feedsvc.toml` in the working directory, else `/etc/feedsvc/feedsvc.toml`. Relative paths in it count from its
folder, and where no store is named, the store lies beside it. Relative paths on the command line and in the
environment count from the working directory. `feedsvc settings` shows every value, and where it comes from.

A running service applies a change of the file within a few seconds, and at once on SIGHUP (`systemctl reload`),
while it goes on serving. `host`, `port`, `workers` and `[store] url` wait for a restart, and the log says so. If
anything in the file is wrong, all settings stay as they were.

```toml
base_url = "https://news.example.org"

[site]
title = "Harbour News"

[http]
max_age = 30
```
"""
_COLUMNS = "| setting | environment variable | default | meaning |\n|---|---|---|---|\n"


def settings_reference() -> str:
    """All settings by table, in Markdown."""
    return _SETTINGS_HEAD + "".join(_settings_section(table) for table in ("", *TABLES))


def _settings_section(table: str) -> str:
    head = (
        f"## [{table}]\n\n{TABLES[table].__doc__}" if table else "## The most used settings, which are in no table"
    )
    rows = "".join(f"{_row(each)}\n" for each in SETTINGS.values() if each.table == table)
    return f"\n{head}\n\n{_COLUMNS}{rows}"


def _row(setting: Setting) -> str:
    field = setting.field
    choices = get_args(field.annotation) if str(field.annotation).startswith("typing.Literal") else ()
    about = setting.about + (f" One of {', '.join(choices)}." if choices else "")
    default = "" if field.default in (None, (), {}) else f"`{_toml(field.default)}`"
    return f"| `{setting.key}` | `{setting.variable}` | {default} | {about} |"


def _toml(value: object) -> str:
    """A plain value as TOML 1.0 writes it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, tuple) else f'"{value}"'


_REGION = re.compile(r"(?s)(<!-- generated: ([\w-]+) -->\n).*?(<!-- /generated -->)")

_FIELDS = {
    "title": "The title. Without it, the first heading or the first line is the title.",
    "published": "The date of publication. An article with a future date waits for it.",
    "updated": "The date of the last change that matters to readers.",
    "expires": "The moment from which the article is no longer published.",
    "draft": "Whether the article is a draft, which is not published.",
    "private": "Whether the article is not published.",
    "public": "Whether the article is published.",
    "visible": "Whether the article is published.",
    "status": "The state of the article, in a word.",
    "visibility": "Who may see the article, in a word.",
    "state": "The state of the article, in a word.",
    "password": "The password without which nobody may read the article; it is not published.",
    "unlisted": "Whether the article has a page but is in no feed and no list.",
    "listed": "Whether the article is in feeds and lists.",
    "build": "Hugo's table of build options; its keys `render` and `list` count.",
    "headless": "Whether a bundle of Hugo is headless, and so no article.",
    "slug": "The last part of the page's address.",
    "rendered": "Whether the program makes a page of the file at all.",
    "aliases": "Former addresses, which lead to the page.",
    "redirect": "The address that the file redirects to; the file is then no article.",
    "tags": "Tags and categories.",
    "authors": "The authors: names, tables with `name` and `url`, or keys of a file of authors.",
    "summary": "The summary, as plain text.",
    "image": "The lead picture: an address, or a table with `src` or `url`.",
    "enclosures": "Recordings that go with the article.",
    "length": "The size of a recording elsewhere, in bytes.",
    "duration": "How long a recording is: seconds, or `h:mm:ss`.",
    "episode": "The number of the episode of a podcast.",
    "season": "The number of its season.",
    "episodetype": "`full`, `trailer` or `bonus`.",
    "explicit": "Whether the recording is not meant for children.",
    "transcripts": "Transcripts of the recording.",
    "chapters": "The file with the chapters of the recording (JSON).",
    "extent": "Whether feeds hold this article in `full` or as a `summary`.",
    "external": "The page elsewhere that a link post is about.",
    "via": "Where that page was found.",
    "related": "Other pages that go with the article.",
    "canonical": "The address of the original, if the article was first published elsewhere.",
    "language": "The language of the article (BCP 47).",
    "id": "The id by which subscribers know the article, kept as it is written.",
}
"""The meaning of each field of a header."""


def tables() -> dict[str, str]:
    """Each generated table, in Markdown, by its name in the pages."""
    fields = ((name, _FIELDS[name], _listed(keys)) for name, keys in SPELLINGS.items())
    return {
        "front-matter": _table(("field", "meaning", "keys"), fields),
        "hiding": _table(("field", "the article is not published where the value is"), _hiding(HIDING)),
        "unlisting": _table(("field", "the article is in no feed or list where the value is"), _hiding(UNLISTING)),
        "metrics": _table(("metric", "type", "labels", "meaning"), _metrics()),
    }


def filled(page: str, tables: Mapping[str, str]) -> str:
    """A page with the generated tables that it names; an unknown name is a KeyError."""
    return _REGION.sub(lambda found: f"{found[1]}{tables[found[2]]}\n{found[3]}", page)


def _metrics() -> Iterator[tuple[str, str, str, str]]:
    """Each metric with its type, its labels and what it is, as exposed once something was served and pushed."""
    sums = Sums(
        (AnswerCount("200", "feed", "br", 1, 1),), (Times("feed", (1,) * TIMES, 0),), 1, (("room", 0),), 1, 1, 1
    )
    cache = DestinationStatus("cache", "cdn", 1, 0, 0, None)
    push = PushStatus(topics=(TopicStatus("/atom.xml", 1, 0, 0),), destinations=(cache,))
    text = exposition(Status(Edition(1, 0), Report(), None, push), sums, now=0).decode()
    for name, about, kind in re.findall(r"# HELP (\S+) (.*)\n# TYPE \S+ (\S+)", text):
        samples = re.findall(rf"(?m)^{name}(?:_bucket)?\{{(.*)\}} ", text)
        labels = dict.fromkeys(label for sample in samples for label in re.findall(r'(\w+)="', sample))
        yield f"`{name}`", kind, _listed(labels), about


def _hiding(table: Mapping[str, HidingValues]) -> Iterator[tuple[str, str]]:
    for name, values in table.items():
        where = f" at its key `{values.part}`" if values.part else ""
        undated = f"; without a date also {_listed(sorted(values.hide_undated))}" if values.hide_undated else ""
        yield name, f"{_listed(sorted(values.hide)) or 'anything but `no`, `false` or nothing'}{where}{undated}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def commands_reference(program: typer.Typer) -> str:
    """Every command with its help, its arguments and its options."""
    found = typer.main.get_command(program)
    parts = [section for name, command in _commands("feedsvc", found) for section in _section(name, command)]
    statuses = "".join(f"| {each.value} | {_STATUSES[each]} |\n" for each in Exit)
    head = f"# Commands\n\n{_HEAD}\n| exit status | meaning |\n|---|---|\n{statuses}"
    return "\n\n".join([head.rstrip(), *parts]) + "\n"


def _commands(name: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
    """The commands under ``command`` by their full names, in the order of ``--help``."""
    if isinstance(command, TyperGroup):
        for each, below in command.commands.items():
            yield from _commands(f"{name} {each}", below)
    elif isinstance(command, TyperCommand):
        yield name, command


def _section(name: str, command: TyperCommand) -> Iterator[str]:
    context = typer.Context(command, info_name=name)
    text, _, example = (command.help or "").partition("Example: ")
    yield f"## {name}"
    yield f"```\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    yield text.strip()
    if example:
        yield f"```sh\n{example.strip()}\n```"
    records = [record for each in command.get_params(context) if (record := each.get_help_record(context))]
    rows = [f"| `{_cell(what)}` | {_cell(about)} |" for what, about in records]
    yield "\n".join(["| option | meaning |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(directory: Path, program: typer.Typer) -> None:
    """Write the generated pages into ``directory``, and the generated tables into all pages below it."""
    for path, text in pages(program).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, "utf-8")
    for page in directory.rglob("*.md"):
        text = page.read_text("utf-8")
        page.write_text(filled(text, tables()), "utf-8")


if __name__ == "__main__":
    from feedsvc.cli import program

    write(Path(sys.argv[1]), program)
