"""``feedsvc readers``: manage the access tokens of the readers of a private site."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, StoreUrl
from feedsvc.core.printable import printable
from feedsvc.core.settings.loading import load_settings

readers = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@readers.callback()
def about_readers() -> None:
    """Give and revoke access tokens of a private site.

    That is a site with access = "private".

    Example: feedsvc readers add ada
    """


@readers.command("add")
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The reader's name, which is also the user name for HTTP Basic.")
    ],
    *,
    form: Form = OutputFormat.TEXT,
    store: StoreUrl = None,
    config: Config = None,
) -> None:
    """Give a reader an access token. It is shown only now, and works within a second, also while feedsvc runs.

    With the name as user and the token as password (HTTP Basic), every page and feed can be read. For programs
    that cannot send them, the command shows feed addresses that contain the token.

    Example: feedsvc readers add ada
    """
    from feedsvc.operations import private_readers as operations

    token, urls = operations.add_reader(load_settings(config, {"store.url": store}), name)
    if form is OutputFormat.JSON:
        typer.echo(json.dumps({"name": name, "token": token, "feeds": urls}, ensure_ascii=False, indent=2))
    else:
        typer.echo(printable(f"name   {name}\ntoken  {token}"))
        for url in urls:
            typer.echo(url)
    typer.echo(
        "The token and these addresses are secret, belong to this reader alone, and are not shown again.", err=True
    )


@readers.command("list")
def list_(*, form: Form = OutputFormat.TEXT, store: StoreUrl = None, config: Config = None) -> None:
    """List the readers, also those whose token is revoked.

    It shows the beginning of each token.

    Example: feedsvc readers list
    """
    from feedsvc.operations import private_readers as operations
    from feedsvc.operations.status import shown

    readers = operations.readers(load_settings(config, {"store.url": store}))
    if form is OutputFormat.JSON:
        told = [{key: value for key, value in asdict(each).items() if key != "digest"} for each in readers]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in readers:
        end = f"revoked {shown(each.revoked)}" if each.revoked else "in force"
        typer.echo(printable(f"{each.token_prefix}…  {each.name or '-'}  made {shown(each.created)}  {end}"))


@readers.command("revoke")
def revoke(
    which: Annotated[
        str, typer.Argument(metavar="NAME", help="The reader's name, or the beginning of the token.")
    ],
    *,
    store: StoreUrl = None,
    config: Config = None,
) -> None:
    """Revoke the token of a reader. It stops working within a second, also while feedsvc runs.

    Example: feedsvc readers revoke ada
    """
    from feedsvc.operations import private_readers as operations

    for each in operations.revoke_reader(load_settings(config, {"store.url": store}), which):
        typer.echo(printable(f"revoked {each.token_prefix}… of {each.name or 'a reader without a name'}"))
