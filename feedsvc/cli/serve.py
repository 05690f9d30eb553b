"""``feedsvc serve``: run the service, or one process of it."""

from enum import StrEnum
from typing import Annotated

import typer

from feedsvc.cli.options import ArticleUrl, BaseUrl, Config, Directory, StoreUrl, about


class RoleName(StrEnum):
    """The part of the service that a process runs."""

    ALL = "all"
    PUBLISHER = "publisher"
    WEB = "web"
    SENDER = "sender"


def serve(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    host: Annotated[str | None, typer.Option(help=about("host"), show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help=about("port"), show_default="8000")] = None,
    base_url: BaseUrl = None,
    article_url: ArticleUrl = None,
    store: StoreUrl = None,
    interval: Annotated[int | None, typer.Option(metavar="SECONDS", help=about("scan.interval"))] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help=about("workers"))] = None,
    config: Config = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Show the site to this machine alone, with links that stay here; publish nothing."
        ),
    ] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="In a preview, show drafts as well.")] = False,
    role: Annotated[RoleName, typer.Option(help="Run only one part of the service.")] = RoleName.ALL,
) -> None:
    """Publish a directory and serve its feeds until Ctrl-C or SIGTERM.

    SIGHUP scans the directory at once. A change of the configuration file is applied while feeds are being served;
    host, port, workers and the store wait for a restart.

    Example: feedsvc serve stories --port 8080 --base-url https://news.example.org
    """
    given = {
        "articles": directory,
        "host": host or ("127.0.0.1" if preview else None),
        "port": port,
        "base_url": base_url,
        "article_url": article_url,
        "store.url": store,
        "scan.interval": interval,
        "workers": workers,
    }
    from feedsvc.core.logs import configure_logs
    from feedsvc.operations.serve.role import collect
    from feedsvc.operations.serve.service import send, serve_preview
    from feedsvc.operations.serve.service import serve as run_service

    if (drafts and not preview) or (preview and role is not RoleName.ALL):
        what = "--drafts goes with --preview" if drafts and not preview else "--preview runs the whole service"
        raise typer.BadParameter(f"{what} alone")
    handover = collect(config, given)
    configure_logs(handover.settings, "feedsvc")
    if role is RoleName.SENDER:
        send(handover)
    if preview:
        serve_preview(handover, "drafts" if drafts else "articles")
    run_service(handover, publish=role is not RoleName.WEB, web=role is not RoleName.PUBLISHER)
