"""``feedsvc private``: give readers of a private site a token, list them, take tokens back."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, about, visible
from feedsvc.core.settings.loading import load_settings

private = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Url = Annotated[str | None, typer.Option("--store", metavar="URL", help=about("store"))]


@private.callback()
def about_private() -> None:
    """Give readers of a private site (access = "private") a token each, and take tokens back.

    Example: feedsvc private add ada
    """


@private.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="By which the reader is called, also when asked.")],
    *,
    form: Form = OutputFormat.TEXT,
    store: Url = None,
    config: Config = None,
) -> None:
    """Give a reader a token, also while feedsvc runs. It is shown this once, and works within a second.

    With name and token a reader gets every page and feed (HTTP Basic). For programs that cannot send them, the
    feeds have addresses with the token in them.

    Example: feedsvc private add ada
    """
    from feedsvc.operations import private_readers as operations

    token, urls = operations.add_reader(load_settings(config, {"store": store}), name)
    if form is OutputFormat.JSON:
        typer.echo(json.dumps({"name": name, "token": token, "feeds": urls}, ensure_ascii=False, indent=2))
    else:
        typer.echo(visible(f"name   {name}\ntoken  {token}"))
        for url in urls:
            typer.echo(url)
    typer.echo("All of this is secret, one reader's own, and not shown again.", err=True)


@private.command("list")
def list_(*, form: Form = OutputFormat.TEXT, store: Url = None, config: Config = None) -> None:
    """List the readers by name and by how the token begins, those whose tokens were revoked too.

    Example: feedsvc private list
    """
    from feedsvc.operations import private_readers as operations
    from feedsvc.operations.status import shown

    readers = operations.readers(load_settings(config, {"store": store}))
    if form is OutputFormat.JSON:
        told = [{key: value for key, value in asdict(each).items() if key != "digest"} for each in readers]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in readers:
        end = f"revoked {shown(each.revoked)}" if each.revoked else "in force"
        typer.echo(visible(f"{each.token_prefix}…  {each.name or '-'}  made {shown(each.created)}  {end}"))


@private.command("revoke")
def revoke(
    which: Annotated[str, typer.Argument(metavar="NAME", help="A reader's name, or how the token begins.")],
    *,
    store: Url = None,
    config: Config = None,
) -> None:
    """Take a token back, also while feedsvc runs: within a second it opens nothing any more.

    Example: feedsvc private revoke ada
    """
    from feedsvc.operations import private_readers as operations

    for each in operations.revoke_reader(load_settings(config, {"store": store}), which):
        typer.echo(visible(f"revoked {each.token_prefix}… of {each.name or 'nobody by name'}"))
