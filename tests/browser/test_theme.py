"""A theme as a person sees it: the example of ``docs/how-to/themes.md``, with a stylesheet of its own."""

from collections.abc import Iterator

import pytest
import sample_sites
from chromium import Sight, Viewer
from repository import DOCS
from serving import Service, write

pytestmark = pytest.mark.slow(first=True)
GUIDE = DOCS / "how-to/themes.md"
STYLE = (
    "html { background: rgb(1, 60, 60); color: white } a { color: white } header, main, footer { margin: 1rem }\n"
)


@pytest.fixture(scope="module")
def themed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The English site with a theme."""
    home = tmp_path_factory.mktemp("themed")
    example = GUIDE.read_text("utf-8").partition("<!-- example base.html -->\n```html\n")[2].partition("```")[0]
    theme = write(home / "theme", {"base.html": example, "style.css": STYLE})
    settings = {**sample_sites.ENGLISH, "pages__theme": str(theme)}
    articles = sample_sites.english(home / "articles")
    with Service(home, articles, "--port", 0, "--interval", 3600, settings=settings) as service:
        yield service.ready()


@pytest.fixture(scope="module", params=["landing", "article", "missing"])
def sight(request: pytest.FixtureRequest, viewer: Viewer, themed: Service) -> Sight:
    """Some kinds of its pages."""
    return viewer.look(f"theme-{request.param}", themed.url + sample_sites.KINDS[request.param])


def test_it_looks_as_the_theme_says(sight: Sight) -> None:
    """In light and dark: this stylesheet knows but one scheme."""
    assert set(sight.backgrounds.values()) == {"rgb(1, 60, 60)"}


def test_nothing_of_it_is_held_back(sight: Sight) -> None:
    """The content security policy allows a theme what a page needs."""
    assert (sight.complaints, sight.shift) == ((), 0)


def test_its_words_are_on_every_page(viewer: Viewer, themed: Service) -> None:
    """A block that it replaces is replaced everywhere."""
    with viewer.opened() as page:
        for kind in ("landing", "article", "section", "preview", "missing"):
            page.goto(themed.url + sample_sites.KINDS[kind])
            assert page.locator("footer.site").inner_text().startswith("Printed at the harbour.")
