"""The store: ``feedsvc store`` backs it up and rebuilds it, ``feedsvc readers`` keeps its access tokens."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli import options
from feedsvc.core.printable import printable, printable_json, to_json
from feedsvc.core.settings.loading import load_settings

if TYPE_CHECKING:
    from feedsvc.operations.ledger import Rebuilt

store = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The ledger file (JSON); - for standard input or output.")
]


class Wanted(StrEnum):
    """The readers that a site may have."""

    PUBLIC = "public"
    PRIVATE = "private"


@store.callback()
def about_store() -> None:
    """Back up, restore and rebuild the ledger.

    The ledger has the ids and dates by which subscribers know the articles.

    Example: feedsvc store backup ledger.json
    """


@store.command()
def backup(file: File, *, url: options.StoreUrl = None, config: options.Config = None) -> None:
    """Back up the ledger as one file.

    The file has ids, dates and pages, without bodies. The command may run beside feedsvc serve.

    Example: feedsvc store backup ledger.json
    """
    from feedsvc.core.open_beneath import is_file
    from feedsvc.operations.ledger import export_ledger, exported_lines

    settings = load_settings(config, {"store.url": url})
    if str(file) == "-":
        for line in exported_lines(settings):
            typer.echo(printable_json(line), nl=False)
    else:
        count = export_ledger(settings, file)
        # A pipe may be standard output, by another name: what is said there would spoil the ledger.
        typer.echo(f"{count} records written to {file}", err=not is_file(file))


@store.command()
def restore(
    file: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the records of the store.")] = False,
    url: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Restore a ledger into a store that works. Ids and dates that are public already stay as they are.

    It may run beside feedsvc serve. The exit status is 1 if a record was not restored because its article is
    public under another id. For a damaged store there is feedsvc store rebuild.

    Example: feedsvc store restore ledger.json
    """
    from feedsvc.operations.ledger import import_file

    merged = import_file(load_settings(config, {"store.url": url}), file, replace=replace)
    for words in merged.refused:
        typer.echo(printable(f"not restored: {words}"))
    typer.echo(f"{len(merged.save)} records restored, {len(merged.forget)} removed")
    if merged.refused:
        raise typer.Exit(options.Exit.PROBLEMS)


@store.command()
def access(
    wanted: Annotated[
        Wanted | None, typer.Argument(metavar="[public|private]", help="Who may read the site.")
    ] = None,
    *,
    url: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Show or set whether the site is public or private.

    Set it only while feedsvc does not run.

    feedsvc refuses to publish or serve a store whose value differs from the setting access. After "public",
    everybody may read all articles in the directory.

    Example: feedsvc store access public
    """
    from feedsvc.operations import private_readers as operations

    found = operations.access(load_settings(config, {"store.url": url}), None if wanted is None else wanted.value)
    typer.echo(found or "not set yet")


@store.command()
def rebuild(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: options.Directory = None,
    *,
    ledger: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            metavar="FILE",
            help="The last backup of the ledger. By default the copy beside the store.",
        ),
    ] = None,
    without_ledger: Annotated[
        bool, typer.Option("--without-ledger", help="Make new ids and dates if there is no ledger.")
    ] = False,
    accept_removals: options.AcceptRemovals = False,
    accept_flood: options.AcceptFlood = False,
    accept_headers: options.AcceptHeaders = False,
    url: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Make a new store from the articles and the last ledger. The damaged store is renamed, never deleted.

    The exit status is 1 if files were set aside, and 3 if a safeguard refused the round; the old store then stays.

    Example: feedsvc store rebuild stories --ledger ledger.json
    """
    from feedsvc.articles.safeguards import Overrides, SafeguardError
    from feedsvc.operations.ledger import rebuild_store

    settings = load_settings(config, {"articles": directory, "store.url": url})
    overrides = Overrides(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    try:
        with options.ProgressBar("Reading") as bar:
            rebuilt = rebuild_store(settings, ledger, overrides, bar.stage, without_ledger=without_ledger)
    except SafeguardError as error:
        for each in error.refusals:
            # A round of its own would meet the damaged store.
            remedy = each.remedy.replace("feedsvc publish", "feedsvc store rebuild")
            typer.echo(printable(f"refused: {each.what}; {remedy}"))
        typer.echo("nothing was rebuilt; the old store stays")
        raise typer.Exit(options.Exit.REFUSED) from error
    typer.echo(printable(_rebuilt_text(rebuilt, settings.articles)))
    if any(problem.severity == "problem" for problem in rebuilt.outcome.problems):
        raise typer.Exit(options.Exit.PROBLEMS)


def _rebuilt_text(rebuilt: "Rebuilt", articles: Path) -> str:
    """The problems of the articles, how many were published, and where the damaged store is."""
    outcome = rebuilt.outcome
    lines = [f"{articles / each.place}: {each.severity}: {each.what}; {each.remedy}" for each in outcome.problems]
    edition = outcome.state.edition.number
    lines.append(
        f"{outcome.counts.published} articles published as edition {edition}, ids and dates from {rebuilt.source}"
    )
    if rebuilt.aside.exists():
        lines.append(f"the old store is kept as {rebuilt.aside}")
    return "\n".join(lines)


readers = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@readers.callback()
def about_readers() -> None:
    """Give and revoke access tokens of a private site.

    That is a site with access = "private".

    Example: feedsvc readers add ada
    """


@readers.command("add")
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The reader's name, which is also the user name for HTTP Basic.")
    ],
    *,
    form: options.Form = options.OutputFormat.TEXT,
    store: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Give a reader an access token. It is shown only now, and works within a second, also while feedsvc runs.

    With the name as user and the token as password (HTTP Basic), every page and feed can be read. For programs
    that cannot send them, the command shows feed addresses that contain the token.

    Example: feedsvc readers add ada
    """
    from feedsvc.operations import private_readers as operations

    token, urls = operations.add_reader(load_settings(config, {"store.url": store}), name)
    if form is options.OutputFormat.JSON:
        typer.echo(to_json({"name": name, "token": token, "feeds": urls}))
    else:
        typer.echo(printable(f"name   {name}\ntoken  {token}"))
        for url in urls:
            typer.echo(url)
    typer.echo(
        "The token and these addresses are secret, belong to this reader alone, and are not shown again.", err=True
    )


@readers.command("list")
def list_(
    *,
    form: options.Form = options.OutputFormat.TEXT,
    store: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """List the readers, also those whose token is revoked.

    It shows the beginning of each token.

    Example: feedsvc readers list
    """
    from feedsvc.operations import private_readers as operations
    from feedsvc.operations.status import shown

    readers = operations.readers(load_settings(config, {"store.url": store}))
    if form is options.OutputFormat.JSON:
        told = [{key: value for key, value in asdict(each).items() if key != "digest"} for each in readers]
        typer.echo(to_json(told))
        return
    for each in readers:
        end = f"revoked {shown(each.revoked)}" if each.revoked else "in force"
        typer.echo(printable(f"{each.token_prefix}…  {each.name or '-'}  made {shown(each.created)}  {end}"))


@readers.command("revoke")
def revoke(
    which: Annotated[
        str, typer.Argument(metavar="NAME", help="The reader's name, or the beginning of the token.")
    ],
    *,
    store: options.StoreUrl = None,
    config: options.Config = None,
) -> None:
    """Revoke the token of a reader. It stops working within a second, also while feedsvc runs.

    Example: feedsvc readers revoke ada
    """
    from feedsvc.operations import private_readers as operations

    for each in operations.revoke_reader(load_settings(config, {"store.url": store}), which):
        typer.echo(printable(f"revoked {each.token_prefix}… of {each.name or 'a reader without a name'}"))
