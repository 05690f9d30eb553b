"""``feedsvc export``: write the newest edition as files for a static host."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedsvc.cli.options import Articles, Config, Exit, Form, OutputFormat, ProgressBar, StoreUrl
from feedsvc.core.printable import printable, to_json
from feedsvc.core.settings.loading import load_settings

if TYPE_CHECKING:
    from feedsvc.operations.export.edition import Exported

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Write into a folder that holds other files, and replace files of the same names."
    ),
]


def export(  # noqa: PLR0913 - one parameter an option is typer's way
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write to; it is made if it does not exist.")
    ],
    *,
    directory: Articles = None,
    link: Annotated[
        bool, typer.Option("--link", help="Hard-link media files instead of copying them, where possible.")
    ] = False,
    overwrite: Overwrite = False,
    private: Annotated[
        bool, typer.Option("--private", help="Export a private site, for a host that asks for passwords itself.")
    ] = False,
    store: StoreUrl = None,
    form: Form = OutputFormat.TEXT,
    config: Config = None,
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
    from feedsvc.operations.export.edition import export_site

    settings = load_settings(config, {"articles": directory, "store.url": store})
    with ProgressBar("Exporting") as bar:
        done = export_site(settings, folder, bar.progress, overwrite=overwrite, link=link, private_too=private)
    typer.echo(to_json(asdict(done)) if form is OutputFormat.JSON else printable(_text(done, folder)))
    if done.problems:
        raise typer.Exit(Exit.PROBLEMS)


def _text(done: "Exported", folder: Path) -> str:
    """For people: the problems, and a line of counts."""
    problems = [f"left out: {problem}" for problem in done.problems]
    counts = f"{done.paths} paths, {done.written} files written, {done.deleted} deleted"
    return "\n".join([*problems, f"edition {done.edition} in {folder}: {counts}"])
