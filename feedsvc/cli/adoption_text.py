"""How an adoption is shown: which entry is which article, and what matches nothing."""

import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from feedsvc.articles.record import Record
from feedsvc.cli.options import visible
from feedsvc.core.printable import to_json
from feedsvc.operations.adopt.adoption import Adopted, Adoption
from feedsvc.operations.adopt.parse import OldEntry

_WORDS = {
    "adopt": "taken over",
    "same": "as it is already",
    "published": "left alone: feedsvc has published it under its own id (--include-published changes it)",
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
                "redirects": list(each.record.former_pages),
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
