"""Relevance: which changes of files are worth a scan; the store may lie beside the articles, and never rests."""

from feedsvc.articles.datafiles import is_data_file
from feedsvc.articles.formats import article_format
from feedsvc.articles.ignore import IGNORE_FILE
from feedsvc.articles.media import media_type
from feedsvc.articles.strays import is_left_out


def is_relevant(path: str, *, folder: bool) -> bool:
    """Whether a change at ``path``, relative to the articles directory, may be one of what a scan would list.

    Args:
        path: What changed; with ``/``.
        folder: Whether it is, or may have been, a folder.
    """
    folders, _, name = path.rpartition("/")
    if any(map(is_left_out, folders.split("/") if folders else ())):
        return False
    if name == IGNORE_FILE:
        return True
    return not is_left_out(name) and (
        folder or bool(article_format(name) or media_type(name) or is_data_file(name))
    )
