"""``feedsvc status``: show the state of the service, from the store alone."""

import typer

from feedsvc.cli.options import Config, Exit, Form, OutputFormat, StoreUrl
from feedsvc.core.printable import printable
from feedsvc.core.settings.loading import load_settings


def status(
    *,
    store: StoreUrl = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show the state of the service.

    That is the edition, the articles, the problems, the active safeguards and the publisher. It reads only the
    store, and may run beside feedsvc serve. The exit status is 0 if all is well, 1 if something needs a person
    (nothing is published yet, no process publishes, the publisher runs no rounds, the last round failed, or a
    safeguard refuses the round), and 2 if the store cannot be read. So it can be a health check.

    Example: feedsvc status --format json
    """
    from feedsvc.operations.status import attention, read_status, status_json, status_text

    found = read_status(load_settings(config, {"store.url": store}))
    typer.echo(status_json(found) if form is OutputFormat.JSON else printable(status_text(found)))
    if attention(found):
        raise typer.Exit(Exit.PROBLEMS)
