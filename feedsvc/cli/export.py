"""``feedsvc export``: the newest edition as files, for any static host."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Config, Exit, Form, OutputFormat, about
from feedsvc.core.settings.loading import load_settings


def export(  # noqa: PLR0913 - one parameter an option is typer's way
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; made if it is not there.")],
    *,
    directory: Annotated[
        Path | None, typer.Option("--articles", metavar="DIR", help=about("articles"), show_default="articles")
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Link media files, where possible.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write into a folder of others, and over their files.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Export a private site, to a host that asks for a password itself.")
    ] = False,
    store: Annotated[str | None, typer.Option(metavar="URL", help=about("store"))] = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
) -> None:
    """Write the newest edition as files that any static host can serve, with what hosts have to be told.

    DIR/site holds the site, each file with a .gz and a .br beside it where that is worth it, and _headers and
    _redirects for Netlify and Cloudflare Pages; DIR/nginx what nginx includes; DIR/s3.json what goes with each
    object of a bucket. A second export touches only what has changed, and deletes what it once wrote. Run feedsvc
    publish before it; its exit status 1 tells of files that were set aside, and all others are published.

    Example: feedsvc publish; [ $? -le 1 ] && feedsvc export public
    """
    from feedsvc.cli.options import visible
    from feedsvc.cli.progress_bar import Patience
    from feedsvc.core.printable import to_json
    from feedsvc.operations.export.edition import export_site

    settings = load_settings(config, {"articles": directory, "store": store})
    with Patience("Exporting") as patience:
        done = export_site(
            settings, folder, patience.progress, overwrite=overwrite, link=link, private_too=private
        )
    if form is OutputFormat.JSON:
        typer.echo(to_json(asdict(done)))
    else:
        for problem in done.problems:
            typer.echo(visible(f"left out: {problem}"))
        typer.echo(
            f"edition {done.edition} in {folder}: {done.paths} paths, "
            f"{done.written} files written, {done.deleted} deleted"
        )
    if done.problems:
        raise typer.Exit(Exit.FOUND)
