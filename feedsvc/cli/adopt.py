"""``feedsvc adopt``: take over the ids and dates of a feed that subscribers have today."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feedsvc.articles.record import Record
from feedsvc.cli.options import Config, Form, OutputFormat, about
from feedsvc.cli.terminal import visible
from feedsvc.core.printable import to_json
from feedsvc.core.settings.loading import load_settings
from feedsvc.operations.adopt.adoption import Adopted, Adoption
from feedsvc.operations.adopt.old_entry import OldEntry

_WORDS = {
    "adopt": "taken over",
    "same": "as it is already",
    "published": "left alone: feedsvc has published it under its own id (--published-too changes it)",
    "taken": "left alone: another article has this id",
}
_ONE_LINE = 10_000
"""Columns: as wide as any row, so that in a pipe each stands on one line."""


def print_takeover(found: Adoption, *, written: bool) -> None:
    """For people: a row for each article that is taken over, and what is left over on both sides."""
    console = Console(width=None if sys.stdout.isatty() else _ONE_LINE)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("article", "known by", "date", "id", ""):
        table.add_column(column, overflow="fold")
    for each in found.adopted:
        table.add_row(*(Text(visible(cell)) for cell in _row(each)))
    if found.adopted:
        console.print(table)
    for entry in found.matches.entries:
        console.print(Text(visible(f"no article for the entry {_name(entry)}")))
    for record in found.matches.records:
        if not record.article.draft:
            console.print(Text(visible(f"no entry for the article {record.article.path}: it will be new")))
    for problem in found.problems:
        console.print(Text(visible(f"set aside: {problem}")))
    console.print(Text(_summary(found, written=written)))


def _row(adopted: Adopted) -> tuple[str, ...]:
    match = adopted.match
    date = f"{adopted.record.published:%Y-%m-%d %H:%M}"
    return match.record.article.path, match.by, date, match.past.id, _WORDS[adopted.state]


def _summary(found: Adoption, *, written: bool) -> str:
    taken = sum(each.state == "adopt" for each in found.adopted)
    entries = len(found.adopted) + len(found.matches.entries)
    same = sum(each.state == "same" for each in found.adopted)
    verb = "taken over" if written else "would be taken over"
    return f"{taken} of {entries} entries {verb}, {same} were already" + ("" if written else "; --write does it")


def takeover_json(found: Adoption, *, written: bool) -> str:
    """For programs."""
    told = {
        "written": written,
        "matches": [
            {
                "article": each.match.record.article.path,
                "by": each.match.by,
                "state": each.state,
                "id": each.match.past.id,
                "published": f"{each.record.published:%Y-%m-%dT%H:%M:%SZ}",
                "page": each.record.page,
                "redirects": list(each.record.former),
            }
            for each in found.adopted
        ],
        "entries_without_article": [_entry(each) for each in found.matches.entries],
        "articles_without_entry": [_path(each) for each in found.matches.records if not each.article.draft],
        "problems": [asdict(each) for each in found.problems],
    }
    return to_json(told)


def _entry(entry: OldEntry) -> dict[str, str]:
    return {"id": entry.id, "link": entry.link, "title": entry.title}


def _path(record: Record) -> str:
    return record.article.path


def _name(entry: OldEntry) -> str:
    return f"“{entry.title}” {entry.link or entry.id}" if entry.title else entry.link or entry.id


def adopt(  # noqa: PLR0913 - one parameter an option is typer's way
    sources: Annotated[
        list[str], typer.Argument(metavar="URL-or-FILE...", help="The feed: RSS, Atom or JSON Feed.")
    ],
    *,
    directory: Annotated[
        Path | None, typer.Option("--articles", metavar="DIR", help=about("articles"), show_default="articles")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Do it; without this it is only shown.")] = False,
    published_too: Annotated[
        bool, typer.Option("--published-too", help="Also change ids that feedsvc has published already.")
    ] = False,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help=about("store"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Take over the ids and dates of a feed that people read today, so that a move shows them nothing twice.

    Its entries, with those of the older pages it links to, are matched to the articles: by address, then title and
    date, then content. What matches nothing is named. Run it before the first publishing; a second time it changes
    nothing.

    Example: feedsvc adopt https://old.example.org/feed --base-url https://news.example.org --write
    """
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.operations.adopt.adoption import adopt_sources

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    with Patience("Fetching") as patience:
        found = adopt_sources(settings, sources, patience.fetched, write=write, published_too=published_too)
    if form is OutputFormat.JSON:
        typer.echo(takeover_json(found, written=write))
    else:
        print_takeover(found, written=write)
