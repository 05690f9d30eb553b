"""``feedsvc init``: write a settings file and a first article."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Directory, about
from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.config_file import CONFIG_FILE
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.settings.text import config_text

_FIRST = """\
---
title: The first story
tags: [beginnings]
---
This is an article. Change it, or delete it and write another: a `.txt`, `.md` or `.html` file in this folder is
all that it takes.

*feedsvc serve* shows it, and `feedsvc check` tells what is wrong with it.
"""


def init(
    directory: Directory = None,
    *,
    title: Annotated[str | None, typer.Option(help=about("site.title"))] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))] = None,
    author: Annotated[str | None, typer.Option(help=about("site.author"))] = None,
) -> None:
    """Write a commented feedsvc.toml and a first article. No file is overwritten.

    On a terminal it asks for the title, the address and the author of the site, unless options give them. An
    answer may be left empty and set later.

    Example: feedsvc init stories --title "Harbour News" --base-url https://news.example.org --author Ines
    """
    if CONFIG_FILE.exists():
        raise SettingsError(f"{CONFIG_FILE} exists already", "edit it, or go to another folder")
    title = _asked("What is the site called?", title)
    base_url = _asked("Where will others find it, such as https://news.example.org?", base_url)
    author = _asked("Who writes?", author)
    chosen = {"articles": directory, "site.title": title, "base_url": base_url, "site.author": author}
    settings = load_settings(given=chosen)  # a wrong answer is told before anything is written
    made = _made(settings.articles)  # first, since a settings file that exists already would stop the next try
    _write(CONFIG_FILE, config_text(chosen | {"articles": settings.articles}))
    if made:
        _write(settings.articles / "first-story.md", _FIRST)
    typer.echo("Now run: feedsvc serve")


def _asked(question: str, given: str | None) -> str | None:
    """The answer; None if there is none, or nobody to ask."""
    if given is None and sys.stdin.isatty():
        given = typer.prompt(question, default="", show_default=False, err=True)
    return given.strip() or None if given is not None else None


def _made(folder: Path) -> bool:
    """Whether the folder was not there and is now."""
    try:
        if folder.exists():
            return False
        folder.mkdir(parents=True)
    except OSError as error:
        raise SettingsError(
            f"cannot make {folder} ({error.strerror})", "name a folder that can be made, or allow it to be written"
        ) from error
    return True


def _write(file: Path, text: str) -> None:
    """Write a file that must not be there yet."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise SettingsError(f"cannot write {file} ({error.strerror})", "allow it to be written") from error
    typer.echo(f"written: {file}")
