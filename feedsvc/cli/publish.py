"""``feedsvc publish`` runs one round, and ``feedsvc export`` writes what was published as files."""

import os
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli import options
from feedsvc.core.printable import printable, printable_line, to_json
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now

if TYPE_CHECKING:
    from feedsvc.articles.safeguards import Overrides
    from feedsvc.publishing.rendering import Progress
    from feedsvc.store.operator_store import Report


def publish(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: options.Directory = None,
    *,
    accept_removals: options.AcceptRemovals = False,
    accept_flood: options.AcceptFlood = False,
    accept_headers: options.AcceptHeaders = False,
    base_url: options.BaseUrl = None,
    article_url: options.ArticleUrl = None,
    store: options.StoreUrl = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
) -> None:
    """Publish the articles once, for cron or CI.

    It can also override a safeguard that refused a round. While feedsvc serve runs on the same store, its
    publisher runs the round, with its own settings. The exit status is 0 if all articles are published, 1 if
    files were set aside, 2 if the round failed, and 3 if a safeguard refused it.

    Example: feedsvc publish stories --base-url https://news.example.org
    """
    from feedsvc.articles.safeguards import Overrides
    from feedsvc.core.logs import configure_logs

    given = {"articles": directory, "base_url": base_url, "article_url": article_url, "store.url": store}
    settings = load_settings(config, given)
    configure_logs(settings.with_log_level("warning"), "publish")
    overrides = Overrides(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    with options.ProgressBar("Reading") as bar:
        report = run_round(settings, overrides, bar.stage)
    typer.echo(report_json(report) if form is options.OutputFormat.JSON else printable(report_text(report)))
    if status := exit_status(report):
        raise typer.Exit(status)


def run_round(settings: Settings, overrides: "Overrides", progress: "Progress" = lambda *_: None) -> "Report":
    """Run one round, or let the publisher of a running service run it; return the report of the round.

    Raises:
        PrivacyError: The store belongs to a private site and the settings to a public one, or the other way round.
        FeedsvcError: The round could not be run.
    """
    from feedsvc.articles.reading.pool import ReaderPool
    from feedsvc.articles.source.scanner import check_directory
    from feedsvc.operations.ledger import restore_backup
    from feedsvc.publishing.options import backup_file, round_options
    from feedsvc.publishing.single_round import publish_once
    from feedsvc.publishing.theme_folder import check_usable
    from feedsvc.store.ledger_copy import LedgerCopy, warn_of_loose_files
    from feedsvc.store.store import has_edition, open_store

    check_usable(settings)
    if not has_edition(settings.store_url):
        check_directory(settings.articles)  # else a store would be made for nothing
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        restore_backup(store, backup_file(settings), now())
        store.operator.claim(settings.access)
        copy = LedgerCopy(backup_file(settings), store.operator.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            wanted = round_options(settings)
            return publish_once(wanted, store, overrides, now, readers, copy=copy, progress=progress)


def exit_status(report: "Report") -> options.Exit:
    """The exit status for the outcome of a round; the worst one if several apply."""
    if report.failure:
        return options.Exit.FAILED
    if report.refusals:
        return options.Exit.REFUSED
    return options.Exit.PROBLEMS if report.set_aside else options.Exit.OK


def report_text(report: "Report") -> str:
    """The report for people: pages that appeared or went away, problems and warnings, and a line of counts."""
    from feedsvc.operations.status import findings

    moved = [f"{each.kind}: {page}" for each in report.moved for page in each.pages]
    more = [f"{each.kind}: {rest} more" for each in report.moved if (rest := each.count - len(each.pages))]
    return "\n".join([*moved, *more, *map(printable_line, findings(report)), _summary(report)])


def _summary(report: "Report") -> str:
    if report.failure or report.refusals:
        return "nothing of this round counts; the last edition stays"
    from feedsvc.articles.source.selection import left_out_line

    line = f"{report.counts.published} published, {report.read} read, {report.changed} documents changed"
    return f"{line}; left out: {left_out_line(report.left_out)}" if report.left_out else line


def report_json(report: "Report") -> str:
    """The report for programs."""
    from feedsvc.operations.status import findings, round_json

    told = {"exit_status": exit_status(report), "round": round_json(report), "findings": findings(report)}
    return to_json(told)


def export(  # noqa: PLR0913 - one parameter an option is typer's way
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write to; it is made if it does not exist.")
    ],
    *,
    directory: options.Articles = None,
    link: Annotated[
        bool, typer.Option("--link", help="Hard-link media files instead of copying them, where possible.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Write into a folder that holds other files, and replace files of the same names."
        ),
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Export a private site, for a host that asks for passwords itself.")
    ] = False,
    store: options.StoreUrl = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
) -> None:
    """Write the newest edition as files for a static host.

    Configuration for common hosts lies beside them. DIR/site holds the site, each file with a .gz and a .br beside
    it where compression helps (feeds of archives a .gz only), and _headers and _redirects for Netlify and
    Cloudflare Pages. DIR/nginx holds files for nginx to include, and DIR/s3.json the metadata of each object of an
    S3 bucket. A second export writes only changed files, and deletes files of an earlier export that are no longer
    needed. Run feedsvc publish first; if that exits with status 1, files were set aside and all others are
    published.

    Example: feedsvc publish; [ $? -le 1 ] && feedsvc export public
    """
    _load_beside("feedsvc.operations.export.processes")
    from feedsvc.operations.export.edition import export_site

    settings = load_settings(config, {"articles": directory, "store.url": store})
    with options.ProgressBar("Exporting") as bar:
        done = export_site(settings, folder, bar.progress, overwrite=overwrite, link=link, private_too=private)
    if form is options.OutputFormat.JSON:
        typer.echo(to_json(asdict(done)))
    else:
        problems = [f"left out: {problem}" for problem in done.problems]
        counts = f"{done.paths} paths, {done.written} files written, {done.deleted} deleted"
        typer.echo(printable("\n".join([*problems, f"edition {done.edition} in {folder}: {counts}"])))
    if done.problems:
        raise typer.Exit(options.Exit.PROBLEMS)


_SAFE_PATH = "PYTHONSAFEPATH"
"""The variable by which Python does as with -P: what lies in the working directory is not the program."""


def _load_beside(module: str) -> None:
    """Load a module in the process from which others will be forked, while this one loads the same."""
    from multiprocessing import forkserver, set_forkserver_preload

    if (os.cpu_count() or 1) == 1:
        return
    set_forkserver_preload([module])
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[_SAFE_PATH]
        os.environ.update({} if before is None else {_SAFE_PATH: before})
