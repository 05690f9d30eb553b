"""A query: a channel as the operator describes it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from feedsvc.articles.identity.paths import section_of, sections_of
from feedsvc.articles.identity.slugs import name_key
from feedsvc.articles.model import Article, Extent


@dataclass(frozen=True, slots=True)
class Query:
    """Which articles a channel holds: those that fit every field that is not empty, each by any of its values."""

    path: str
    """The channel's page, with outer slashes."""
    title: str
    description: str = ""
    sections: tuple[str, ...] = ()
    """Folders, as they are written on disk or in URLs; what lies deeper is in them too, and so is their index."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """BCP 47; ``en`` holds ``en-GB`` too (RFC 4647, section 3.3.1, basic filtering)."""
    extent: Extent | None = None
    """None leaves this and the next two to the site."""
    header: str | None = None
    footer: str | None = None

    def fits(self, article: Article, language: str) -> bool:
        """Whether the channel holds ``article``; ``language`` is that of an article which names none."""
        return (
            _fits(self.sections, lambda wanted: _is_in(article, section_of(wanted)))
            and _fits(self.tags, lambda wanted: _has(article.tags, wanted))
            and _fits(self.authors, lambda wanted: _has((each.name for each in article.authors), wanted))
            and _fits(self.languages, lambda wanted: _speaks(article.language or language, wanted))
        )


def _fits(wanted: tuple[str, ...], matches: Callable[[str], bool]) -> bool:
    return not wanted or any(matches(each) for each in wanted)


def _is_in(article: Article, wanted: str) -> bool:
    sections = (*sections_of(article.path, article.section), article.section_key or article.section)
    return any(section == wanted or section.startswith(f"{wanted}/") for section in sections)


def _has(names: Iterable[str], wanted: str) -> bool:
    return name_key(wanted) in map(name_key, names)


def _speaks(language: str, wanted: str) -> bool:
    return f"{language}-".lower().startswith(f"{wanted}-".lower())
