"""The service: ``serve`` runs it, ``settings`` shows what it runs by, ``status`` and ``push`` show its state."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedsvc.cli import options
from feedsvc.core.printable import MASK, printable, printable_line, redacted, redacted_url, to_json
from feedsvc.core.settings.loading import SECRETS, Sources, find_sources, load_settings, validate
from feedsvc.core.settings.model import SETTINGS, Settings

if TYPE_CHECKING:
    from feedsvc.operations.status import PushStatus

Host = Annotated[str | None, typer.Option(help=options.about("host"), show_default="127.0.0.1")]
Port = Annotated[int | None, typer.Option(help=options.about("port"), show_default="8000")]
Interval = Annotated[int | None, typer.Option(metavar="SECONDS", help=options.about("scan.interval"))]
Workers = Annotated[int | None, typer.Option(metavar="N", help=options.about("workers"))]


class RoleName(StrEnum):
    """The part of the service that a process runs."""

    ALL = "all"
    PUBLISHER = "publisher"
    WEB = "web"
    SENDER = "sender"


def _given(  # noqa: PLR0913, PLR0917 - the options of serve and settings
    articles: Path | None,
    host: str | None,
    port: int | None,
    base_url: str | None,
    article_url: str | None,
    store: str | None,
    interval: int | None,
    workers: int | None,
) -> Mapping[str, object]:
    site = {"articles": articles, "base_url": base_url, "article_url": article_url, "store.url": store}
    return {**site, "host": host, "port": port, "scan.interval": interval, "workers": workers}


def serve(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: options.Directory = None,
    *,
    host: Host = None,
    port: Port = None,
    base_url: options.BaseUrl = None,
    article_url: options.ArticleUrl = None,
    store: options.StoreUrl = None,
    interval: Interval = None,
    workers: Workers = None,
    config: options.Config = None,
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
    from feedsvc.core.logs import configure_logs
    from feedsvc.operations.serve import service
    from feedsvc.operations.serve.role import collect

    if (drafts and not preview) or (preview and role is not RoleName.ALL):
        what = "--drafts goes with --preview" if drafts and not preview else "--preview runs the whole service"
        raise typer.BadParameter(f"{what} alone")
    host = host or ("127.0.0.1" if preview else None)
    given = _given(directory, host, port, base_url, article_url, store, interval, workers)
    handover = collect(config, given)
    configure_logs(handover.settings, "feedsvc")
    if role is RoleName.SENDER:
        service.send(handover)
    if preview:
        service.serve_preview(handover, "drafts" if drafts else "articles")
    service.serve(handover, publish=role is not RoleName.WEB, web=role is not RoleName.PUBLISHER)


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting with its value and origin, safe to show."""

    name: str
    value: object
    origin: str
    """``default``, ``feedsvc.toml:12``, ``FEEDSVC_PORT``, or ``--port``."""


def shown(settings: Settings, sources: Sources) -> Iterator[Shown]:
    """Every setting, in the order in which they are defined."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    values["store"]["url"] = redacted_url(settings.store_url)  # the operator may see all of it but the password
    for name, setting in SETTINGS.items():
        value = values[setting.table][setting.key] if setting.table else values[name]
        yield Shown(name, _hidden(value, name), sources.origin(name))


def _hidden(value: object, name: str = "") -> object:
    """The value with passwords in URLs, and the values of keys in :data:`SECRETS`, masked."""
    if isinstance(value, Mapping):
        return {key: _hidden(each, key) for key, each in value.items()}
    if isinstance(value, str):
        return MASK if value and name.rpartition(".")[2] in SECRETS else redacted(value)
    if isinstance(value, Sequence):
        return [_hidden(each, name) for each in value]
    return value


def settings(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: options.Directory = None,
    *,
    host: Host = None,
    port: Port = None,
    base_url: options.BaseUrl = None,
    article_url: options.ArticleUrl = None,
    store: options.StoreUrl = None,
    interval: Interval = None,
    workers: Workers = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
) -> None:
    """Show every setting with its value and its origin.

    The origin is the default, the file, an environment variable or an option. It takes the options of feedsvc
    serve, and refuses what that would refuse. Passwords are not shown.

    Example: feedsvc settings --format json
    """
    from feedsvc.publishing.theme_folder import check_usable

    sources = find_sources(config, _given(directory, host, port, base_url, article_url, store, interval, workers))
    settings = validate(sources)
    found = list(shown(settings, sources))
    file = None if sources.file is None else str(sources.file.path)
    if form is options.OutputFormat.JSON:
        typer.echo(to_json({"file": file, "settings": [asdict(each) for each in found]}))
    else:
        lines = [f"configuration file: {file or 'none'}\n", *_table_lines(found)]
        typer.echo(printable("\n".join(lines)))
    check_usable(settings)


def _table_lines(found: list[Shown]) -> Iterator[str]:
    """The settings by table, with aligned columns."""
    keys = max(len(each.name.rpartition(".")[2]) for each in found)
    origins, table = max(len(each.origin) for each in found), ""
    for each in found:
        above, _, key = each.name.rpartition(".")
        if above != table:
            table = above
            yield f"\n[{table}]" if table else ""
        value = "" if each.value is None else json.dumps(each.value, ensure_ascii=False)
        yield f"{key:{keys}}  {each.origin:{origins}}  {value}".rstrip()


def status(
    *,
    store: options.StoreUrl = None,
    form: options.Form = options.OutputFormat.TEXT,
    config: options.Config = None,
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
    typer.echo(status_json(found) if form is options.OutputFormat.JSON else printable(status_text(found)))
    if attention(found):
        raise typer.Exit(options.Exit.PROBLEMS)


push = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@push.callback()
def about_push() -> None:
    """Show the destinations of push, and send a test to a webhook.

    Example: feedsvc push status
    """


@push.command("status")
def push_status(
    *,
    form: options.Form = options.OutputFormat.TEXT,
    store: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Show the destinations of push and their last deliveries.

    These are the subscribers of each feed, and the webhooks, caches and hubs that the settings name. It also shows
    which of them failed.

    Example: feedsvc push status
    """
    from feedsvc.operations.status import push_json, read_status

    found = read_status(load_settings(config, {"store.url": store})).push
    typer.echo(
        to_json(push_json(found))
        if form is options.OutputFormat.JSON
        else printable("\n".join(_push_lines(found)))
    )


@push.command("test")
def send_test(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a webhook in the settings.")],
    *,
    config: options.Config = None,
) -> None:
    """Send a test event to a webhook, and show its answer.

    Example: feedsvc push test search
    """
    from feedsvc.operations import push as operations

    answered = operations.send_test(load_settings(config), name)
    typer.echo(f"{name} answered {answered}")
    if not 200 <= answered < 300:
        raise typer.Exit(options.Exit.PROBLEMS)


def _push_lines(status: "PushStatus") -> Iterator[str]:
    from feedsvc.operations.status import plural
    from feedsvc.operations.status import shown as moment

    yield f"sender   {status.sender or 'none; it starts with the first subscriber, webhook, cache or hub'}"
    yield f"waiting  {plural(status.waiting, 'request')} to subscribe"
    for topic in status.topics:
        yield printable_line(
            f"{topic.topic}: {plural(topic.subscribers, 'subscription')}, {topic.failing} failing, "
            f"last delivery {moment(topic.delivered)}"
        )
    for one in status.destinations:
        state = f"failing ({plural(one.failures, 'time')}, {one.error})" if one.failures else "well"
        silent = ", does not push, so feeds do not name it" if one.silent else ""
        yield printable_line(
            f"{one.kind} {one.name}: told up to edition {one.told}, {state}, last {moment(one.delivered)}{silent}"
        )
    for host, error in status.errors:
        yield printable_line(f"failing subscriber at {host}: {error}")
