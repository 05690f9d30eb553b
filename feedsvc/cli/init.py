"""To begin: ``feedsvc init`` writes a settings file, ``feedsvc adopt`` takes over an existing feed."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli import options
from feedsvc.core.errors import SettingsError
from feedsvc.core.printable import printable, printable_line, to_json
from feedsvc.core.settings.config_file import CONFIG_FILE
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.settings.model import SETTINGS

if TYPE_CHECKING:
    from feedsvc.operations.adopt.adoption import Adopted, Adoption
    from feedsvc.operations.adopt.parse import OldEntry


_FIRST = """\
---
title: The first story
tags: [beginnings]
---
This is an article. Change it, or delete it and write another: a `.txt`, `.md` or `.html` file in this folder is
all that it takes.

*feedsvc serve* shows it, and `feedsvc check` tells what is wrong with it.
"""
_FILE_HEAD = """\
# The settings of feedsvc. docs/reference/settings.md describes all of them; `feedsvc settings` shows the values in
# force, and where each comes from. Relative paths count from the folder of this file.

"""
_QUESTIONS = {
    "site.title": "What is the site called?",
    "base_url": "Where will others find it, such as https://news.example.org?",
    "site.author": "Who writes?",
}


def init(
    directory: options.Directory = None,
    *,
    title: Annotated[str | None, typer.Option(help=options.about("site.title"))] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=options.about("base_url"))] = None,
    author: Annotated[str | None, typer.Option(help=options.about("site.author"))] = None,
) -> None:
    """Write a short feedsvc.toml and a first article. No file is overwritten.

    On a terminal it asks for the title, the address and the author of the site, unless options give them. An
    answer may be left empty and set later. In the folder of a Jekyll, Hugo or Pelican site it takes over the
    folder of the posts, and title, address, language and permalinks from the configuration, which it never runs.

    Example: feedsvc init stories --title "Harbour News" --base-url https://news.example.org --author Ines
    """
    if CONFIG_FILE.exists():
        raise SettingsError(f"{CONFIG_FILE} exists already", "edit it, or go to another folder")
    given = {"articles": directory, "site.title": title, "base_url": base_url, "site.author": author}
    load_settings(given=given)  # a wrong option is told before anything is asked
    chosen: dict[str, object] = _taken_over() | {name: value for name, value in given.items() if value is not None}
    for name, question in _QUESTIONS.items():
        if given[name] is None and sys.stdin.isatty():
            chosen[name] = _asked(question, name, str(chosen.get(name, "")))
    settings = load_settings(given=chosen)
    made = _made(settings.articles)  # first, since a settings file that exists already would stop the next try
    _write(CONFIG_FILE, _FILE_HEAD + "".join(_config_lines(chosen | {"articles": settings.articles})))
    if made:
        _write(settings.articles / "first-story.md", _FIRST)
    typer.echo("Now run: feedsvc serve")


def _taken_over() -> dict[str, object]:
    """The settings of a site generator whose site is in this folder, as far as they can be feedsvc's."""
    from feedsvc.articles.frontmatter.generator_config import recognised

    found = recognised(Path())
    if found is None:
        return {}
    taken = {name: value for name, value in found.settings.items() if not _fault(name, value)}
    typer.echo(printable_line(f"{found.file} is of {found.generator}; taken over: {', '.join(taken)}"))
    left = sorted(found.settings.keys() - taken)
    for name in left:
        typer.echo(
            printable_line(f"left out: {name}, {found.settings[name]!r}: {_fault(name, found.settings[name])}")
        )
    for section, pattern in found.other_permalinks.items():
        page = f"{found.settings['articles']}/{section}/_index.md"
        typer.echo(
            printable_line(
                f"left out: permalinks of {section}, {pattern!r}: to keep them, add to the header of {page}: "
                f"cascade: {{url: {pattern!r}}}"
            )
        )
    return dict(taken)


def _config_lines(chosen: Mapping[str, object]) -> Iterator[str]:
    """The lines of a ``feedsvc.toml`` with the chosen settings, by their full names; None counts as not chosen."""
    table = ""
    for name, setting in SETTINGS.items():
        if chosen.get(name) is None:
            continue
        if setting.table != table:
            table = setting.table
            yield f"\n[{table}]\n"
        # A basic string of TOML has the escapes of JSON, but takes no delete character.
        text = json.dumps(str(chosen[name]), ensure_ascii=False).replace("\x7f", "\\u007f")
        yield f"{setting.key} = {text}\n"


def _asked(question: str, name: str, default: str) -> str | None:
    """The answer to a question, which is asked again until the answer can be used; None for an empty one."""
    while True:
        answer = typer.prompt(question, default=default, show_default=bool(default), err=True).strip()
        fault = _fault(name, answer)
        if not answer or not fault:
            return answer or None
        typer.echo(f"That cannot be used: {fault}.", err=True)


def _fault(name: str, value: str) -> str:
    """The fault in the value of a setting; empty where there is none."""
    try:
        load_settings(given={name: value})
    except SettingsError as error:
        return error.remedy
    return ""


def _made(folder: Path) -> bool:
    """Whether the folder was not there and is now."""
    try:
        if folder.exists():
            return False
        folder.mkdir(parents=True)
    except OSError as error:
        raise SettingsError(
            f"cannot make {folder} ({error.strerror})", "name a folder that can be made, or allow it to be written"
        ) from error
    return True


def _write(file: Path, text: str) -> None:
    """Write a file that must not be there yet."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise SettingsError(f"cannot write {file} ({error.strerror})", "allow it to be written") from error
    typer.echo(f"written: {file}")


def adopt(  # noqa: PLR0913 - one parameter an option is typer's way
    sources: Annotated[
        list[str], typer.Argument(metavar="URL-or-FILE...", help="The existing feed: RSS, Atom or JSON Feed.")
    ],
    *,
    directory: options.Articles = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the ids and dates; without this option they are only shown.")
    ] = False,
    include_published: Annotated[
        bool,
        typer.Option(
            "--include-published", help="Also change the ids of articles that feedsvc has published already."
        ),
    ] = False,
    base_url: options.BaseUrl = None,
    article_url: options.ArticleUrl = None,
    store: options.StoreUrl = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
) -> None:
    """Take over the ids and dates of an existing feed.

    So its subscribers see no article twice after a move. The entries of the feed, and of the older pages it links
    to, are matched with the articles: by address, then by title and date, then by content. Entries and articles
    without a match are named. Run this command before you publish for the first time; running it again changes
    nothing.

    Example: feedsvc adopt https://old.example.org/feed --base-url https://news.example.org --write
    """
    from feedsvc.operations.adopt.adoption import adopt_sources

    given = {"articles": directory, "base_url": base_url, "article_url": article_url, "store.url": store}
    settings = load_settings(config, given)
    with options.ProgressBar("Fetching") as bar:
        found = adopt_sources(settings, sources, bar.fetched, write=write, include_published=include_published)
    show = _print_json if form is options.OutputFormat.JSON else _print_text
    show(found, written=write)


_STATES = {
    "adopt": "taken over",
    "same": "as it is already",
    "published": "left alone: feedsvc has published it under its own id (--include-published changes it)",
    "taken": "left alone: another article has this id",
}


def _print_text(found: "Adoption", *, written: bool) -> None:
    """Print an adoption for people: a row for each match, then the entries and the articles without a match."""
    from rich.table import Table
    from rich.text import Text

    console = options.standard_output()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("article", "known by", "date", "id", ""):
        table.add_column(column, overflow="fold")
    for each in found.adopted:
        table.add_row(*(Text(printable(cell)) for cell in _row(each)))
    if found.adopted:
        console.print(table)
    for entry in found.matches.entries:
        console.print(Text(printable(f"no article for the entry {_name(entry)}")))
    for record in found.matches.records:
        if not record.article.draft:
            fate = "it stays as it is" if record.settled else "it will be new"
            console.print(Text(printable(f"no entry for the article {record.article.path}: {fate}")))
    for problem in found.problems:
        console.print(Text(printable(f"set aside: {problem}")))
    if (best := found.suggestion) is not None:
        fits = f"gives {best.fits} of the {best.of} old addresses"
        remedy = "set it, so that new articles get such addresses too"
        console.print(Text(printable(f'article_url = "{best.pattern}" {fits}; {remedy}')))
    console.print(Text(_summary(found, written=written)))


def _row(adopted: "Adopted") -> tuple[str, ...]:
    match = adopted.match
    date = f"{adopted.record.published:%Y-%m-%d %H:%M}"
    return match.record.article.path, match.by, date, match.entry.id, _STATES[adopted.state]


def _summary(found: "Adoption", *, written: bool) -> str:
    taken = sum(each.state == "adopt" for each in found.adopted)
    entries = len(found.adopted) + len(found.matches.entries)
    same = sum(each.state == "same" for each in found.adopted)
    verb = "taken over" if written else "would be taken over"
    return f"{taken} of {entries} entries {verb}, {same} were already" + ("" if written else "; --write does it")


def _print_json(found: "Adoption", *, written: bool) -> None:
    """Print an adoption for programs."""
    told = {
        "written": written,
        "matches": [
            {
                "article": each.match.record.article.path,
                "by": each.match.by,
                "state": each.state,
                "id": each.match.entry.id,
                "published": f"{each.record.published:%Y-%m-%dT%H:%M:%SZ}",
                "page": each.record.page,
                "redirects": list(each.record.former_pages),
            }
            for each in found.adopted
        ],
        "entries_without_article": [
            {"id": each.id, "link": each.link, "title": each.title} for each in found.matches.entries
        ],
        "articles_without_entry": [each.article.path for each in found.matches.records if not each.article.draft],
        "article_url": asdict(found.suggestion) if found.suggestion else None,
        "problems": [asdict(each) for each in found.problems],
    }
    typer.echo(to_json(told))


def _name(entry: "OldEntry") -> str:
    return f"“{entry.title}” {entry.link or entry.id}" if entry.title else entry.link or entry.id
