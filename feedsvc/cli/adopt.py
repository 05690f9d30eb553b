"""``feedsvc adopt``: take over the ids and dates of an existing feed."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli.options import (
    Articles,
    ArticleUrl,
    BaseUrl,
    Config,
    Form,
    OutputFormat,
    ProgressBar,
    StoreUrl,
    standard_output,
)
from feedsvc.core.printable import printable, to_json
from feedsvc.core.settings.loading import load_settings

if TYPE_CHECKING:
    from feedsvc.operations.adopt.adoption import Adopted, Adoption
    from feedsvc.operations.adopt.parse import OldEntry


def adopt(  # noqa: PLR0913 - one parameter an option is typer's way
    sources: Annotated[
        list[str], typer.Argument(metavar="URL-or-FILE...", help="The existing feed: RSS, Atom or JSON Feed.")
    ],
    *,
    directory: Articles = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the ids and dates; without this option they are only shown.")
    ] = False,
    include_published: Annotated[
        bool,
        typer.Option(
            "--include-published", help="Also change the ids of articles that feedsvc has published already."
        ),
    ] = False,
    base_url: BaseUrl = None,
    article_url: ArticleUrl = None,
    store: StoreUrl = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
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
    with ProgressBar("Fetching") as bar:
        found = adopt_sources(settings, sources, bar.fetched, write=write, include_published=include_published)
    show = _print_json if form is OutputFormat.JSON else _print_text
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

    console = standard_output()
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
            console.print(Text(printable(f"no entry for the article {record.article.path}: it will be new")))
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
