"""``feedsvc show``: show one article as feedsvc would publish it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Articles, ArticleUrl, BaseUrl, Config, Exit, Form, OutputFormat, StoreUrl
from feedsvc.core.printable import printable, to_json
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.timestamps import now


def show(  # noqa: PLR0913 - one parameter an option is typer's way
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article in the articles directory.")],
    *,
    directory: Articles = None,
    base_url: BaseUrl = None,
    article_url: ArticleUrl = None,
    store: StoreUrl = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show one article as feedsvc would publish it.

    It publishes nothing. It shows each value of the article with its origin (a key of the header, the file, git,
    a setting, the ledger), the entry in each feed format, and all problems. The exit status is 1 if the article
    would be set aside.

    Example: feedsvc show stories/second.md --articles stories
    """
    from feedsvc.articles.reading.pool import ReaderPool
    from feedsvc.publishing.options import round_options
    from feedsvc.publishing.shown_article import show_file

    given = {"articles": directory, "base_url": base_url, "article_url": article_url, "store.url": store}
    settings = load_settings(config, given)
    with ReaderPool() as readers:
        found = show_file(round_options(settings), settings.store_url, file, now(), readers)
    if form is OutputFormat.JSON:
        typer.echo(to_json(asdict(found)))
    else:
        lines = [f"{found.path}: {found.state}"]
        for each in found.values:
            value = each.value if isinstance(each.value, str) else ", ".join(each.value or ())
            lines.append(f"  {each.name:11}{value or '-'}  ({each.origin})")
        for name, entry in found.entries.items():
            lines += ["", f"{name}:", entry]
        lines += ["", *(f"{each.severity}: {each}" for each in found.problems)] if found.problems else []
        typer.echo(printable("\n".join(lines)))
    if any(each.severity == "problem" for each in found.problems):
        raise typer.Exit(Exit.PROBLEMS)
