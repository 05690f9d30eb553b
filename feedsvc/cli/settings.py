"""``feedsvc settings``: show every setting with its value and the origin of the value."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from feedsvc.cli.options import ArticleUrl, BaseUrl, Config, Directory, Form, OutputFormat, StoreUrl, about
from feedsvc.core.printable import printable, to_json
from feedsvc.core.settings.loading import Sources, find_sources, validate
from feedsvc.core.settings.text import Shown, shown


def settings(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    host: Annotated[str | None, typer.Option(help=about("host"))] = None,
    port: Annotated[int | None, typer.Option(help=about("port"))] = None,
    base_url: BaseUrl = None,
    article_url: ArticleUrl = None,
    store: StoreUrl = None,
    interval: Annotated[int | None, typer.Option(metavar="SECONDS", help=about("scan.interval"))] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help=about("workers"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show every setting with its value and its origin.

    The origin is the default, the file, an environment variable or an option. It takes the options of feedsvc
    serve, and refuses what that would refuse. Passwords are not shown.

    Example: feedsvc settings --format json
    """
    given = {
        "articles": directory,
        "host": host,
        "port": port,
        "base_url": base_url,
        "article_url": article_url,
        "store.url": store,
        "scan.interval": interval,
        "workers": workers,
    }
    from feedsvc.publishing.usable_settings import check_usable

    sources = find_sources(config, given)
    settings = validate(sources)
    _print(list(shown(settings, sources)), sources, form)
    check_usable(settings)


def _print(found: Sequence[Shown], sources: Sources, form: OutputFormat) -> None:
    file = None if sources.file is None else str(sources.file.path)
    if form is OutputFormat.JSON:
        typer.echo(to_json({"file": file, "settings": [asdict(each) for each in found]}))
        return
    typer.echo(printable(f"configuration file: {file or 'none'}\n"))
    for line in _table_lines(found):
        typer.echo(printable(line))


def _table_lines(found: Sequence[Shown]) -> Iterator[str]:
    """The settings by table, with aligned columns."""
    keys = max(len(each.name.rpartition(".")[2]) for each in found)
    origins, table = max(len(each.origin) for each in found), ""
    for each in found:
        above, _, key = each.name.rpartition(".")
        if above != table:
            table = above
            yield f"\n[{table}]" if table else ""
        value = "" if each.value is None else json.dumps(each.value, ensure_ascii=False)
        yield f"{key:{keys}}  {each.origin:{origins}}  {value}".rstrip()
