"""``feedsvc init``: write a settings file and a first article."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from feedsvc.cli.options import Directory, about
from feedsvc.core.errors import SettingsError
from feedsvc.core.printable import printable_line
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
_QUESTIONS = {
    "site.title": "What is the site called?",
    "base_url": "Where will others find it, such as https://news.example.org?",
    "site.author": "Who writes?",
}


def init(
    directory: Directory = None,
    *,
    title: Annotated[str | None, typer.Option(help=about("site.title"))] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))] = None,
    author: Annotated[str | None, typer.Option(help=about("site.author"))] = None,
) -> None:
    """Write a short feedsvc.toml and a first article. No file is overwritten.

    On a terminal it asks for the title, the address and the author of the site, unless options give them. An
    answer may be left empty and set later. In the folder of a Jekyll, Hugo or Pelican site it takes over the
    folder of the posts, and title, address, language and permalinks from the configuration, which it never runs.

    Example: feedsvc init stories --title "Harbour News" --base-url https://news.example.org --author Ines
    """
    if CONFIG_FILE.exists():
        raise SettingsError(f"{CONFIG_FILE} exists already", "edit it, or go to another folder")
    given = {"articles": directory, "site.title": title, "base_url": base_url, "site.author": author}
    load_settings(given=given)  # a wrong option is told before anything is asked
    chosen: dict[str, object] = _taken_over() | {name: value for name, value in given.items() if value is not None}
    for name, question in _QUESTIONS.items():
        if given[name] is None and sys.stdin.isatty():
            chosen[name] = _asked(question, name, str(chosen.get(name, "")))
    settings = load_settings(given=chosen)
    made = _made(settings.articles)  # first, since a settings file that exists already would stop the next try
    _write(CONFIG_FILE, config_text(chosen | {"articles": settings.articles}))
    if made:
        _write(settings.articles / "first-story.md", _FIRST)
    typer.echo("Now run: feedsvc serve")


def _taken_over() -> dict[str, object]:
    """The settings of a site generator whose site is in this folder, as far as they can be feedsvc's."""
    from feedsvc.articles.frontmatter.generator_config import recognised

    found = recognised(Path())
    if found is None:
        return {}
    taken = {name: value for name, value in found.settings.items() if not _fault(name, value)}
    typer.echo(printable_line(f"{found.file} is of {found.generator}; taken over: {', '.join(taken)}"))
    left = sorted(found.settings.keys() - taken)
    for name in left:
        typer.echo(
            printable_line(f"left out: {name}, {found.settings[name]!r}: {_fault(name, found.settings[name])}")
        )
    for section, pattern in found.other_permalinks.items():
        page = f"{found.settings['articles']}/{section}/_index.md"
        typer.echo(
            printable_line(
                f"left out: permalinks of {section}, {pattern!r}: to keep them, add to the header of {page}: "
                f"cascade: {{url: {pattern!r}}}"
            )
        )
    return dict(taken)


def _asked(question: str, name: str, default: str) -> str | None:
    """The answer to a question, which is asked again until the answer can be used; None for an empty one."""
    while True:
        answer = typer.prompt(question, default=default, show_default=bool(default), err=True).strip()
        fault = _fault(name, answer)
        if not answer or not fault:
            return answer or None
        typer.echo(f"That cannot be used: {fault}.", err=True)


def _fault(name: str, value: str) -> str:
    """The fault in the value of a setting; empty where there is none."""
    try:
        load_settings(given={name: value})
    except SettingsError as error:
        return error.remedy
    return ""


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
