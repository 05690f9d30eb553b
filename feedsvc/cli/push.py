"""``feedsvc push``: show the destinations of push, and send a test to a webhook."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli.options import Config, Exit, Form, OutputFormat, StoreUrl
from feedsvc.core.printable import printable, printable_line, to_json
from feedsvc.core.settings.loading import load_settings

if TYPE_CHECKING:
    from feedsvc.operations.status import PushStatus

push = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@push.callback()
def about_push() -> None:
    """Show the destinations of push, and send a test to a webhook.

    Example: feedsvc push status
    """


@push.command("status")
def status(*, form: Form = OutputFormat.TEXT, store: StoreUrl = None, config: Config = None) -> None:
    """Show the destinations of push and their last deliveries.

    These are the subscribers of each feed, and the webhooks, caches and hubs that the settings name. It also shows
    which of them failed.

    Example: feedsvc push status
    """
    from feedsvc.operations.status import push_json, read_push_status

    found = read_push_status(load_settings(config, {"store.url": store}))
    if form is OutputFormat.JSON:
        typer.echo(to_json(push_json(found)))
    else:
        typer.echo(printable("\n".join(_lines(found))))


@push.command("test")
def send_test(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a webhook in the settings.")],
    *,
    config: Config = None,
) -> None:
    """Send a test event to a webhook, and show its answer.

    Example: feedsvc push test search
    """
    from feedsvc.operations import push as operations

    answered = operations.send_test(load_settings(config), name)
    typer.echo(f"{name} answered {answered}")
    if not 200 <= answered < 300:
        raise typer.Exit(Exit.PROBLEMS)


def _lines(status: "PushStatus") -> Iterator[str]:
    from feedsvc.operations.status import shown

    yield f"sender   {status.sender or 'none; it starts with the first subscriber, webhook, cache or hub'}"
    yield f"waiting  {status.waiting} requests to subscribe"
    for topic in status.topics:
        yield printable_line(
            f"{topic.topic}: {topic.subscribers} subscriptions, {topic.failing} failing, "
            f"last delivery {shown(topic.delivered)}"
        )
    for one in status.destinations:
        state = f"failing ({one.failures} times, {one.error})" if one.failures else "well"
        silent = ", does not push, so feeds do not name it" if one.silent else ""
        yield printable_line(
            f"{one.kind} {one.name}: told up to edition {one.told}, {state}, last {shown(one.delivered)}{silent}"
        )
    for host, error in status.errors:
        yield printable_line(f"failing subscriber at {host}: {error}")
