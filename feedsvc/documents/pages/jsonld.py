"""What a page says to search engines in JSON-LD, in the words of https://schema.org.

It stands in a script element that no browser runs: it is a data block (HTML, section 4.12.1), which a
Content-Security-Policy does not concern.
"""

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from feedsvc.channels.site import Site
from feedsvc.documents.pages.views import ArticleView, SiteView

_CONTEXT = "https://schema.org"


def structured_site(site: Site) -> Markup:
    """The whole site."""
    return _written(
        {
            "@type": "WebSite",
            "name": site.title,
            "url": site.url("/"),
            "description": site.description,
            "inLanguage": site.language,
        }
    )


def structured_article(site: SiteView, article: ArticleView) -> Markup:
    """One article."""
    written_by = [_person(each.name, each.profile or each.url) for each in article.authors]
    if not written_by and site.author:
        written_by = [_person(site.author, site.author_url)]
    return _written(
        {
            "@type": "BlogPosting",
            "headline": article.title,
            "description": article.summary,
            "url": article.url,
            "mainEntityOfPage": article.url,
            "datePublished": article.published.machine,
            "dateModified": (article.updated or article.published).machine,
            "inLanguage": article.language,
            "keywords": [tag.name for tag in article.tags],
            "image": article.picture.url if article.picture else None,
            "author": written_by,
            "isPartOf": {"@type": "WebSite", "name": site.title, "url": site.url},
            "copyrightNotice": site.copyright,
        }
    )


def _person(name: str, url: str | None) -> dict[str, object]:
    return _without_gaps({"@type": "Person", "name": name, "url": url})


def _written(told: dict[str, object]) -> Markup:
    """As JSON in which no character can end a script element."""
    return htmlsafe_json_dumps({"@context": _CONTEXT, **_without_gaps(told)}, ensure_ascii=False, sort_keys=True)


def _without_gaps(told: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in told.items() if value}
