"""``feedsvc publish``: one round, for cron and CI, and the consents that let a refused one pass."""

from typing import Annotated

import typer

from feedsvc.cli.options import (
    AcceptFlood,
    AcceptHeaders,
    AcceptRemovals,
    Config,
    Directory,
    Form,
    OutputFormat,
    about,
)
from feedsvc.core.settings.loading import load_settings


def publish(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    accept_removals: AcceptRemovals = False,
    accept_flood: AcceptFlood = False,
    accept_headers: AcceptHeaders = False,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help=about("store"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Publish what there is, once: for cron, for CI, and to let a round pass that was refused.

    While feedsvc serve runs on the same store, its publisher runs the round, by its own settings. The exit status
    is 0 when all is published, 1 when files were set aside, 2 when the round could not be run, 3 when a rail
    refused it.

    Example: feedsvc publish stories --base-url https://news.example.org
    """
    from feedsvc.articles.policy.refusals import Overrides
    from feedsvc.cli.options import visible
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.cli.round_text import exit_status, report_json, report_text
    from feedsvc.core.logs import configure_logs
    from feedsvc.operations import commands

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    configure_logs(settings.model_copy(update={"log_level": "warning"}), "publish")
    consent = Overrides(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    with Patience("Reading") as patience:
        report = commands.publish(settings, consent, patience.stage)
    typer.echo(report_json(report) if form is OutputFormat.JSON else visible(report_text(report)))
    if status := exit_status(report):
        raise typer.Exit(status)
