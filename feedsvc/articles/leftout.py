"""Left out: files that have an article's suffix and are none."""

from feedsvc.articles.datafiles import is_section_page
from feedsvc.articles.formats import article_format


def is_article(path: str) -> bool:
    """Whether the file at ``path`` is an article by its name; the page of a section only describes it."""
    return article_format(path) is not None and not is_section_page(path[path.rfind("/") + 1 :])
