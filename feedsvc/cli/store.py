"""``feedsvc store``: take the ledger elsewhere, bring it back, rebuild a damaged store."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import AcceptFlood, AcceptHeaders, AcceptRemovals, Config, Directory, Exit, about
from feedsvc.core.settings.loading import load_settings

store = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The ledger, JSON; - for standard input or output.")]
Url = Annotated[str | None, typer.Option("--store", metavar="URL", help=about("store"))]


class Wanted(StrEnum):
    """Whom a store can be for."""

    PUBLIC = "public"
    PRIVATE = "private"


@store.callback()
def about_store() -> None:
    """Keep the ledger: the ids and dates by which subscribers know the articles.

    Example: feedsvc store export ledger.json
    """


@store.command("export")
def export_(file: File, *, url: Url = None, config: Config = None) -> None:
    """Write the ledger into one file, also while feedsvc runs. Articles' bodies are not in it.

    Example: feedsvc store export ledger.json
    """
    from feedsvc.core.printable import printable_json
    from feedsvc.operations.ledger import export_ledger, exported_lines

    settings = load_settings(config, {"store": url})
    if str(file) == "-":
        for line in exported_lines(settings):
            typer.echo(printable_json(line), nl=False)
    else:
        typer.echo(f"{export_ledger(settings, file)} records written to {file}")


@store.command("import")
def import_(
    file: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up the store's own records for it.")] = False,
    url: Url = None,
    config: Config = None,
) -> None:
    """Take a ledger over, also while feedsvc runs. What is public in the store stays as it is.

    Exit status 1 if something was not taken over, because the public knows another id already.

    Example: feedsvc store import ledger.json
    """
    from feedsvc.cli.options import visible
    from feedsvc.operations.ledger import import_file

    merged = import_file(load_settings(config, {"store": url}), file, replace=replace)
    for words in merged.refused:
        typer.echo(visible(f"not taken over: {words}"))
    typer.echo(f"{len(merged.save)} records taken over, {len(merged.forget)} given up")
    if merged.refused:
        raise typer.Exit(Exit.FOUND)


@store.command()
def access(
    wanted: Annotated[Wanted | None, typer.Argument(metavar="[public|private]", help="Whom it is for.")] = None,
    *,
    url: Url = None,
    config: Config = None,
) -> None:
    """Tell whom the store is for, everybody or readers with a token; or say so, while feedsvc does not run.

    A service refuses a store that is for others than its settings say (access). After "public", all that is in the
    directory of articles will be published.

    Example: feedsvc store access public
    """
    from feedsvc.operations import private_readers

    found = private_readers.access(load_settings(config, {"store": url}), None if wanted is None else wanted.value)
    typer.echo(found or "nobody has said yet")


@store.command()
def rebuild(  # noqa: PLR0913 - one parameter an option is typer's way
    directory: Directory = None,
    *,
    ledger: Annotated[
        Path | None,
        typer.Option(exists=True, metavar="FILE", help="The last export. By default the copy beside the store."),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Go on without a ledger: make ids and dates anew.")] = False,
    accept_removals: AcceptRemovals = False,
    accept_flood: AcceptFlood = False,
    accept_headers: AcceptHeaders = False,
    url: Url = None,
    config: Config = None,
) -> None:
    """Make a new store of the articles and the last ledger. The damaged one is set aside, never deleted.

    The exit status is 1 when files were set aside, 3 when a rail refused it, upon which the old store stays.

    Example: feedsvc store rebuild stories --ledger ledger.json
    """
    from feedsvc.articles.policy.refusals import Overrides, SafeguardError
    from feedsvc.cli.options import visible
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.operations.ledger import rebuild_store

    settings = load_settings(config, {"articles": directory, "store": url})
    consent = Overrides(removals=accept_removals, flood=accept_flood, headers=accept_headers)
    try:
        with Patience("Reading") as patience:
            rebuilt = rebuild_store(settings, ledger, consent, patience.stage, anew=anew)
    except SafeguardError as error:
        for each in error.refusals:
            # A round of its own would meet the damaged store.
            remedy = each.remedy.replace("feedsvc publish", "feedsvc store rebuild")
            typer.echo(visible(f"refused: {each.what}; {remedy}"))
        typer.echo("nothing was rebuilt; the old store stays")
        raise typer.Exit(Exit.REFUSED) from error
    problems = rebuilt.outcome.problems
    for problem in problems:
        place = settings.articles / problem.place
        typer.echo(visible(f"{place}: {problem.severity}: {problem.what}; {problem.remedy}"))
    typer.echo(
        f"{rebuilt.outcome.public} articles published as edition {rebuilt.outcome.memory.edition.number}, "
        f"ids and dates from {rebuilt.source}"
    )
    if rebuilt.aside.exists():
        typer.echo(f"the old store is kept as {rebuilt.aside}")
    if any(problem.severity == "problem" for problem in problems):
        raise typer.Exit(Exit.FOUND)
