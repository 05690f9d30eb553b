"""The folder of a theme: its templates and stylesheets, read anew by each round."""

import re
from dataclasses import replace
from pathlib import Path

from feedsvc.articles.model import Problem
from feedsvc.articles.source.scanner import scan
from feedsvc.core.errors import FeedsvcError, SettingsError
from feedsvc.core.open_beneath import is_folder, real_path
from feedsvc.core.settings.model import Settings
from feedsvc.documents.pages.theme import BUILT_IN, STYLES, Theme
from feedsvc.store.store import check_url

_LARGEST = 1_000_000
"""The most bytes of a file of a theme."""


def read_theme(folder: Path | None) -> Theme:
    """Read the templates and stylesheets in a folder and below it; other files are left alone.

    A file that cannot be used becomes a problem, and feedsvc's own file is used in its place.

    Args:
        folder: The folder of the theme; None for feedsvc's own theme.

    Raises:
        SettingsError: The folder does not exist or cannot be read.
    """
    if folder is None:
        return BUILT_IN
    try:
        files = sorted(file for file in folder.rglob("*") if _counts(folder, file)) if folder.is_dir() else None
    except OSError:
        files = None
    if files is None or _NO_TEXT.search(folder.as_posix()):
        raise SettingsError(
            f"the theme {folder} is no folder that can be read", "correct the setting [pages] theme"
        )
    sources, problems = [], []
    for file in files:
        read = _read(file)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            sources.append((file.relative_to(folder).as_posix(), read))
    return Theme(folder.as_posix(), tuple(sorted(sources)), tuple(problems))


def reread(theme: Theme) -> Theme:
    """The theme as it is on disk now.

    If its folder has vanished the theme stays as it is, with a problem, so that articles are still published.
    """
    if not theme.folder:
        return theme
    try:
        return read_theme(Path(theme.folder))
    except SettingsError:
        what, remedy = "the folder of the theme has vanished or cannot be read", "put it back"
        problem = Problem(theme.folder, None, what, f"{remedy}; until then it is used as it was", of_site=True)
        return replace(theme, problems=(problem,))


def _check_apart(settings: Settings) -> None:
    """Refuse a theme whose templates are among the articles, unless its name or a pattern leaves them out."""
    if settings.pages.theme is None or not is_folder(settings.pages.theme):
        return  # which read_theme() refuses
    theme, articles = real_path(settings.pages.theme), real_path(settings.articles)
    if theme == articles or (
        theme.is_relative_to(articles) and theme.relative_to(articles).as_posix() in scan(articles).folders
    ):
        raise SettingsError(
            f"the theme {settings.pages.theme} lies in the articles directory, where its templates are articles",
            "move it, and correct the setting [pages] theme",
        )


def check_usable(settings: Settings) -> None:
    """Refuse settings with which the service could not run: a theme or a store that cannot be used here.

    Raises:
        SettingsError: All that is wrong.
    """
    errors: list[FeedsvcError] = []
    for check in (
        lambda: read_theme(settings.pages.theme),
        lambda: _check_apart(settings),
        lambda: check_url(settings.store_url),
    ):
        try:
            check()
        except FeedsvcError as error:
            errors.append(error)
    if errors:
        raise SettingsError.of_all(errors)


_NO_TEXT = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes in a name that are not UTF-8; the store keeps text alone."""


def is_theme_file(path: str, *, folder: bool = False) -> bool:
    """Whether a path belongs to the theme: a template anywhere in it, a stylesheet at its top, or a folder."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not hidden and (folder or path.endswith(".html") or path in STYLES)


def _counts(folder: Path, file: Path) -> bool:
    return is_theme_file(file.relative_to(folder).as_posix()) and file.is_file()


def _read(file: Path) -> str | Problem:
    if _NO_TEXT.search(file.as_posix()):
        what = "the name holds bytes that are no text"
        return Problem(_NO_TEXT.sub("\ufffd", file.as_posix()), None, what, "rename it", of_site=True)
    try:
        content = file.read_bytes() if file.stat().st_size <= _LARGEST else None
        if content is None:
            what, remedy = "the file is too large for a template", "make it smaller than a megabyte"
        else:
            return content.decode("utf-8-sig")
    except OSError as error:
        what, remedy = f"the file cannot be read ({error.strerror})", "check its rights"
    except UnicodeDecodeError:
        what, remedy = "the file is not UTF-8", "save it as UTF-8"
    return Problem(file.as_posix(), None, what, f"{remedy}; until then feedsvc's own is used", of_site=True)
