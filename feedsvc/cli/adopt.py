"""``feedsvc adopt``: take over the ids and dates of an existing feed."""

from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, about
from feedsvc.core.settings.loading import load_settings


def adopt(  # noqa: PLR0913 - one parameter an option is typer's way
    sources: Annotated[
        list[str], typer.Argument(metavar="URL-or-FILE...", help="The existing feed: RSS, Atom or JSON Feed.")
    ],
    *,
    directory: Annotated[
        Path | None, typer.Option("--articles", metavar="DIR", help=about("articles"), show_default="articles")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the ids and dates; without this option they are only shown.")
    ] = False,
    include_published: Annotated[
        bool,
        typer.Option(
            "--include-published", help="Also change the ids of articles that feedsvc has published already."
        ),
    ] = False,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help=about("store"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Take over the ids and dates of an existing feed, so that its subscribers see no article twice after a move.

    The entries of the feed, and of the older pages it links to, are matched with the articles: by address, then by
    title and date, then by content. Entries and articles without a match are named. Run this command before you
    publish for the first time; running it again changes nothing.

    Example: feedsvc adopt https://old.example.org/feed --base-url https://news.example.org --write
    """
    from feedsvc.cli.adoption_text import print_takeover, takeover_json
    from feedsvc.cli.progress_bar import ProgressBar
    from feedsvc.operations.adopt.adoption import adopt_sources

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    with ProgressBar("Fetching") as bar:
        found = adopt_sources(settings, sources, bar.fetched, write=write, include_published=include_published)
    if form is OutputFormat.JSON:
        typer.echo(takeover_json(found, written=write))
    else:
        print_takeover(found, written=write)
