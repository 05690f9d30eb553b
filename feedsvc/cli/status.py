"""``feedsvc status``: show the state of the service, from the store alone."""

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, StoreUrl
from feedsvc.core.printable import printable
from feedsvc.core.settings.loading import load_settings


def status(
    *,
    store: StoreUrl = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show the state of the service: edition, articles, problems, active safeguards, publisher.

    It reads only the store, and may run beside feedsvc serve.

    Example: feedsvc status --format json
    """
    from feedsvc.operations.status import read_status, status_json, status_text

    found = read_status(load_settings(config, {"store": store}))
    typer.echo(status_json(found) if form is OutputFormat.JSON else printable(status_text(found)))
