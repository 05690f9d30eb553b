"""The workshop: what all pages of a round are made with."""

from datetime import datetime

from feedsvc.channels.site import Site
from feedsvc.documents.document import Document, Link
from feedsvc.documents.keys import Part, key, site_part
from feedsvc.documents.pages.printer import MEDIA_TYPE, Printer
from feedsvc.documents.pages.tell import tell_site
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.documents.pages.views import PageView


class Workshop:
    """Makes pages of views, and their keys.

    Args:
        site: What the operator says about the whole site.
        theme: How its pages look.
    """

    def __init__(self, site: Site, theme: Theme = BUILT_IN) -> None:
        self.site = site
        self.theme = theme
        self.view = tell_site(site, theme)
        self._print = Printer(self.view, theme)

    def key(self, kind: str, *parts: Part) -> str:
        """The key of a page that shows ``parts``; a page also shows the site, and in the way of the theme."""
        return key(kind, site_part(self.site), self.theme.key, *parts)

    def document(  # noqa: PLR0913 - what a page may be beside its views
        self,
        path: str,
        template: str,
        page: PageView,
        *,
        status: int = 200,
        links: tuple[Link, ...] = (),
        frames: tuple[str, ...] = (),
        sunset: datetime | None = None,
        hot: bool = False,
        **views: object,
    ) -> Document:
        """The page at ``path``; ``views`` are what its template shows beside the frame."""
        printed = self._print(template, page, **views)
        return Document(
            path,
            MEDIA_TYPE,
            printed.content,
            status=status,
            links=links,
            frames=frames,
            sunset=sunset,
            hot=hot,
            problems=printed.problems,
        )
