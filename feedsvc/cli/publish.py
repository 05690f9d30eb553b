"""``feedsvc publish``: run one round, with overrides of safeguards where the operator gives them."""

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
    """Publish the articles once: for cron, for CI, or to override a safeguard that refused a round.

    While feedsvc serve runs on the same store, its publisher runs the round, with its own settings. The exit
    status is 0 if all articles are published, 1 if files were set aside, 2 if the round failed, and 3 if a
    safeguard refused it.

    Example: feedsvc publish stories --base-url https://news.example.org
    """
    from feedsvc.articles.policy.safeguards import Overrides
    from feedsvc.cli.options import visible
    from feedsvc.cli.progress_bar import ProgressBar
    from feedsvc.cli.round_text import exit_status, report_json, report_text
    from feedsvc.core.logs import configure_logs
    from feedsvc.operations import commands

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    configure_logs(settings.model_copy(update={"log_level": "warning"}), "publish")
    overrides = Overrides(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    with ProgressBar("Reading") as bar:
        report = commands.publish(settings, overrides, bar.stage)
    typer.echo(report_json(report) if form is OutputFormat.JSON else visible(report_text(report)))
    if status := exit_status(report):
        raise typer.Exit(status)
