"""``feedsvc adopt``: take over the ids and dates of a feed that subscribers have today."""

from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, about
from feedsvc.core.settings.loading import load_settings


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
    from feedsvc.cli.adoption_text import print_takeover, takeover_json
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.operations.adopt.adoption import adopt_sources

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    with Patience("Fetching") as patience:
        found = adopt_sources(settings, sources, patience.fetched, write=write, published_too=published_too)
    if form is OutputFormat.JSON:
        typer.echo(takeover_json(found, written=write))
    else:
        print_takeover(found, written=write)
