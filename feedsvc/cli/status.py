"""``feedsvc status``: show the state of the service, from the store alone."""

from typing import Annotated

import typer

from feedsvc.cli.options import Config, Form, OutputFormat, about
from feedsvc.core.settings.loading import load_settings


def status(
    *,
    store: Annotated[str | None, typer.Option(metavar="URL", help=about("store"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Show the state of the service: edition, articles, problems, active safeguards, publisher.

    It reads only the store, and may run beside feedsvc serve.

    Example: feedsvc status --format json
    """
    from feedsvc.cli.options import visible
    from feedsvc.operations.status import read_status, status_json, status_text

    found = read_status(load_settings(config, {"store": store}))
    typer.echo(status_json(found) if form is OutputFormat.JSON else visible(status_text(found)))
