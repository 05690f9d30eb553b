"""``feedsvc private``: give out addresses of private channels, list them, take them back."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, about
from feedsvc.cli.terminal import visible
from feedsvc.settings.load import load_settings

private = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Url = Annotated[str | None, typer.Option("--store", metavar="URL", help=about("store"))]


@private.callback()
def about_private() -> None:
    """Give out secret addresses of private channels, and take them back.

    Example: feedsvc private add /members --name ada
    """


@private.command("add")
def add(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="The path of a private channel.")],
    *,
    name: Annotated[str, typer.Option(metavar="WHO", help="Whom it is for; only you will see it.")] = "",
    store: Url = None,
    config: Config = None,
) -> None:
    """Make an address for one reader, also while feedsvc runs. It is shown this once, and works within seconds.

    Example: feedsvc private add /members --name ada
    """
    from feedsvc import errands

    for url in errands.give_private(load_settings(config, {"store": store}), channel, name):
        typer.echo(url)
    typer.echo("These addresses are secret, one reader's own, and not shown again.", err=True)


@private.command("list")
def list_(*, form: Form = OutputFormat.TEXT, store: Url = None, config: Config = None) -> None:
    """List who was given an address, by name and by how the token begins.

    Example: feedsvc private list
    """
    from feedsvc import errands
    from feedsvc.status import shown

    tickets = errands.private_tickets(load_settings(config, {"store": store}))
    if form is OutputFormat.JSON:
        told = [{key: value for key, value in asdict(each).items() if key != "digest"} for each in tickets]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in tickets:
        end = f"revoked {shown(each.revoked)}" if each.revoked else "in force"
        typer.echo(visible(f"{each.hint}…  {each.channel}  {each.name or '-'}  made {shown(each.made)}  {end}"))


@private.command("revoke")
def revoke(
    which: Annotated[str, typer.Argument(metavar="WHICH", help="A reader's name, or how a token begins.")],
    *,
    store: Url = None,
    config: Config = None,
) -> None:
    """Take addresses back, also while feedsvc runs: within seconds they are as unknown as if they had never been.

    Example: feedsvc private revoke ada
    """
    from feedsvc import errands

    for each in errands.revoke_private(load_settings(config, {"store": store}), which):
        typer.echo(visible(f"revoked {each.hint}… of {each.channel}, given to {each.name or 'nobody by name'}"))
