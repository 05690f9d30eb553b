"""``feedsvc publish``: one round, for cron and CI, and the consents that let a refused one pass."""

import json
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Directory, Form, OutputFormat, about
from feedsvc.cli.terminal import visible
from feedsvc.logs import configure_logs
from feedsvc.report import Report
from feedsvc.settings import load_settings
from feedsvc.status import findings, round_json

SET_ASIDE = 1
FAILED = 2
REFUSED = 3
"""Exit statuses: files were set aside, and the rest is published; the round could not be run; a rail holds."""


def publish(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Let a large part of what is published go, this once.")
    ] = False,
    accept_flood: Annotated[
        bool, typer.Option("--accept-flood", help="Publish what looks published already, this once.")
    ] = False,
    accept_headers: Annotated[
        bool, typer.Option("--accept-headers", help="Take files that lost their headers as they are, this once.")
    ] = False,
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
    from feedsvc import service  # noqa: PLC0415 - help and version answer without loading it all
    from feedsvc.articles import Consent  # noqa: PLC0415 - see above

    settings = load_settings(config, {"articles": directory, "base_url": base_url, "store": store})
    configure_logs(settings.model_copy(update={"log_level": "warning"}), "publish")
    consent = Consent(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    report = service.publish(settings, consent)
    typer.echo(_json(report) if form is OutputFormat.JSON else visible(_text(report)))
    if status := exit_status(report):
        raise typer.Exit(status)


def exit_status(report: Report) -> int:
    """What a script is told; the worst of what there is."""
    if report.failure:
        return FAILED
    if report.refusals:
        return REFUSED
    return SET_ASIDE if report.set_aside else 0


def _text(report: Report) -> str:
    moved = [f"{each.kind}: {page}" for each in report.moved for page in each.pages]
    more = [f"{each.kind}: {rest} more" for each in report.moved if (rest := each.count - len(each.pages))]
    return "\n".join([*moved, *more, *findings(report), _summary(report)])


def _summary(report: Report) -> str:
    if report.failure or report.refusals:
        return "nothing of this round counts; the last edition stays"
    return f"{report.counts.published} published, {report.read} read, {report.changed} documents changed"


def _json(report: Report) -> str:
    told = {"exit_status": exit_status(report), "round": round_json(report), "findings": findings(report)}
    return json.dumps(told, ensure_ascii=False, indent=2)
