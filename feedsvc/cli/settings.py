"""``feedsvc settings``: show every setting with its value and the origin of the value."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from feedsvc.cli.options import BaseUrl, Config, Directory, Form, OutputFormat, StoreUrl, about
from feedsvc.core.printable import printable, to_json
from feedsvc.core.settings.loading import find_sources, validate
from feedsvc.core.settings.text import shown


def settings(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    host: Annotated[str | None, typer.Option(help=about("host"))] = None,
    port: Annotated[int | None, typer.Option(help=about("port"))] = None,
    base_url: BaseUrl = None,
    store: StoreUrl = None,
    interval: Annotated[int | None, typer.Option(metavar="SECONDS", help=about("interval"))] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help=about("workers"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show every setting with its value and its origin: default, file, environment variable or option.

    It takes the options of feedsvc serve. Passwords are not shown.

    Example: feedsvc settings --format json
    """
    given = {
        "articles": directory,
        "host": host,
        "port": port,
        "base_url": base_url,
        "store": store,
        "interval": interval,
        "workers": workers,
    }
    sources = find_sources(config, given)
    found = list(shown(validate(sources), sources))
    if form is OutputFormat.JSON:
        typer.echo(to_json([asdict(each) for each in found]))
        return
    names, origins = max(len(each.name) for each in found), max(len(each.origin) for each in found)
    for each in found:
        value = "" if each.value is None else json.dumps(each.value, ensure_ascii=False)
        typer.echo(printable(f"{each.name:{names}}  {each.origin:{origins}}  {value}".rstrip()))
